package io.kubeecho.evidence;

import io.kubeecho.stats.Threshold;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The verdict of one scenario in words, and what it rests on.
 *
 * @param id the scenario's, such as AFF-CIP
 * @param expected what a conforming data plane does
 * @param seen what this one did; for SKIP and INCONCLUSIVE the reason
 * @param meaning what follows from that for somebody who runs it; on a PASS empty, but for a known deviation that is gone
 * @param thresholds the statistical thresholds that were used
 * @param findings what was found out beside the verdict
 * @param phases every step with every observation, in order
 */
public record ScenarioResult(
        String id,
        String title,
        Verdict verdict,
        String expected,
        String seen,
        String meaning,
        List<Threshold> thresholds,
        Findings findings,
        List<Phase> phases,
        Instant started,
        Duration took) {

    public ScenarioResult {
        thresholds = List.copyOf(thresholds);
        phases = List.copyOf(phases);
    }

    /** How many connections were made for it. */
    public int connections() {
        return phases.stream().mapToInt(p -> p.observations().size()).sum();
    }
}
