package io.kubeecho.hostile.run;

import io.kubeecho.hostile.attack.Counts;
import io.kubeecho.hostile.client.Tally;
import java.util.List;
import java.util.Map;

/**
 * What came of a scenario.
 *
 * @param seconds how long the attack lasted
 * @param calm the good client before the attack
 * @param beside the good client beside the attack
 * @param counts how each attack stood at its end
 * @param reasons the metrics of the server that name a reason, and how often it was the reason
 */
record Outcome(
        Scenario scenario,
        double seconds,
        Tally calm,
        Tally beside,
        List<Counts> counts,
        Seen seen,
        Map<String, Long> reasons) {

    long wrong() {
        return calm.wrongOnes() + beside.wrongOnes();
    }
}
