package io.kubeecho.lab;

import java.util.Set;

/** A Service that this run made; closing it deletes it. */
public interface Service extends AutoCloseable {

    String name();

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
     * @param changes how often the set has changed since the Service was made: a window in which it moves is no window
     * @param ready the names of the ready pods
     */
    record EndpointState(long changes, Set<String> ready) {
        public EndpointState {
            ready = Set.copyOf(ready);
        }
    }
}
