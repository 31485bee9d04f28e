package io.kubeecho.lab.embedded;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Service.FrontEnd;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What lies between clients and front ends on a network and not on loopback, where the kernel loses no SYN and knows no
 * route that it has not: both are made good at the client, which cannot tell the difference.
 */
final class Wire {

    /** After how long Linux sends the first lost SYN again; each next wait is twice as long. */
    private static final Duration FIRST_RETRANSMISSION = Duration.ofSeconds(1);

    /** More than any connect timeout outlasts. */
    private static final int TRIES = 7;

    private final Map<FrontEnd, FrontEndListener> listeners = new ConcurrentHashMap<>();

    void put(FrontEndListener listener) {
        listeners.put(listener.at(), listener);
    }

    void remove(FrontEndListener listener) {
        listeners.remove(listener.at(), listener);
    }

    /** How long it takes until a SYN arrives: zero, or 1 s, 3 s, 7 s and so on. */
    Duration untilArrival(String source, DialPlan.Sequence to) {
        Optional<FrontEndListener> listener = at(to);
        SocketAddress from = SocketAddress.inetSocketAddress(1, source);
        Duration waited = Duration.ZERO;
        Duration next = FIRST_RETRANSMISSION;
        for (int tries = 0;
                tries < TRIES && listener.filter(l -> l.isSynLost(from)).isPresent();
                tries++) {
            waited = waited.plus(next);
            next = next.multipliedBy(2);
        }
        return waited;
    }

    /** A refusal as the client hears of it, where it came by another ICMP message than loopback has. */
    Dialed asHeard(Dialed dialed, DialPlan plan) {
        boolean unreachable = dialed.outcome() instanceof Dialed.NotConnected not
                && not.failure() == Failure.REFUSED
                && plan.sequences().stream()
                        .filter(s -> s.entry().equals(dialed.entry()))
                        .flatMap(s -> at(s).stream())
                        .anyMatch(FrontEndListener::isUnreachable);
        return unreachable
                ? new Dialed(
                        dialed.entry(),
                        dialed.number(),
                        dialed.startedNanos(),
                        dialed.endedNanos(),
                        new Dialed.NotConnected(Failure.UNREACHABLE, "NoRouteToHostException: No route to host"))
                : dialed;
    }

    private Optional<FrontEndListener> at(DialPlan.Sequence to) {
        return Optional.ofNullable(listeners.get(new FrontEnd(to.host(), to.port())));
    }
}
