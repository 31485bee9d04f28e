package io.kubeecho.load.rollout;

import static io.kubeecho.load.rollout.Histories.nanos;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EndpointHistoryTest {

    @Test
    void each_step_of_an_endpoint_is_a_change() {
        EndpointHistory history = new Histories("a")
                .at(1, "b", EndpointState.NOT_READY)
                .at(2, "b", EndpointState.READY)
                .at(3, "a", EndpointState.TERMINATING)
                .gone(4, "a")
                .at(5, "b", EndpointState.NOT_READY)
                .history();
        assertThat(history.changes())
                .extracting(
                        EndpointChange::atNanos,
                        EndpointChange::kind,
                        c -> c.endpoint().pod())
                .containsExactly(
                        tuple(nanos(1), EndpointChange.Kind.ADDED, "b"),
                        tuple(nanos(2), EndpointChange.Kind.READY, "b"),
                        tuple(nanos(3), EndpointChange.Kind.TERMINATING, "a"),
                        tuple(nanos(4), EndpointChange.Kind.REMOVED, "a"),
                        tuple(nanos(5), EndpointChange.Kind.NOT_READY, "b"));
        assertThat(history.readyPods(false)).isEqualTo(1);
        assertThat(history.readyPods(true)).isZero();
        assertThat(history.knows("a")).isTrue();
        assertThat(history.knows("c")).isFalse();
    }

    @Test
    void a_picture_that_shows_nothing_new_is_no_change() {
        assertThat(new Histories("a").at(1, "a", EndpointState.READY).history().changes())
                .isEmpty();
    }

    @Test
    void a_pod_is_lost_by_the_first_change_that_leaves_it_unready_until_it_is_ready_again() {
        EndpointHistory history = new Histories("a", "b")
                .at(3, "a", EndpointState.TERMINATING)
                .gone(4, "a")
                .at(6, "a", EndpointState.READY)
                .history();
        assertThat(history.lostBy("a", nanos(2.9))).isEmpty();
        assertThat(history.lostBy("a", nanos(3))).hasValue(0);
        assertThat(history.lostBy("a", nanos(5))).hasValue(0);
        assertThat(history.lostBy("a", nanos(6))).isEmpty();
        assertThat(history.lostBy("b", nanos(5))).isEmpty();
        assertThat(history.lostBy("nobody", nanos(5))).isEmpty();
        assertThat(history.madeReadyBy("a", nanos(5))).isEmpty();
        assertThat(history.madeReadyBy("a", nanos(7))).hasValue(2);
    }

    @Test
    void a_pod_that_was_never_ready_is_not_lost() {
        EndpointHistory history = new Histories("a")
                .at(1, "b", EndpointState.NOT_READY)
                .gone(2, "b")
                .history();
        assertThat(history.lostBy("b", nanos(3))).isEmpty();
    }

    @Test
    void a_pod_that_is_replaced_under_its_name_is_two_endpoints_and_ready_while_one_is() {
        Endpoint second = new Endpoint("a", "another", "10.0.0.9", "node-2");
        EndpointHistory history = new Histories("a")
                .at(1, second, EndpointState.READY)
                .at(2, "a", EndpointState.TERMINATING)
                .history();
        assertThat(history.changes()).hasSize(2);
        assertThat(history.lostBy("a", nanos(3))).isEmpty();
        assertThat(history.readyPods(true)).isEqualTo(1);
    }

    @Test
    void an_endpoint_with_addresses_of_two_families_is_one_and_as_ready_as_its_readiest() {
        Endpoint six = new Endpoint("a", "uid-of-a", "fd00::1", "node-1");
        EndpointTimeline timeline = new EndpointTimeline(
                "default/echo",
                Duration.ofSeconds(10),
                Map.of(Histories.endpoint("a"), EndpointState.READY, six, EndpointState.NOT_READY));
        assertThat(timeline.since(0).readyPods(false)).isEqualTo(1);
        timeline.observe(Map.of(six, EndpointState.READY), nanos(1));
        assertThat(timeline.since(0).changes()).isEmpty();
        timeline.observe(Map.of(), nanos(2));
        assertThat(timeline.since(0).lostBy("a", nanos(2))).hasValue(0);
        assertThat(timeline.since(0).readyPods(true)).isZero();
    }

    @Test
    void what_changed_while_the_watch_was_broken_may_have_done_so_since_its_beginning() {
        EndpointHistory history =
                new Histories("a", "b").broken(2).mended(5, "b").history();
        EndpointChange change = history.changes().get(0);
        assertThat(change.uncertain()).isTrue();
        assertThat(List.of(change.notBeforeNanos(), change.atNanos())).containsExactly(nanos(2), nanos(5));
        assertThat(history.lostWithin("a", nanos(2.5), nanos(3))).isTrue();
        assertThat(history.lostWithin("a", nanos(1), nanos(1.9))).isFalse();
        assertThat(history.brokenWithin(nanos(4), nanos(9))).isTrue();
        assertThat(history.brokenWithin(nanos(6), nanos(9))).isFalse();
        assertThat(new Histories("a").broken(2).history().brokenWithin(nanos(100), nanos(101)))
                .isTrue();
    }

    @Test
    void an_error_is_explained_by_the_last_change_before_it_and_best_by_its_own_pods() {
        EndpointHistory history = new Histories("a", "b")
                .at(10, "c", EndpointState.NOT_READY)
                .at(11, "c", EndpointState.READY)
                .gone(12, "a")
                .at(13, "d", EndpointState.NOT_READY)
                .history();
        long late = nanos(1);
        assertThat(history.explaining("", nanos(12.5), late)).hasValue(2);
        assertThat(history.explaining("c", nanos(12.5), late)).hasValue(1);
        assertThat(history.explaining("b", nanos(12.5), late)).hasValue(2);
        // that something was added explains nothing
        assertThat(history.explaining("", nanos(14), late)).hasValue(2);
        assertThat(history.explaining("d", nanos(14), late)).hasValue(2);
        // a pod that dies is heard of afterwards, if that is nearer than another change
        assertThat(history.explaining("", nanos(11.4), late)).hasValue(1);
        assertThat(history.explaining("", nanos(11.6), late)).hasValue(2);
        assertThat(history.explaining("", nanos(9.5), late)).isEmpty();
        assertThat(history.explaining("", nanos(10.9), late)).isEmpty();
        // and after the grace nothing is to blame
        assertThat(history.explaining("", nanos(22.1), late)).isEmpty();
    }
}
