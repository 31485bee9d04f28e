package io.kubeecho.load.rollout;

import static io.kubeecho.load.rollout.Histories.nanos;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.load.connection.ErrorKind;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RolloutTallyTest {

    private final Histories histories = new Histories("a", "b")
            .at(10, "c", EndpointState.READY)
            .at(11, "a", EndpointState.TERMINATING)
            .gone(14, "a");

    private final RolloutTally tally = new RolloutTally(histories.history());

    @Test
    void new_connections_to_an_endpoint_that_is_gone_are_stale() {
        tally.connected("a", nanos(10.9));
        tally.connected("a", nanos(11.2));
        tally.connected("a", nanos(14.5));
        tally.connected("b", nanos(11.2));
        Rollout rollout = settled();
        assertThat(rollout.staleConnections()).isEqualTo(2);
        assertThat(rollout.longestStaleNanos()).isEqualTo(nanos(3.5));
        // all of them belong to the change by which it ceased to be ready
        assertThat(rollout.changes().get(1).stale().connections()).isEqualTo(2);
        assertThat(rollout.changes().get(2).stale().connections()).isZero();
    }

    @Test
    void answers_after_it_was_gone_are_counted_on_whichever_connection() {
        SlotCounts answers = new SlotCounts();
        for (double second : new double[] {10.5, 11.0, 11.05, 11.5}) {
            answers.add(nanos(second));
        }
        tally.answered("a", answers, nanos(11.5));
        Rollout.Stale stale = settled().changes().get(1).stale();
        assertThat(stale.answers()).isEqualTo(3);
        assertThat(stale.lastAnswer()).hasValue(nanos(0.5));
    }

    @Test
    void the_first_connection_of_a_new_endpoint_is_found_though_a_node_heard_of_it_before_we_did() {
        tally.connected("c", nanos(10.4));
        tally.connected("c", nanos(10.2));
        assertThat(settled().changes().get(0).firstConnection()).hasValue(nanos(0.2));
        tally.connected("c", nanos(9.995));
        assertThat(settled().changes().get(0).firstConnection()).hasValue(-nanos(0.005));
    }

    @Test
    void a_pod_that_was_there_all_along_has_no_first_connection() {
        tally.connected("b", nanos(10.1));
        assertThat(settled().changes())
                .allSatisfy(c -> assertThat(c.firstConnection()).isEmpty());
    }

    @Test
    void an_error_counts_once_at_the_change_that_explains_it() {
        tally.failed(ErrorCell.of(ErrorKind.RESET_BEFORE_ANSWER, "a", nanos(11.4), nanos(11.5)), 2);
        tally.failed(ErrorCell.of(ErrorKind.REFUSED, "", nanos(14.1), nanos(14.1)), 3);
        tally.failed(ErrorCell.of(ErrorKind.REFUSED, "", nanos(40), nanos(40)), 4);
        Rollout rollout = settled();
        assertThat(rollout.changes().get(1).errors().byKind())
                .containsExactlyEntriesOf(Map.of(ErrorKind.RESET_BEFORE_ANSWER, 2L));
        assertThat(rollout.changes().get(2).errors().byKind()).containsExactlyEntriesOf(Map.of(ErrorKind.REFUSED, 3L));
        assertThat(rollout.errorsElsewhere()).containsExactlyEntriesOf(Map.of(ErrorKind.REFUSED, 4L));
        assertThat(rollout.errorCount()).isEqualTo(5);
        assertThat(rollout.changes().get(1).errors().lastNanos()).isBetween(nanos(0.5), nanos(0.51));
    }

    @Test
    void what_ended_in_silence_is_of_the_time_when_it_was_sent() {
        tally.failed(ErrorCell.of(ErrorKind.CONNECT_TIMEOUT, "", nanos(11.1), nanos(16.1)), 1);
        assertThat(settled().changes().get(1).errors().count()).isEqualTo(1);
    }

    @Test
    void what_is_late_waits_for_a_change_that_may_still_be_heard_of() {
        tally.failed(ErrorCell.of(ErrorKind.REFUSED, "", nanos(29.5), nanos(29.5)), 1);
        tally.settle(nanos(30));
        assertThat(tally.rollout(0).errorsElsewhere()).isEmpty();
        tally.follow(histories.gone(30.2, "b").history());
        tally.settle(nanos(31));
        assertThat(tally.rollout(0).changes().get(3).errors().count()).isEqualTo(1);
    }

    @Test
    void the_longest_gap_is_held_against_what_changed_before_it() {
        assertThat(tally.rollout(nanos(11.02)).gapAfter()).hasValue(1);
        assertThat(tally.rollout(nanos(60)).gapAfter()).isEmpty();
    }

    @Test
    void who_answers_and_is_no_endpoint_is_a_stranger() {
        SlotCounts answers = new SlotCounts();
        answers.add(0);
        tally.answered("b", answers, 0);
        tally.answered("another-pod", answers, 0);
        Rollout rollout = settled();
        assertThat(rollout.strangers()).containsExactly("another-pod");
        assertThat(rollout.familiar()).isEqualTo(1);
    }

    private Rollout settled() {
        tally.settle(Long.MAX_VALUE);
        return tally.rollout(0);
    }
}
