package io.kubeecho.stats;

import java.util.Locale;

/**
 * How small a defect a run is to find: sample sizes follow from it, so it decides what a run costs.
 *
 * <p>What is broken for this share of new connections, or a larger one, is found with a probability of at least one minus
 * the error bound.
 */
public enum Power {
    /** For a developer's loop. */
    QUICK(0.05, 0.20),
    DEFAULT(0.01, 0.05),
    THOROUGH(0.001, 0.01);

    private final double share;
    private final double cellShare;

    Power(double share, double cellShare) {
        this.share = share;
        this.cellShare = cellShare;
    }

    /** The share that is found through any node, and of any kind of client. */
    public double share() {
        return share;
    }

    /** The share that is found in any cell: one endpoint, through one node, for one kind of client on one node. */
    public double cellShare() {
        return cellShare;
    }

    /** The name users type. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
