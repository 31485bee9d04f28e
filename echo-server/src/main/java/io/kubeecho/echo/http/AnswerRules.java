package io.kubeecho.echo.http;

import io.kubeecho.echo.control.Asked;
import io.kubeecho.echo.control.ControlReader;
import io.kubeecho.echo.control.ControlSettings;
import io.kubeecho.echo.control.Controls;
import io.kubeecho.echo.control.Fault;
import io.kubeecho.echo.control.Faults;
import io.kubeecho.echo.control.Reading;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What makes an answer another one than the plain echo: the server's own controls, those of requests, and the forms of
 * an echo. One for all event loops of a server; for any thread.
 */
public final class AnswerRules {

    private final ControlSettings settings;
    private final ControlReader reader;
    private final Controls standing;
    private final Faults faults;
    private final String instance;
    private final JsonForm json;
    private final AtomicLong connections = new AtomicLong();

    /**
     * @param hostname what {@code From=} says
     * @param environment of the process, of which the JSON form shows what its settings name
     * @throws IllegalArgumentException if the server's own controls are wrong
     */
    public AnswerRules(
            ControlSettings settings,
            JsonSettings jsonSettings,
            String hostname,
            PodIdentity identity,
            Map<String, String> environment) {
        this.settings = settings;
        reader = new ControlReader(settings.caps());
        standing = settings.standingControls();
        long random = new SplittableRandom().nextLong();
        faults = new Faults(random);
        instance = HexFormat.of().toHexDigits((int) random);
        json = new JsonForm(hostname, identity, jsonSettings, environment, instance);
    }

    /** Whether a request may ask for anything. */
    boolean byRequest() {
        return settings.byRequest();
    }

    /** What the server asks of itself. */
    Controls standing() {
        return standing;
    }

    /** What a request asks for. */
    Reading read(RequestHead head) {
        List<Asked> asked;
        try {
            asked = Asked.ofQuery(head.query());
        } catch (IllegalArgumentException e) {
            return new Reading.Wrong("a control in the query has a bad percent-encoding");
        }
        for (ReceivedFields.Field field : ReceivedFields.of(head)) {
            if (Asked.isHeader(field.name())) {
                asked.add(Asked.ofHeader(field.name(), field.value()));
            }
        }
        if (head.asksForJsonOnly() && asked.stream().noneMatch(Asked::isFormat)) {
            asked.add(Asked.forJson());
        }
        return reader.read(asked);
    }

    Optional<Fault> nextFault(Controls controls) {
        return faults.next(controls);
    }

    /** Tells this process from others in the ids of connections. */
    String instance() {
        return instance;
    }

    JsonForm json() {
        return json;
    }

    /** The number of a new connection, from 1. */
    long nextConnection() {
        return connections.incrementAndGet();
    }
}
