package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;

/** What a node does with a new connection. */
sealed interface Decision {

    /**
     * @param to the endpoint it goes to
     * @param sourceAddress the address the endpoint sees: the client's own, or a node's where it was masqueraded
     */
    record Forward(Endpoint to, String sourceAddress) implements Decision {}

    /** Nobody serves it, and the client is told at once (REJECT with icmp-port-unreachable). */
    record Refuse() implements Decision {}

    /** Nobody here may serve it, and the client is told nothing (DROP). */
    record Drop() implements Decision {}
}
