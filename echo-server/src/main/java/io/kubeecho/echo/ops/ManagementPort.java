package io.kubeecho.echo.ops;

import io.kubeecho.echo.http.ConnectionLimits;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.TreeMap;

/**
 * The port for Kubernetes, Prometheus and the operator, apart from the echo port, on which every path is an echo.
 *
 * <p>It finds an endpoint by its exact path. Each endpoint decides for itself which methods it takes, and from whom.
 *
 * <p>It has the echo port's patience, and room for {@link #MOST_CONNECTIONS}; what waits longest makes room for what is new,
 * since a probe that is not answered ends the pod. It speaks HTTP/1.1 only: none of those it is for needs more.
 */
public final class ManagementPort {

    /** At once. The kubelet and Prometheus have one or two each; eight may watch the demo page. */
    static final int MOST_CONNECTIONS = 256;

    /** A fraction of the shortest patience, at most a second. */
    private static final long LOOKS = 4;

    private static final long MOST_MILLIS_BETWEEN_LOOKS = 1000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Vertx vertx;
    private final HttpServer server;
    private final Map<String, Handler<HttpServerRequest>> endpoints;
    private final Reply notFound;
    private final ManagementTraffic traffic;
    private final Visitors visitors;
    private final long timer;

    private ManagementPort(
            Vertx vertx,
            Map<String, Handler<HttpServerRequest>> endpoints,
            ConnectionLimits limits,
            ManagementTraffic traffic) {
        this.vertx = vertx;
        this.endpoints = new TreeMap<>(endpoints);
        this.traffic = traffic;
        notFound = Reply.text(404, "404 there are " + String.join(", ", this.endpoints.keySet()));
        Visitors.Patience patience = new Visitors.Patience(
                limits.head().toNanos(),
                limits.keepAlive().toNanos(),
                limits.bodyTotal().toNanos());
        visitors = new Visitors(Math.min(MOST_CONNECTIONS, limits.connections()), patience, traffic);
        server = vertx.createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(false));
        server.connectionHandler(connection -> visitors.came(connection, System.nanoTime()));
        server.requestHandler(this::answer);
        long shortest = Math.min(patience.body(), Math.min(patience.first(), patience.next())) / NANOS_PER_MILLI;
        timer = vertx.setPeriodic(
                Math.max(1, Math.min(MOST_MILLIS_BETWEEN_LOOKS, shortest / LOOKS)),
                id -> visitors.lookAround(System.nanoTime()));
    }

    /**
     * Opens the port.
     *
     * @param port 0 for one that the kernel chooses
     * @param endpoints what answers, by its path, such as {@code /livez}
     * @param limits of which four count: how many connections may be open, at most {@value #MOST_CONNECTIONS}, and how long a
     *     head, a body and the time between requests may take
     * @return fails when the address cannot be listened on
     */
    public static Future<ManagementPort> open(
            Vertx vertx,
            String address,
            int port,
            Map<String, Handler<HttpServerRequest>> endpoints,
            ConnectionLimits limits,
            ManagementTraffic traffic) {
        ManagementPort opened = new ManagementPort(vertx, endpoints, limits, traffic);
        return opened.server
                .listen(port, address)
                .onFailure(e -> vertx.cancelTimer(opened.timer))
                .map(opened);
    }

    /** The port it listens on. */
    public int number() {
        return server.actualPort();
    }

    /** Closes the port and its connections. */
    public Future<Void> close() {
        vertx.cancelTimer(timer);
        return server.close();
    }

    private void answer(HttpServerRequest request) {
        visitors.asked(request, System.nanoTime());
        if (request.response().writeQueueFull()) {
            // asks on and on, and does not read
            traffic.countLate();
            request.connection().close();
            return;
        }
        request.response().endHandler(ended -> visitors.answered(request, System.nanoTime()));
        Handler<HttpServerRequest> endpoint = endpoints.get(request.path());
        if (endpoint == null) {
            notFound.send(request);
        } else {
            endpoint.handle(request);
        }
    }
}
