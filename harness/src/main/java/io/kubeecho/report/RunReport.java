package io.kubeecho.report;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Timing;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Everything about one run of {@code verify}.
 *
 * @param kubeEcho the version that ran it
 * @param seed what to pass as {@code --seed} for the same choices again
 */
public record RunReport(
        String kubeEcho,
        Lab.Description lab,
        Timing timing,
        long seed,
        Instant started,
        Duration took,
        List<ScenarioResult> results) {

    public RunReport {
        results = List.copyOf(results);
    }

    /** How many scenarios ended with this verdict. */
    public long count(Verdict verdict) {
        return results.stream().filter(r -> r.verdict() == verdict).count();
    }
}
