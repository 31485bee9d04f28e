package io.kubeecho.lab.kubernetes;

import io.kubeecho.lab.Node;

/** Addresses of the nodes' own network that are the run's to give to load balancers, and the clients' way there. */
public interface RoutedAddresses {

    /** One that nobody has and that stays free for this run; another one with each call. */
    String take();

    /**
     * Has the clients off the cluster reach an address by way of a node, from now on.
     *
     * @param address one that was taken
     */
    void route(String address, Node via);
}
