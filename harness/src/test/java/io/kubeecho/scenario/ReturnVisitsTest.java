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
import io.kubeecho.stats.Thresholds;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ReturnVisitsTest {

    private static final Duration T = Duration.ofMillis(500);
    private static final Duration WAIT = Duration.ofMillis(400);
    private static final Duration QUICK = Duration.ofMillis(1);
    /** Two of these and the wait are more than T. */
    private static final Duration SLOW = Duration.ofMillis(60);

    private final FakeLab lab = new FakeLab();
    private final Endpoint home = lab.endpoints().get(0);
    private final Endpoint away = lab.endpoints().get(1);
    private final Trial trial = new Trial(lab, Thresholds.standard(), Profile.NONE, AffinityCapacity.MEASURED);
    private final List<Entry> entries = entries();

    @Test
    void gapsThatCountAreTakenOnce() {
        answerAfter(c -> QUICK);
        ReturnVisits visits = visit();
        assertThat(visits.count()).isEqualTo(3);
        assertThat(visits.moved()).isZero();
        assertThat(visits.gaps()).isEqualTo("400 ms to 402 ms");
        assertThat(trial.phases()).singleElement().satisfies(p -> {
            assertThat(p.name()).isEqualTo("visit, wait, visit");
            assertThat(p.observations()).hasSize(6);
        });
    }

    @Test
    void onlyTheEntriesWhoseGapDidNotCountAreTakenAgain() {
        answerAfter(c -> c.client().name().equals("client-node-2") && rounds() < 2 ? SLOW : QUICK);
        ReturnVisits visits = visit();
        assertThat(visits.count()).isEqualTo(3);
        assertThat(trial.phases()).extracting(p -> p.observations().size()).containsExactly(6, 2, 2);
        assertThat(trial.phases().get(2).observations())
                .extracting(o -> o.client())
                .containsOnly("client-node-2");
    }

    @Test
    void aMoveInAGapThatDoesNotCountIsNoMove() {
        lab.with(c -> {
            boolean first = rounds() == 0;
            return lab.answer(first && c.number() == 1 ? away : home, "10.0.0.1", first ? SLOW : QUICK);
        });
        assertThat(visit().moved()).isZero();
    }

    @Test
    void entriesThatChangedTheirPodBetweenTheirVisitsAreCounted() {
        lab.with(c -> lab.answer(
                c.number() == 1 && !c.client().name().equals("client-node-1") ? away : home, "10.0.0.1", QUICK));
        assertThat(visit().moved()).isEqualTo(2);
    }

    @Test
    void gapsThatNeverCountAreInconclusive() {
        answerAfter(c -> c.client().name().equals("client-node-3") ? SLOW : QUICK);
        assertThatExceptionOfType(Inconclusive.class)
                .isThrownBy(this::visit)
                .withMessage("for 1 of 3 entries no gap of the right length could be timed in 5 rounds; "
                        + "the machine or the network is too slow for this timeout");
        assertThat(trial.phases()).hasSize(5);
    }

    @Test
    void aBrokenRuleFailsWhateverTheGap() {
        lab.with(c -> FakeLab.refused());
        assertThatExceptionOfType(Failed.class)
                .isThrownBy(this::visit)
                .withMessageContaining("6 of 6 connections were not answered by an echo pod: refused: 6");
    }

    private void answerAfter(Function<Connection, Duration> took) {
        lab.with(c -> lab.answer(home, c.client().address(), took.apply(c)));
    }

    private List<Entry> entries() {
        Service service = trial.create(ServiceSpec.clusterIp());
        return lab.clients(VantagePoint.POD).stream()
                .map(c -> Entry.clusterIp(c, service))
                .toList();
    }

    private int rounds() {
        return trial.phases().size();
    }

    private ReturnVisits visit() {
        ReturnVisits visits = new ReturnVisits(trial, gap -> gap.isWithin(T), Rules.answeredBy(lab.endpoints()));
        visits.take(entries, Duration.ZERO, Duration.ZERO, (number, round) -> WAIT);
        return visits;
    }
}
