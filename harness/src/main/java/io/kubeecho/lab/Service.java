package io.kubeecho.lab;

import java.util.Set;

/** A Service that this run made; closing it deletes it. */
public interface Service extends AutoCloseable {

    String name();

    /** As it was made, or last changed. */
    ServiceSpec spec();

    /** Where pods reach it. */
    FrontEnd clusterIp();

    /**
     * Where a client reaches it through a node.
     *
     * @param entry the node whose port is used
     * @param from the client, since a node may have one address inside the cluster and another outside
     * @throws IllegalStateException if the Service has no node port
     */
    FrontEnd nodePort(Node entry, Client from);

    /**
     * Where a client reaches it by its load balancer's address.
     *
     * @throws IllegalStateException unless the Service is of type LoadBalancer
     * @throws LabException if no address was given to it in time
     */
    FrontEnd loadBalancer(Client from);

    /**
     * Has traffic of clients off the cluster to the load balancer's address enter at a node, from now on.
     *
     * @throws UnsupportedOperationException unless the lab's {@link Lab#loadBalancing()} is {@link LoadBalancing#ROUTED}
     */
    void enterAt(Node entry);

    /**
     * Where a load balancer asks a node whether it has a local endpoint: 200 or 503, at any path
     * ({@code spec.healthCheckNodePort}).
     *
     * @throws IllegalStateException unless the Service is of type LoadBalancer and was made with the policy Local; after a
     *     change to Cluster it is where the port was
     */
    FrontEnd healthCheckNodePort(Node node, Client from);

    /**
     * Changes the Service in place. Returns when the control plane has accepted that; the data plane follows in its own
     * time.
     *
     * @param changed of the same type
     * @throws IllegalArgumentException for another type
     */
    void update(ServiceSpec changed);

    /** The endpoints as the control plane has them now. */
    EndpointState endpoints();

    @Override
    void close();

    /** An address and port that a client connects to. */
    record FrontEnd(String host, int port) {
        @Override
        public String toString() {
            return host + ":" + port;
        }
    }

    /**
     * @param changes how often the set has changed since it was first heard of: a window in which it moves is no window;
     *     negative before that
     * @param ready the names of the ready pods
     */
    record EndpointState(long changes, Set<String> ready) {

        /**
         * Of a Service that the control plane has said nothing of yet. It makes the slices of many Services one after the
         * other, and may be silent about the last of them for longer than endpoints need to settle.
         */
        public static final EndpointState UNHEARD = new EndpointState(-1, Set.of());

        public EndpointState {
            ready = Set.copyOf(ready);
        }

        /** What is heard first: of a Service without endpoints nothing has changed by it. */
        public static EndpointState first(Set<String> ready) {
            return new EndpointState(ready.isEmpty() ? 0 : 1, ready);
        }

        public boolean isHeard() {
            return changes >= 0;
        }

        /** Whether nothing has changed since the Service was first heard of. */
        public boolean isFirst() {
            return isHeard() && changes == first(ready).changes();
        }
    }
}
