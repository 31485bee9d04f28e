package io.kubeecho.load.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.load.rollout.EndpointState;
import io.kubeecho.load.rollout.Histories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class AffinityTest {

    private static final long SECOND = 1_000_000_000L;

    private final Affinity affinity = new Affinity(Duration.ofSeconds(10));

    @Test
    void a_source_that_stays_violates_nothing() {
        affinity.add(List.of(visit(0, "s1", "a"), visit(1, "s1", "a"), visit(2, "s2", "b"), visit(3, "s2", "b")));
        assertThat(affinity.findings().total()).isZero();
        assertThat(affinity.findings().revisits()).isEqualTo(2);
        assertThat(affinity.findings().sources()).isEqualTo(2);
    }

    @Test
    void a_move_is_a_violation_once_the_old_pod_answers_again() {
        affinity.add(List.of(visit(0, "s1", "a"), visit(1, "s1", "b")));
        assertThat(affinity.violations()).isZero();
        assertThat(affinity.findings().count(Move.Cause.UNDECIDED)).isEqualTo(1);
        affinity.add(List.of(visit(2, "s2", "a")));
        assertThat(affinity.violations()).isEqualTo(1);
        assertThat(affinity.findings().moves())
                .containsExactly(new Move(SECOND, SECOND, "s1", "s1", "a", "b", Move.Cause.VIOLATION));
    }

    @Test
    void after_the_timeout_a_move_is_an_expiry_and_the_window_slides() {
        affinity.add(List.of(visit(0, "s1", "a"), visit(9, "s1", "a"), visit(18, "s1", "b")));
        assertThat(affinity.findings().count(Move.Cause.EXPIRED)).isZero();
        affinity.add(List.of(visit(28, "s1", "a")));
        assertThat(affinity.findings().count(Move.Cause.EXPIRED)).isEqualTo(1);
    }

    @Test
    void a_pod_that_nobody_finds_any_more_is_gone() {
        affinity.add(List.of(visit(0, "s1", "a"), visit(0, "s2", "b"), visit(1, "s1", "b")));
        List<Visit> others = new ArrayList<>();
        for (int i = 0; i < Affinity.telling(2); i++) {
            others.add(visit(2, "new" + i, "b"));
        }
        affinity.add(others);
        assertThat(affinity.findings().count(Move.Cause.ENDPOINT_GONE)).isEqualTo(1);
        assertThat(affinity.violations()).isZero();
    }

    @Test
    void a_gone_pod_that_comes_back_under_its_name_stays_excused() {
        a_pod_that_nobody_finds_any_more_is_gone();
        affinity.add(List.of(visit(5, "late", "a")));
        assertThat(affinity.findings().count(Move.Cause.ENDPOINT_GONE)).isEqualTo(1);
        assertThat(affinity.violations()).isZero();
    }

    @Test
    void sources_that_stay_say_nothing_about_other_pods() {
        affinity.add(List.of(visit(0, "s1", "a"), visit(1, "s1", "b")));
        List<Visit> staying = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            staying.add(visit(2, "s1", "b"));
        }
        affinity.add(staying);
        assertThat(affinity.findings().count(Move.Cause.UNDECIDED)).isEqualTo(1);
    }

    @Test
    void a_masked_source_is_counted_apart() {
        affinity.add(List.of(
                new Visit(0, true, true, "s1", "node-1", "a", "t"),
                new Visit(SECOND, true, true, "s1", "node-1", "b", "t"),
                new Visit(2 * SECOND, true, true, "s1", "node-1", "a", "t")));
        assertThat(affinity.findings().count(Move.Cause.MASKED)).isEqualTo(2);
        assertThat(affinity.violations()).isZero();
    }

    @Test
    void front_ends_have_affinities_of_their_own() {
        affinity.add(List.of(
                new Visit(0, true, true, "s1", "s1", "a", "t1"), new Visit(1, true, true, "s1", "s1", "b", "t2")));
        assertThat(affinity.findings().total()).isZero();
        assertThat(affinity.findings().sources()).isEqualTo(2);
    }

    @Test
    void warm_up_is_remembered_and_not_counted() {
        affinity.add(List.of(
                new Visit(0, true, false, "s1", "s1", "a", "t"),
                new Visit(1, true, false, "s1", "s1", "b", "t"),
                visit(2, "s1", "a"),
                visit(3, "s2", "b")));
        assertThat(affinity.findings().revisits()).isEqualTo(1);
        assertThat(affinity.findings().count(Move.Cause.VIOLATION)).isEqualTo(1);
    }

    @Test
    void a_move_from_a_pod_that_is_watched_and_was_ready_is_a_violation_whoever_follows() {
        affinity.follow(new Histories("a", "b").history());
        affinity.add(List.of(visit(0, "s1", "a"), visit(1, "s1", "b")));
        assertThat(causes()).containsExactly(Move.Cause.VIOLATION);
        // until all is heard of that may have been before it, nothing is certain
        affinity.settle(SECOND);
        assertThat(affinity.violations()).isZero();
        affinity.settle(3 * SECOND);
        assertThat(affinity.violations()).isEqualTo(1);
    }

    @Test
    void a_move_from_a_pod_that_was_not_ready_any_more_is_no_violation_though_it_answers_others() {
        affinity.follow(
                new Histories("a", "b").at(5, "a", EndpointState.TERMINATING).history());
        affinity.add(List.of(visit(0, "s1", "a"), visit(6, "s1", "b"), visit(6, "s2", "a")));
        assertThat(causes()).containsExactly(Move.Cause.ENDPOINT_GONE);
    }

    @Test
    void a_pod_that_was_away_shortly_before_the_last_connection_to_it_is_an_excuse_and_long_before_is_none() {
        affinity.follow(new Histories("a", "b")
                .at(20, "a", EndpointState.NOT_READY)
                .at(21, "a", EndpointState.READY)
                .history());
        affinity.add(List.of(
                visit(22, "s1", "a"),
                visit(25, "s1", "b"),
                visit(0, "s2", "a"),
                visit(5, "s2", "b"),
                visit(40, "s3", "a"),
                visit(41, "s3", "b")));
        assertThat(causes()).containsExactly(Move.Cause.VIOLATION, Move.Cause.ENDPOINT_GONE, Move.Cause.VIOLATION);
    }

    @Test
    void that_the_old_pod_is_new_is_no_excuse_and_that_the_new_one_is_leaves_it_undecided() {
        affinity.follow(new Histories("a", "b").at(20, "c", EndpointState.READY).history());
        affinity.add(List.of(visit(22, "s1", "c"), visit(25, "s1", "b"), visit(22, "s2", "a"), visit(26, "s2", "c")));
        assertThat(causes()).containsExactly(Move.Cause.VIOLATION, Move.Cause.UNDECIDED);
    }

    @Test
    void while_the_watch_is_broken_nothing_is_a_violation() {
        affinity.follow(new Histories("a", "b").broken(4).mended(6, "a", "b").history());
        affinity.add(List.of(visit(0, "s1", "a"), visit(5, "s1", "b"), visit(7, "s2", "a"), visit(8, "s2", "b")));
        assertThat(causes()).containsExactly(Move.Cause.UNDECIDED, Move.Cause.VIOLATION);
    }

    @Test
    void a_pod_that_is_no_endpoint_is_judged_by_who_answers() {
        affinity.follow(new Histories("a", "b").history());
        affinity.add(List.of(visit(0, "s1", "x"), visit(1, "s1", "a")));
        assertThat(causes()).containsExactly(Move.Cause.UNDECIDED);
        affinity.add(List.of(visit(2, "s2", "x")));
        assertThat(causes()).containsExactly(Move.Cause.VIOLATION);
    }

    private List<Move.Cause> causes() {
        return affinity.findings().moves().stream().map(Move::cause).toList();
    }

    @Property
    void every_move_has_one_cause_however_the_visits_come_in(@ForAll long seed) {
        Random random = new Random(seed);
        Affinity whole = new Affinity(Duration.ofSeconds(10));
        Affinity pieces = new Affinity(Duration.ofSeconds(10));
        List<Visit> visits = new ArrayList<>();
        long at = 0;
        for (int i = 0; i < 300; i++) {
            at += random.nextInt(8);
            visits.add(visit(at, "s" + random.nextInt(6), "pod-" + random.nextInt(4)));
        }
        whole.add(visits);
        for (int i = 0; i < visits.size(); i += 7) {
            pieces.add(visits.subList(i, Math.min(visits.size(), i + 7)));
        }
        assertThat(pieces.findings()).isEqualTo(whole.findings());
        assertThat(whole.findings().total()).isEqualTo(whole.moves());
    }

    private static Visit visit(long second, String source, String pod) {
        return new Visit(second * SECOND, true, true, source, source, pod, "t");
    }
}
