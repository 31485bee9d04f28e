package io.kubeecho.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DialPlanTest {

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final DialPlan.Sequence SEQUENCE =
            new DialPlan.Sequence("entry", "127.0.0.1", 80, List.of(Duration.ZERO));

    @Test
    void aPlanNeedsASequence() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DialPlan(List.of(), SECOND, SECOND))
                .withMessage("a plan needs at least one sequence");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.000999999S"})
    void timeoutsAreAtLeastAMillisecondTheGrainOfTheTimers(Duration timeout) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DialPlan(List.of(SEQUENCE), timeout, SECOND))
                .withMessageContaining("connectTimeout")
                .withMessageContaining(timeout.toString());
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DialPlan(List.of(SEQUENCE), SECOND, timeout))
                .withMessageContaining("answerTimeout");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 65_536})
    void aPortIsOneTo65535(int port) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DialPlan.Sequence("entry", "127.0.0.1", port, List.of(Duration.ZERO)))
                .withMessage("a port is 1 to 65535, not " + port);
    }

    @Test
    void aSequenceNeedsAWaitAndNoneBelowZero() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DialPlan.Sequence("entry", "127.0.0.1", 80, List.of()))
                .withMessageContaining("at least one wait");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new DialPlan.Sequence("entry", "127.0.0.1", 80, List.of(SECOND, SECOND.negated())))
                .withMessageContaining("none below zero");
    }

    @Test
    void aPlanDoesNotFollowItsListsWhenTheyChange() {
        List<Duration> waits = new ArrayList<>(List.of(Duration.ZERO));
        DialPlan.Sequence sequence = new DialPlan.Sequence("entry", "127.0.0.1", 80, waits);
        List<DialPlan.Sequence> sequences = new ArrayList<>(List.of(sequence));
        DialPlan plan = new DialPlan(sequences, SECOND, SECOND);
        waits.add(SECOND);
        sequences.clear();
        assertThat(plan.sequences()).containsExactly(sequence);
        assertThat(sequence.waits()).containsExactly(Duration.ZERO);
    }
}
