package io.kubeecho.scenario;

import static java.util.stream.Collectors.joining;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Misunderstood;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What the {@code healthCheckNodePort} of nodes says. */
final class HealthChecks {

    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    private HealthChecks() {}

    /**
     * Every answer is right: 200 where there are local endpoints and 503 where there are none. Their number is right where it
     * is told; Kubernetes promises only the status, and some data planes answer in plain text.
     *
     * @param localEndpoints by the name of the entry that asks
     */
    static Rule say(Map<String, Integer> localEndpoints) {
        return window -> {
            Map<String, Long> wrong = window.stream()
                    .filter(o -> !isRight(o, localEndpoints.getOrDefault(o.entry(), 0)))
                    .collect(Collectors.groupingBy(
                            o -> "%s instead of %s"
                                    .formatted(answer(o), expected(localEndpoints.getOrDefault(o.entry(), 0))),
                            TreeMap::new,
                            Collectors.counting()));
            return wrong.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "health check ports said "
                                    + wrong.entrySet().stream()
                                            .map(e -> e.getKey() + ": " + e.getValue())
                                            .collect(joining(", ")),
                            "load balancers send clients to nodes that drop them, or leave out nodes that serve"));
        };
    }

    private static boolean isRight(Observation observation, int localEndpoints) {
        String answer = answer(observation);
        return answer.equals(expected(localEndpoints)) || answer.equals(localEndpoints > 0 ? "200" : "503");
    }

    private static String expected(int localEndpoints) {
        return "%d with %d".formatted(localEndpoints > 0 ? 200 : 503, localEndpoints);
    }

    /** As "200 with 2", or what else came. */
    private static String answer(Observation observation) {
        if (!(observation.result() instanceof Misunderstood answer)) {
            return Rules.outcome(observation.result());
        }
        try {
            JsonNode count = MAPPER.readTree(answer.body()).path("localEndpoints");
            return count.isInt()
                    ? "%d with %s".formatted(answer.status(), count.asText())
                    : String.valueOf(answer.status());
        } catch (JsonProcessingException noJson) {
            return String.valueOf(answer.status());
        }
    }
}
