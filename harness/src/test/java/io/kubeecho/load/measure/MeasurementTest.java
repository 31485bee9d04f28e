package io.kubeecho.load.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.load.identity.Identity;
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

    private static final long SECOND = 1_000_000_000L;

    /** Sends at 0 s and 2 s, answered within a millisecond, and measured until 4 s. */
    private static Figures twoSends() {
        Measurement measurement = new Measurement(new SessionAffinity(false, Duration.ofHours(3)), Optional.empty());
        LoopTally tally = new LoopTally(true);
        for (long due : new long[] {0, 2 * SECOND}) {
            tally.due(due, due);
            tally.answered(due, due, due + 1_000_000, 200, 1, Identity.UNKNOWN);
        }
        measurement.add(List.of(tally.cut()), 0, 4);
        measurement.end(tally.ending(4));
        return measurement.figures();
    }

    @Test
    void a_rate_is_of_the_time_in_which_sends_were_due() {
        assertThat(twoSends().rate()).isEqualTo(0.5);
        assertThat(twoSends().dueRate()).isEqualTo(0.5);
    }

    @Test
    void the_longest_gap_ends_with_the_last_answer_that_was_due() {
        assertThat(twoSends().longestGap().seconds()).isBetween(1.99, 2.01);
    }

    @Test
    void a_target_that_falls_behind_has_a_lower_rate_than_was_due() {
        Measurement measurement = new Measurement(new SessionAffinity(false, Duration.ofHours(3)), Optional.empty());
        LoopTally tally = new LoopTally(true);
        for (long i = 0; i < 100; i++) {
            tally.due(i * SECOND / 10, i * SECOND / 10);
            long sent = i * SECOND / 5;
            tally.answered(i * SECOND / 10, sent, sent + SECOND / 5, 200, 1, Identity.UNKNOWN);
        }
        measurement.add(List.of(tally.cut()), 0, 20);
        measurement.end(tally.ending(10));
        assertThat(measurement.figures().dueRate()).isEqualTo(10);
        assertThat(measurement.figures().rate()).isBetween(4.9, 5.2);
    }
}
