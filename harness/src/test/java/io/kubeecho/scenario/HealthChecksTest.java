package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.Failure;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Misunderstood;
import io.kubeecho.probe.Observation.Unanswered;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HealthChecksTest {

    private static final Rule TWO_AND_NONE = HealthChecks.say(Map.of("full", 2, "empty", 0));

    @Test
    void theStatusAndTheCountOfEachNodeAreRight() {
        assertThat(TWO_AND_NONE.check(List.of(
                        said("full", 200, "{\"service\":{\"namespace\":\"n\",\"name\":\"s\"},\"localEndpoints\":2}"),
                        said("empty", 503, "{\n\t\"localEndpoints\": 0\n}"))))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"full, 200, ok", "empty, 503, {}", "empty, 503, none"})
    void theCountIsNotPromisedSoPlainTextIsRightToo(String entry, int status, String body) {
        assertThat(TWO_AND_NONE.check(List.of(said(entry, status, body)))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            full  | 503 | {"localEndpoints": 2}   | 503 with 2 instead of 200 with 2: 1
            full  | 200 | {"localEndpoints": 1}   | 200 with 1 instead of 200 with 2: 1
            empty | 200 | {"localEndpoints": 0}   | 200 with 0 instead of 503 with 0: 1
            empty | 200 | ok                      | 200 instead of 503 with 0: 1
            full  | 503 | no local endpoints      | 503 instead of 200 with 2: 1
            """)
    void anythingElseIsNot(String entry, int status, String body, String seen) {
        assertThat(TWO_AND_NONE.check(List.of(said(entry, status, body))))
                .hasValueSatisfying(breach -> assertThat(breach.seen()).isEqualTo("health check ports said " + seen));
    }

    @Test
    void aPortThatDoesNotAnswerSaysNothing() {
        Observation refused =
                new Observation("full", "c", "10.0.0.1", 0, 1, new Unanswered(false, Failure.REFUSED, ""));
        assertThat(TWO_AND_NONE.check(List.of(refused)))
                .hasValueSatisfying(breach -> assertThat(breach.seen()).contains("refused instead of 200 with 2"));
    }

    private static Observation said(String entry, int status, String body) {
        return new Observation(entry, "c", "10.0.0.1", 0, 1, new Misunderstood(status, body));
    }
}
