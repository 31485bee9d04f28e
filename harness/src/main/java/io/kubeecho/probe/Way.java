package io.kubeecho.probe;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Node;
import java.util.Optional;

/**
 * A way into a Service.
 *
 * @param entry the node whose data plane decides about connections; empty where a load balancer chooses it
 */
public record Way(Kind kind, Optional<Node> entry) {

    /** What a client connects to. */
    public enum Kind {
        CLUSTER_IP("ClusterIP"),
        NODE_PORT("node port"),
        LOAD_BALANCER("load balancer"),
        HEALTH_CHECK("health check port");

        private final String label;

        Kind(String label) {
            this.label = label;
        }

        @Override
        public String toString() {
            return label;
        }
    }

    /** A ClusterIP is the affair of the client's own node. */
    public static Way clusterIp(Client client) {
        return new Way(Kind.CLUSTER_IP, client.node());
    }

    public static Way nodePort(Node entry) {
        return new Way(Kind.NODE_PORT, Optional.of(entry));
    }

    /**
     * A load balancer's address too is the own node's affair for who is on one (kube-proxy short-circuits it).
     *
     * @param entry where clients off the cluster enter; empty where that is not known
     */
    public static Way loadBalancer(Client client, Optional<Node> entry) {
        return new Way(Kind.LOAD_BALANCER, client.node().or(() -> entry));
    }

    public static Way healthCheck(Node asked) {
        return new Way(Kind.HEALTH_CHECK, Optional.of(asked));
    }
}
