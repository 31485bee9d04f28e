package io.kubeecho.load.measure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MeasurementTest {

    /** Even by source, and uneven by connection: the sources of one pod connect ten times as often. */
    private static Balance balance(boolean affinityExpected) {
        Measurement measurement =
                new Measurement(new SessionAffinity(affinityExpected, Duration.ofHours(3)), Optional.empty());
        LoopTally tally = new LoopTally(true);
        for (int source = 0; source < 20; source++) {
            String address = "10.0.0." + source;
            for (int i = 0; i < (source % 2 == 0 ? 10 : 1); i++) {
                tally.visited(new Visit(i, true, true, address, address, "pod-" + source % 2, "service"));
            }
        }
        assertThat(measurement.add(List.of(tally.cut()), 0, 1)).isPresent();
        return measurement.figures().balance();
    }

    @Test
    void where_affinity_is_expected_each_source_counts_once_for_evenness() {
        assertThat(balance(true)).isInstanceOfSatisfying(Balance.Measured.class, m -> {
            assertThat(m.draw()).isEqualTo(Balance.Draw.SOURCE);
            assertThat(m.count()).isEqualTo(20);
            assertThat(m.cramersV()).isZero();
        });
    }

    @Test
    void where_none_is_expected_each_connection_does() {
        assertThat(balance(false)).isInstanceOfSatisfying(Balance.Measured.class, m -> {
            assertThat(m.draw()).isEqualTo(Balance.Draw.CONNECTION);
            assertThat(m.count()).isEqualTo(110);
            assertThat(m.maxToMin()).isEqualTo(10);
        });
    }
}
