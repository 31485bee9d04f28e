package io.kubeecho.echo.ops;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;

/** {@code /metrics}, read on a worker thread since a scrape takes milliseconds. */
public final class MetricsEndpoint implements Handler<HttpServerRequest> {

    public static final String PATH = "/metrics";

    private final Vertx vertx;
    private final EchoMetrics metrics;

    public MetricsEndpoint(Vertx vertx, EchoMetrics metrics) {
        this.vertx = vertx;
        this.metrics = metrics;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!Reply.isRead(request)) {
            Reply.notAllowed("GET, HEAD", request);
            return;
        }
        vertx.executeBlocking(metrics::scrape, false)
                .map(text -> new Reply(200, EchoMetrics.contentType(), text))
                .otherwise(e -> Reply.text(500, "500 the metrics could not be read"))
                .onSuccess(reply -> reply.send(request));
    }
}
