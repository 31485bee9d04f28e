package io.kubeecho.lab.embedded;

/**
 * A new connection as it reaches a node.
 *
 * @param sourceAddress the client's address, without its port: affinity knows no ports
 * @param origin what kind of address that is, which decides about masquerading and the traffic policy
 * @param through which front end of the Service it came to
 */
record Arrival(String sourceAddress, Origin origin, Through through) {

    enum Origin {
        POD,
        NODE,
        OUTSIDE
    }

    enum Through {
        CLUSTER_IP,
        NODE_PORT
    }
}
