package io.kubeecho.lab.embedded;

import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Service.FrontEnd;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A front end of one Service where clients of one kind come in. Relayed connections need an open listener, refused ones
 * a closed one and dropped ones a full queue, so it changes with the rules. Both must stand before a client comes, when
 * only the kind is known; that is why clients that may be treated differently have addresses of their own.
 */
final class FrontEndListener implements AutoCloseable {

    private final FrontEnd at;
    private final String service;
    private final Function<SocketAddress, Optional<Route>> routes;
    private final Relay relay;

    private volatile boolean unreachable;
    private @Nullable NetServer relaying;
    private @Nullable DroppingListener dropping;

    /** The node that decides about a connection, and what the connection is to it. */
    record Route(KubeProxy proxy, Arrival arrival) {}

    /** @param routes from the source of a connection to who decides about it; empty where no route leads here */
    FrontEndListener(FrontEnd at, String service, Function<SocketAddress, Optional<Route>> routes, Relay relay) {
        this.at = at;
        this.service = service;
        this.routes = routes;
        this.relay = relay;
    }

    FrontEnd at() {
        return at;
    }

    /**
     * Follows the rules that the proxies have now. Where they differ in how they turn clients away, the first has its way,
     * since there is one listener; where one of them forwards, the others turn away what has been accepted.
     *
     * @param typical one of each kind of client that comes in here, at each node where it may be
     */
    void follow(List<Route> typical) {
        List<Optional<Decision>> outlooks = typical.stream()
                .map(route -> route.proxy().turnedAway(service, route.arrival()))
                .toList();
        Optional<Decision> turnedAway =
                outlooks.stream().allMatch(Optional::isPresent) ? outlooks.get(0) : Optional.empty();
        try {
            if (turnedAway.isPresent()) {
                stopRelaying();
            } else {
                stopDropping();
                startRelaying();
            }
            unreachable =
                    turnedAway.filter(Decision.Unreachable.class::isInstance).isPresent();
            if (turnedAway.filter(Decision.Drop.class::isInstance).isPresent()) {
                startDropping();
            } else {
                stopDropping();
            }
        } catch (IOException e) {
            throw new LabException("the embedded lab cannot listen on " + at + ": " + e.getMessage(), e);
        }
    }

    private void startRelaying() {
        if (relaying == null) {
            relaying = relay.listen(at, this::decide).await();
        }
    }

    /** Whether the closed port stands for a host that cannot be reached. */
    boolean isUnreachable() {
        return unreachable;
    }

    /** Whether a SYN of a client's gets lost on its way here. */
    boolean isSynLost(SocketAddress source) {
        return routes.apply(source)
                .filter(route -> route.proxy().isSynLost(service, route.arrival()))
                .isPresent();
    }

    private Decision decide(SocketAddress source) {
        return routes.apply(source)
                .map(route -> route.proxy().decide(service, route.arrival()))
                .orElseGet(Decision.Drop::new);
    }

    private void stopRelaying() {
        if (relaying != null) {
            relaying.close().await();
            relaying = null;
        }
    }

    private void startDropping() throws IOException {
        if (dropping == null) {
            dropping = DroppingListener.open(at);
        }
    }

    private void stopDropping() throws IOException {
        if (dropping != null) {
            dropping.close();
            dropping = null;
        }
    }

    @Override
    public void close() {
        try {
            stopRelaying();
            stopDropping();
        } catch (IOException e) {
            throw new LabException("the embedded lab cannot close " + at + ": " + e.getMessage(), e);
        }
    }
}
