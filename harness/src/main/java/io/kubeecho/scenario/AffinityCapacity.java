package io.kubeecho.scenario;

import java.util.OptionalInt;

/**
 * What CAPACITY asks.
 *
 * @param clients how many come to each node; at least {@link #FEWEST}
 * @param required how many clients of one endpoint each node has to keep; empty where that is only measured, since
 *     Kubernetes names no number
 */
public record AffinityCapacity(int clients, OptionalInt required) {

    /** Fewer than the shortest list that is known, of kube-proxy in iptables mode, say nothing of lists. */
    public static final int FEWEST = 100;

    /** By as many clients as fill that list for each of nine endpoints. */
    public static final AffinityCapacity MEASURED = new AffinityCapacity(1_000, OptionalInt.empty());

    public AffinityCapacity {
        if (clients < FEWEST || required.orElse(1) < 1) {
            throw new IllegalArgumentException(
                    "capacity is measured with at least %d clients and asked for with at least 1".formatted(FEWEST));
        }
    }
}
