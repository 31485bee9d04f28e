package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Service.FrontEnd;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** A node's {@code healthCheckNodePort} for one Service: open while the node's proxy has one, and answering for it. */
final class HealthCheckPort implements AutoCloseable {

    private final FrontEnd at;
    private final String service;
    private final KubeProxy proxy;
    private final Variation.HealthAnswers answers;
    private final Vertx vertx;

    private @Nullable HttpServer server;

    HealthCheckPort(FrontEnd at, String service, KubeProxy proxy, Variation.HealthAnswers answers, Vertx vertx) {
        this.at = at;
        this.service = service;
        this.proxy = proxy;
        this.answers = answers;
        this.vertx = vertx;
    }

    FrontEnd at() {
        return at;
    }

    /** Opens or closes as the rules say now. */
    void follow() {
        if (proxy.health(service).isEmpty()) {
            close();
        } else if (server == null) {
            server = vertx.createHttpServer(
                            new HttpServerOptions().setHost(at.host()).setPort(at.port()))
                    .requestHandler(this::answer)
                    .listen()
                    .await();
        }
    }

    /** The document of kube-proxy's {@code healthcheck} package, for any path. */
    private void answer(HttpServerRequest request) {
        if (!answers.anyPath() && !request.path().equals("/healthz")) {
            request.response().setStatusCode(404).end();
            return;
        }
        KubeProxy.Health health = proxy.health(service).orElseGet(() -> new KubeProxy.Health(404, 0));
        if (!answers.json()) {
            request.response()
                    .setStatusCode(health.status())
                    .putHeader("Content-Type", "text/plain")
                    .end(health.status() == 200 ? "ok\n" : "no local endpoints\n");
            return;
        }
        request.response()
                .setStatusCode(health.status())
                .putHeader("Content-Type", "application/json")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(new JsonObject()
                        .put(
                                "service",
                                new JsonObject().put("namespace", "default").put("name", service))
                        .put("localEndpoints", health.localEndpoints())
                        .encodePrettily());
    }

    @Override
    public void close() {
        if (server != null) {
            server.close().await();
            server = null;
        }
    }
}
