package io.kubeecho.dial;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads a plan that anybody may have written. Whatever is wrong is an {@link IllegalArgumentException} that names the place,
 * as in {@code sequences[2].waits[0]}, and repeats nothing of what was there. What is not known is passed over, so that
 * an older image takes the plan of a newer harness.
 */
final class PlanReader {

    private PlanReader() {}

    static DialPlan read(String json) {
        JsonObject plan = object("the plan", parsed(json));
        JsonArray sequences = array("sequences", required("", plan, "sequences"));
        List<DialPlan.Sequence> read = new ArrayList<>();
        for (int i = 0; i < sequences.size(); i++) {
            String place = "sequences[" + i + "]";
            read.add(sequence(place, object(place, sequences.getValue(i))));
        }
        return new DialPlan(
                read,
                nanos("connectTimeout", required("", plan, "connectTimeout")),
                nanos("answerTimeout", required("", plan, "answerTimeout")),
                Optional.ofNullable(plan.getValue("source")).map(source -> text("source", source)));
    }

    private static @Nullable Object parsed(String json) {
        try {
            return Json.decodeValue(json);
        } catch (DecodeException e) {
            // not the reason of the JSON library, which repeats what was sent
            throw new IllegalArgumentException("this is no dial plan: it is not JSON", e);
        }
    }

    private static DialPlan.Sequence sequence(String place, JsonObject s) {
        String entry = text(place + ".entry", required(place, s, "entry"));
        String host = text(place + ".host", required(place, s, "host"));
        long port = number(place + ".port", required(place, s, "port"));
        if (port < 1 || port > DialPlan.LAST_PORT) {
            throw new IllegalArgumentException(place + ".port is 1 to " + DialPlan.LAST_PORT);
        }
        JsonArray waits = array(place + ".waits", required(place, s, "waits"));
        List<Duration> durations = new ArrayList<>();
        for (int i = 0; i < waits.size(); i++) {
            durations.add(nanos(place + ".waits[" + i + "]", waits.getValue(i)));
        }
        DialPlan.Connections connections = connections(place + ".connections", s.getValue("connections"));
        Map<String, String> headers = headers(place + ".headers", s.getValue("headers"));
        try {
            return new DialPlan.Sequence(entry, host, (int) port, durations, connections, headers);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(place + ": " + e.getMessage(), e);
        }
    }

    private static DialPlan.Connections connections(String place, @Nullable Object value) {
        if (value == null) {
            return DialPlan.Connections.NEW_EACH;
        }
        String name = text(place, value);
        return Arrays.stream(DialPlan.Connections.values())
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(place + " is one of "
                        + Arrays.stream(DialPlan.Connections.values())
                                .map(Enum::name)
                                .collect(Collectors.joining(" and "))));
    }

    private static Map<String, String> headers(String place, @Nullable Object value) {
        Map<String, String> headers = new TreeMap<>();
        if (value != null) {
            JsonObject fields = object(place, value);
            fields.fieldNames().forEach(name -> headers.put(name, text(place, fields.getValue(name))));
        }
        return headers;
    }

    private static Object required(String place, JsonObject object, String name) {
        Object value = object.getValue(name);
        if (value == null) {
            throw new IllegalArgumentException((place.isEmpty() ? "" : place + ".") + name + " is missing");
        }
        return value;
    }

    private static JsonObject object(String place, @Nullable Object value) {
        if (value instanceof JsonObject object) {
            return object;
        }
        throw new IllegalArgumentException(place + " is to be a JSON object");
    }

    private static JsonArray array(String place, Object value) {
        if (value instanceof JsonArray array) {
            return array;
        }
        throw new IllegalArgumentException(place + " is to be a list");
    }

    private static String text(String place, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new IllegalArgumentException(place + " is to be a text");
    }

    private static Duration nanos(String place, @Nullable Object value) {
        return Duration.ofNanos(number(place, value));
    }

    private static long number(String place, @Nullable Object value) {
        if (value instanceof Integer || value instanceof Long) {
            long number = ((Number) value).longValue();
            if (number >= 0) {
                return number;
            }
        }
        throw new IllegalArgumentException(place + " is to be a whole number from 0 on, of at most 63 bits");
    }
}
