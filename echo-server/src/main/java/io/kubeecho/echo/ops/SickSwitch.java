package io.kubeecho.echo.ops;

import io.kubeecho.echo.control.Caps;
import io.kubeecho.echo.control.ControlSettings;
import io.kubeecho.echo.control.Controls;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.Consumer;

/**
 * A pod that looks well and is not: {@code POST /sick} has the echo port err while the probes stay green, {@code POST
 * /well} ends that, and {@code GET /sick} says how it is. The query of the first says how it errs, in controls such as
 * {@code fault=reset&fault-rate=0.5}; without one, by 503.
 */
public final class SickSwitch {

    public static final String SICK = "/sick";
    public static final String WELL = "/well";

    private static final String USUAL = "fault=503";

    private final ControlSettings reader;
    private final Consumer<Controls> echoPort;
    private final SwitchAccess access;
    /** How the echo port errs, as it was said; empty while it is well. */
    private volatile String illness = "";

    /** @param echoPort is told what every answer is to follow; none of it when the pod is well again */
    public SickSwitch(Caps caps, Consumer<Controls> echoPort, SwitchAccess access) {
        reader = ControlSettings.defaults().withCaps(caps);
        this.echoPort = echoPort;
        this.access = access;
    }

    /** Answers {@link #SICK}. */
    public Handler<HttpServerRequest> sick() {
        return request -> {
            if (Reply.isRead(request)) {
                state().send(request);
            } else if (request.method().equals(HttpMethod.POST)) {
                access.refusal(request)
                        .orElseGet(() -> fallIll(request.query()))
                        .send(request);
            } else {
                Reply.notAllowed("GET, HEAD, POST", request);
            }
        };
    }

    /** Answers {@link #WELL}. */
    public Handler<HttpServerRequest> well() {
        return request -> {
            if (request.method().equals(HttpMethod.POST)) {
                access.refusal(request).orElseGet(this::recover).send(request);
            } else {
                Reply.notAllowed("POST", request);
            }
        };
    }

    private Reply fallIll(String query) {
        String how = query == null || query.isEmpty() ? USUAL : query;
        try {
            Controls controls = reader.read(how);
            if (controls.isNone()) {
                return Reply.text(400, "400 say how to err, as in " + SICK + "?" + USUAL);
            }
            echoPort.accept(controls);
        } catch (IllegalArgumentException e) {
            return Reply.text(400, "400 " + e.getMessage());
        }
        illness = how;
        return state();
    }

    private Reply recover() {
        echoPort.accept(Controls.none());
        illness = "";
        return state();
    }

    private Reply state() {
        return Reply.text(200, illness.isEmpty() ? "well" : "sick: " + illness);
    }
}
