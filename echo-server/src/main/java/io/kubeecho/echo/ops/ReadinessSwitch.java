package io.kubeecho.echo.ops;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;

/**
 * {@code POST /readyz/disable} and {@code POST /readyz/enable}: takes a pod out of its Services and back, while it stays
 * alive and serves what still comes.
 */
public final class ReadinessSwitch implements Handler<HttpServerRequest> {

    public static final String ENABLE = "/readyz/enable";
    public static final String DISABLE = "/readyz/disable";

    private final Readiness readiness;
    private final boolean on;
    private final SwitchAccess access;

    /** @param on what a POST switches readiness to */
    public ReadinessSwitch(Readiness readiness, boolean on, SwitchAccess access) {
        this.readiness = readiness;
        this.on = on;
        this.access = access;
    }

    @Override
    public void handle(HttpServerRequest request) {
        if (!request.method().equals(HttpMethod.POST)) {
            Reply.notAllowed("POST", request);
            return;
        }
        access.refusal(request)
                .orElseGet(() -> {
                    readiness.switchTo(on);
                    return Reply.text(200, readiness.isReady() ? "ready" : "not ready");
                })
                .send(request);
    }
}
