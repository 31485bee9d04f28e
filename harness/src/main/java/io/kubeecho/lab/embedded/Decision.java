package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import java.time.Duration;

/** What a node does with a new connection. */
sealed interface Decision {

    /**
     * @param to the endpoint it goes to
     * @param sourceAddress the address the endpoint sees: the client's own, or one of the node's where it was masqueraded
     * @param carriage how its bytes travel
     */
    record Forward(Endpoint to, String sourceAddress, Carriage carriage) implements Decision {
        Forward(Endpoint to, String sourceAddress) {
            this(to, sourceAddress, new Carriage.Untouched());
        }
    }

    /** Nobody serves it, and the client is told at once (REJECT with icmp-port-unreachable). */
    record Refuse() implements Decision {}

    /** Nobody serves it, and the client is told at once, by ICMP host unreachable. */
    record Unreachable() implements Decision {}

    /** Nobody here may serve it, and the client is told nothing (DROP). */
    record Drop() implements Decision {}

    /** What becomes of an open connection's bytes. A packet filter leaves them alone; proxies have done the others. */
    sealed interface Carriage {

        /** To one endpoint for as long as the connection is open: conntrack pins it. */
        record Untouched() implements Carriage {}

        /** Like {@link Untouched}, with an X-Forwarded-For in every request. */
        record WithForwardedFor() implements Carriage {}

        /** Closed once it has been open for so long. */
        record CutAfter(Duration lifetime) implements Carriage {}

        /** What comes after so long an idle time is decided about again, as if it were a new connection. */
        record DecidedAgainAfter(Duration idle) implements Carriage {}
    }
}
