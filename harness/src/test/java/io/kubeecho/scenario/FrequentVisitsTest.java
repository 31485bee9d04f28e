package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.FakeLab.Connection;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.probe.Entry;
import io.kubeecho.scenario.Profile.AffinityWindow;
import io.kubeecho.stats.Thresholds;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class FrequentVisitsTest {

    private static final Duration T = Duration.ofMillis(300);
    private static final Duration QUICK = Duration.ofMillis(1);
    private static final Duration SLOW = Duration.ofMillis(250);

    private final FakeLab lab = new FakeLab();
    private final Endpoint home = lab.endpoints().get(0);
    private final Endpoint away = lab.endpoints().get(1);
    private final Trial trial = new Trial(lab, Thresholds.standard(), Profile.NONE, AffinityCapacity.MEASURED);
    private final List<Entry> entries = entries();

    @Test
    void whoNeverMovesHasASlidingWindow() {
        lab.with(c -> lab.answer(home, "10.0.0.1", QUICK));
        FrequentVisits visits = visit();
        assertThat(visits.moved()).isZero();
        assertThat(visits.window()).isEqualTo(AffinityWindow.SLIDING);
        assertThat(trial.phases())
                .singleElement()
                .satisfies(p -> assertThat(p.observations()).hasSize(27));
    }

    @Test
    void whoMovesATimeoutApartHasAFixedOne() {
        moveAt(c -> isOf(c, "client-node-2") ? Set.of(3, 7) : Set.of());
        FrequentVisits visits = visit();
        assertThat(visits.moved()).isEqualTo(1);
        assertThat(visits.window()).isEqualTo(AffinityWindow.FIXED);
    }

    @Test
    void whoMovesTwiceWithinATimeoutHasNone() {
        moveAt(c -> isOf(c, "client-node-2") ? Set.of(3, 5) : Set.of());
        assertThatExceptionOfType(Inconclusive.class)
                .isThrownBy(this::visit)
                .withMessageContaining("affinity ends inside the timeout (see AFF-CIP and HOLD): client-node-2 > ")
                .withMessageContaining(" moved twice within 203 ms");
    }

    @Test
    void aMoveAfterAGapThatMayHaveReachedTheTimeoutIsTakenAgain() {
        lab.with(c -> {
            boolean first = trial.phases().isEmpty();
            return lab.answer(
                    first && c.number() > 4 ? away : home, "10.0.0.1", first && c.number() == 4 ? SLOW : QUICK);
        });
        assertThat(visit().moved()).isZero();
        assertThat(trial.phases()).hasSize(2);
    }

    @Test
    void visitsThatAreNeverInTimeAreInconclusive() {
        lab.with(c -> lab.answer(home, "10.0.0.1", isOf(c, "client-node-1") ? SLOW : QUICK));
        assertThatExceptionOfType(Inconclusive.class)
                .isThrownBy(this::visit)
                .withMessageStartingWith(
                        "for 1 of 3 entries the visits could not be kept inside the timeout in 5 rounds");
    }

    @Test
    void whatDoesNotAnswerFails() {
        lab.with(c -> FakeLab.refused());
        assertThatExceptionOfType(Failed.class).isThrownBy(this::visit);
    }

    private List<Entry> entries() {
        Service service = trial.create(ServiceSpec.clusterIp());
        return lab.clients(VantagePoint.POD).stream()
                .map(c -> Entry.clusterIp(c, service))
                .toList();
    }

    private static boolean isOf(Connection connection, String client) {
        return connection.client().name().equals(client);
    }

    /** Changes between two pods at these visits. */
    private void moveAt(Function<Connection, Set<Integer>> moves) {
        lab.with(c -> {
            long moved = moves.apply(c).stream().filter(m -> m <= c.number()).count();
            return lab.answer(moved % 2 == 0 ? home : away, "10.0.0.1", QUICK);
        });
    }

    private FrequentVisits visit() {
        return FrequentVisits.of(trial, entries, T, Rules.answeredBy(lab.endpoints()));
    }
}
