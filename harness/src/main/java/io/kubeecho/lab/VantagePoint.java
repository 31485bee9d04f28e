package io.kubeecho.lab;

/** Where a client stands; kube-proxy treats the traffic of each differently. */
public enum VantagePoint {
    /** A pod with an address from the cluster's pod range. */
    POD("pod"),
    /** A pod in its node's network namespace, or the node itself: the node's address. */
    HOST_NETWORK("host network"),
    /** Outside the cluster, with a route to its nodes. */
    OFF_CLUSTER("off-cluster");

    private final String label;

    VantagePoint(String label) {
        this.label = label;
    }

    @Override
    public String toString() {
        return label;
    }
}
