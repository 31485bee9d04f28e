package io.kubeecho.lab.embedded;

/**
 * A new connection as it reaches a node.
 *
 * @param sourceAddress the client's address
 * @param sourcePort its port, which decides nothing: affinity is by address
 * @param origin what kind of address that is to this node, which decides about masquerading and the traffic policy
 * @param through which front end of the Service it came to
 */
record Arrival(String sourceAddress, int sourcePort, Origin origin, Through through) {

    enum Origin {
        /** Of the cluster's pod range ({@code --cluster-cidr}), on whichever node. */
        POD,
        /** Of this node itself ({@code --src-type LOCAL}). */
        NODE,
        /** Of anybody else, other nodes among them. */
        OUTSIDE
    }

    enum Through {
        CLUSTER_IP,
        NODE_PORT,
        LOAD_BALANCER
    }

    /** Whether it came to the Service's outward face, where {@code externalTrafficPolicy} has a say. */
    boolean isExternal() {
        return through != Through.CLUSTER_IP;
    }
}
