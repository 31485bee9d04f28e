package io.kubeecho.echo.ops;

import io.kubeecho.dial.DialEndpoint;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The port for Kubernetes and Prometheus, apart from the echo port, on which every path is an echo: {@code /livez},
 * {@code /readyz} and {@code /metrics}.
 */
public final class ManagementPort {

    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
    private static final int IDLE_SECONDS = 75;

    private final Vertx vertx;
    private final HttpServer server;
    private final BooleanSupplier ready;
    private final Supplier<String> metrics;
    private final Optional<Handler<HttpServerRequest>> dial;

    private ManagementPort(
            Vertx vertx, BooleanSupplier ready, Supplier<String> metrics, Optional<Handler<HttpServerRequest>> dial) {
        this.vertx = vertx;
        this.ready = ready;
        this.metrics = metrics;
        this.dial = dial;
        server = vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(IDLE_SECONDS));
        server.requestHandler(this::answer);
    }

    /**
     * Opens the port.
     *
     * @param port 0 for one that the kernel chooses
     * @param ready what {@code /readyz} says
     * @param metrics the text of {@code /metrics}, which may block
     * @param dial answers {@code /dial}; empty where that does not exist
     * @return fails when the address cannot be listened on
     */
    public static Future<ManagementPort> open(
            Vertx vertx,
            String address,
            int port,
            BooleanSupplier ready,
            Supplier<String> metrics,
            Optional<Handler<HttpServerRequest>> dial) {
        ManagementPort opened = new ManagementPort(vertx, ready, metrics, dial);
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
        if (dial.isPresent() && request.path().equals(DialEndpoint.PATH)) {
            dial.get().handle(request);
            return;
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            request.response().putHeader("Allow", "GET, HEAD");
            send(request, 405, PLAIN_TEXT, "405 only GET and HEAD\n");
            return;
        }
        switch (request.path()) {
            case "/livez" -> send(request, 200, PLAIN_TEXT, "ok\n");
            case "/readyz" -> {
                boolean isReady = ready.getAsBoolean();
                send(request, isReady ? 200 : 503, PLAIN_TEXT, isReady ? "ok\n" : "not ready\n");
            }
            case "/metrics" ->
                vertx.executeBlocking(metrics::get, false)
                        .onSuccess(text -> send(request, 200, EchoMetrics.contentType(), text))
                        .onFailure(e -> send(request, 500, PLAIN_TEXT, "500 the metrics could not be read\n"));
            default -> send(request, 404, PLAIN_TEXT, "404 there are /livez, /readyz and /metrics\n");
        }
    }

    private static void send(HttpServerRequest request, int status, String contentType, String text) {
        var response = request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", contentType)
                .putHeader("X-Content-Type-Options", "nosniff");
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", String.valueOf(text.length())).end();
        } else {
            response.end(text);
        }
    }
}
