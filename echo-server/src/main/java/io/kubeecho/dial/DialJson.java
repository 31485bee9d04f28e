package io.kubeecho.dial;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** Plans and attempts on the wire between the harness and its clients in a cluster; durations are nanoseconds. */
public final class DialJson {

    private DialJson() {}

    public static String write(DialPlan plan) {
        JsonArray sequences = new JsonArray();
        for (DialPlan.Sequence s : plan.sequences()) {
            sequences.add(write(s));
        }
        JsonObject json = new JsonObject()
                .put("connectTimeout", plan.connectTimeout().toNanos())
                .put("answerTimeout", plan.answerTimeout().toNanos())
                .put("sequences", sequences);
        // left out where there is none, so that clients of an older image take the plan too
        plan.source().ifPresent(address -> json.put("source", address));
        return json.encode();
    }

    private static JsonObject write(DialPlan.Sequence s) {
        JsonObject json = new JsonObject()
                .put("entry", s.entry())
                .put("host", s.host())
                .put("port", s.port())
                .put(
                        "waits",
                        new JsonArray(s.waits().stream().map(Duration::toNanos).toList()));
        // what is as usual is left out, for clients of an older image
        if (s.connections() != DialPlan.Connections.NEW_EACH) {
            json.put("connections", s.connections().name());
        }
        if (!s.headers().isEmpty()) {
            json.put("headers", new JsonObject(new TreeMap<>(s.headers())));
        }
        return json;
    }

    /** @throws IllegalArgumentException if it is no plan; the message says where and why, and repeats nothing of it */
    public static DialPlan readPlan(String json) {
        return PlanReader.read(json);
    }

    public static String write(List<Dialed> attempts) {
        JsonArray array = new JsonArray();
        attempts.forEach(a -> array.add(attempt(a)));
        return ascii(array.encode());
    }

    /** @throws IllegalArgumentException if these are no attempts; the message says why */
    public static List<Dialed> readAttempts(String json) {
        try {
            JsonArray array = new JsonArray(json);
            return IntStream.range(0, array.size())
                    .mapToObj(array::getJsonObject)
                    .map(DialJson::attempt)
                    .toList();
        } catch (DecodeException | ClassCastException e) {
            throw new IllegalArgumentException("this is no list of attempts: " + e.getMessage(), e);
        }
    }

    /**
     * The same JSON in ASCII: what pods answer is of any origin, and may be looked at on a terminal. Outside of its strings
     * JSON is ASCII anyway.
     */
    private static String ascii(String json) {
        StringBuilder out = new StringBuilder(json.length());
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c < 0x7f) {
                out.append(c);
            } else {
                out.append("\\u").append(HexFormat.of().toHexDigits(c));
            }
        }
        return out.toString();
    }

    private static JsonObject attempt(Dialed a) {
        JsonObject json = new JsonObject()
                .put("entry", a.entry())
                .put("number", a.number())
                .put("started", a.startedNanos())
                .put("ended", a.endedNanos());
        Dialed.Outcome outcome = a.outcome();
        if (outcome instanceof Dialed.Answered answered) {
            return json.put("outcome", "answered")
                    .put("established", answered.establishedNanos())
                    .put("localAddress", answered.localAddress())
                    .put("localPort", answered.localPort())
                    .put("status", answered.status())
                    .put("body", answered.body());
        }
        if (outcome instanceof Dialed.Broken broken) {
            return json.put("outcome", "broken")
                    .put("established", broken.establishedNanos())
                    .put("localAddress", broken.localAddress())
                    .put("localPort", broken.localPort())
                    .put("failure", broken.failure().name())
                    .put("detail", broken.detail());
        }
        Dialed.NotConnected not = (Dialed.NotConnected) outcome;
        return json.put("outcome", "notConnected")
                .put("failure", not.failure().name())
                .put("detail", not.detail());
    }

    private static Dialed attempt(JsonObject json) {
        return new Dialed(
                text(json, "entry"),
                (int) number(json, "number"),
                number(json, "started"),
                number(json, "ended"),
                outcome(json));
    }

    private static Dialed.Outcome outcome(JsonObject json) {
        String kind = text(json, "outcome");
        return switch (kind) {
            case "answered" ->
                new Dialed.Answered(
                        number(json, "established"),
                        text(json, "localAddress"),
                        (int) number(json, "localPort"),
                        (int) number(json, "status"),
                        text(json, "body"));
            case "broken" ->
                new Dialed.Broken(
                        number(json, "established"),
                        text(json, "localAddress"),
                        (int) number(json, "localPort"),
                        Failure.valueOf(text(json, "failure")),
                        text(json, "detail"));
            case "notConnected" ->
                new Dialed.NotConnected(Failure.valueOf(text(json, "failure")), text(json, "detail"));
            default -> throw new IllegalArgumentException("unknown outcome '" + kind + "'");
        };
    }

    private static String text(JsonObject json, String name) {
        String value = json.getString(name);
        if (value == null) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return value;
    }

    private static long number(JsonObject json, String name) {
        Long value = json.getLong(name);
        if (value == null) {
            throw new IllegalArgumentException("'" + name + "' is missing");
        }
        return value;
    }
}
