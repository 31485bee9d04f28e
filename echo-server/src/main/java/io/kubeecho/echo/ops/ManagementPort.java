package io.kubeecho.echo.ops;

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
 */
public final class ManagementPort {

    private static final int IDLE_SECONDS = 75;

    private final HttpServer server;
    private final Map<String, Handler<HttpServerRequest>> endpoints;
    private final Reply notFound;

    private ManagementPort(Vertx vertx, Map<String, Handler<HttpServerRequest>> endpoints) {
        this.endpoints = new TreeMap<>(endpoints);
        notFound = Reply.text(404, "404 there are " + String.join(", ", this.endpoints.keySet()));
        server = vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS));
        server.requestHandler(this::answer);
    }

    /**
     * Opens the port.
     *
     * @param port 0 for one that the kernel chooses
     * @param endpoints what answers, by its path, such as {@code /livez}
     * @return fails when the address cannot be listened on
     */
    public static Future<ManagementPort> open(
            Vertx vertx, String address, int port, Map<String, Handler<HttpServerRequest>> endpoints) {
        ManagementPort opened = new ManagementPort(vertx, endpoints);
        return opened.server.listen(port, address).map(opened);
    }

    /** The port it listens on. */
    public int number() {
        return server.actualPort();
    }

    /** Closes the port and its connections. */
    public Future<Void> close() {
        return server.close();
    }

    private void answer(HttpServerRequest request) {
        Handler<HttpServerRequest> endpoint = endpoints.get(request.path());
        if (endpoint == null) {
            notFound.send(request);
        } else {
            endpoint.handle(request);
        }
    }
}
