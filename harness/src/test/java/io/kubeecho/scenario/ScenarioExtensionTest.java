package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.Failure;
import io.kubeecho.evidence.Phase;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.FakeLab.FakeService;
import io.kubeecho.lab.Timing;
import io.kubeecho.stats.Threshold;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.TestExecutionResult.Status;

/** How a scenario ends, in verdicts and in JUnit's terms, on a lab without a network. */
class ScenarioExtensionTest {

    @Test
    void aConformingDataPlanePassesEverything() {
        assertThat(Runs.of(ReferencePlane.lab()).verdicts())
                .containsExactlyInAnyOrderElementsOf(everyId()
                        .map(id -> id + (Set.of("SRC-C", "CAPACITY").contains(id) ? " INFO" : " PASS"))
                        .toList());
    }

    @Test
    void aPassIsASuccessAndCarriesItsEvidence() {
        FakeLab lab = ReferencePlane.lab();
        Runs runs = Runs.of(lab, "AFF-CIP");
        ScenarioResult result = runs.result("AFF-CIP");

        assertThat(runs.junit("AFF-CIP").getStatus()).isEqualTo(Status.SUCCESSFUL);
        assertThat(result.seen())
                .startsWith("each of 48 entries stayed on one pod in ")
                .contains(" connections, and all 4 pods were reached through each node; would have found ");
        assertThat(result.meaning()).isEmpty();
        assertThat(result.thresholds()).extracting(Threshold::trials).containsExactly(362, 1836, 343);
        assertThat(result.phases()).extracting(Phase::name).startsWith("follow", "judge");
        assertThat(result.connections()).isGreaterThan(3 * 1836);
        assertThat(result.findings().programming())
                .singleElement()
                .satisfies(p -> assertThat(p.change()).isEqualTo("the Service was made"))
                .satisfies(p -> assertThat(p.atLeast()).isZero())
                .satisfies(p -> assertThat(p.lastBreach()).isEmpty());
    }

    @Test
    void aFailIsAnAssertionErrorThatSaysWhatWasSeenAndWhatItMeans() {
        FakeLab lab = new FakeLab();
        AtomicInteger next = new AtomicInteger();
        lab.with(c -> lab.answer(
                lab.endpoints().get(next.getAndIncrement() % 4), c.client().address()));
        Runs runs = Runs.of(lab, "AFF-CIP");
        ScenarioResult result = runs.result("AFF-CIP");

        assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(result.seen())
                .startsWith("48 of 48 affinity entries changed their pod, in ")
                .endsWith(" of 192 new connections; client-node-1 > svc-1 10.96.0.1:80 went to"
                        + " [echo-1-1, echo-1-2, echo-2-1, echo-2-2]");
        assertThat(result.meaning())
                .isEqualTo("clients do not stay on their pod: what a pod keeps for a client in memory is lost");
        assertThat(runs.junit("AFF-CIP").getStatus()).isEqualTo(Status.FAILED);
        assertThat(runs.junit("AFF-CIP").getThrowable())
                .get()
                .isInstanceOfSatisfying(
                        AssertionError.class, e -> assertThat(e).hasMessage(result.seen() + " - " + result.meaning()));
    }

    @Test
    void aSingleBreachAfterItHasFollowedFails() {
        FakeLab lab = new FakeLab();
        ReferencePlane plane = ReferencePlane.of(lab);
        AtomicInteger connections = new AtomicInteger();
        lab.with(c -> connections.incrementAndGet() == 200
                ? lab.answer(502, "Bad Gateway", Duration.ofMillis(1))
                : plane.reply(c));
        ScenarioResult result = Runs.of(lab, "AFF-CIP").result("AFF-CIP");

        assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(result.seen())
                .startsWith("1 of ")
                .contains(" connections were not answered by an echo pod: another server's answer with status 502: 1");
    }

    @Test
    void aDataPlaneThatFollowsLateHasUntilTheDeadline() {
        FakeLab lab = new FakeLab();
        ReferencePlane plane = ReferencePlane.of(lab);
        AtomicInteger connections = new AtomicInteger();
        lab.with(lab.timing().withConvergence(Duration.ofMinutes(1)))
                .with(c -> connections.incrementAndGet() <= 300 ? FakeLab.refused() : plane.reply(c));
        ScenarioResult result = Runs.of(lab, "AFF-CIP").result("AFF-CIP");

        assertThat(result.verdict()).isEqualTo(Verdict.PASS);
        assertThat(result.phases())
                .extracting(Phase::name)
                .startsWith("follow", "follow", "follow", "follow", "follow", "follow", "follow", "follow", "judge");
        assertThat(result.findings().programming()).singleElement().satisfies(p -> {
            assertThat(p.lastBreach()).startsWith("12 of 48 connections were not answered by an echo pod: refused: 12");
            assertThat(p.atMost()).isGreaterThan(p.atLeast());
            assertThat(p.deadline()).isEqualTo(Duration.ofMinutes(1));
        });
    }

    @Test
    void aDataPlaneThatNeverFollowsFailsAtTheDeadlineAndSaysWhatWasSeen() {
        FakeLab lab = new FakeLab();
        ScenarioResult result =
                Runs.of(lab.with(c -> FakeLab.refused()), "AFF-CIP").result("AFF-CIP");
        assertThat(result.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(result.seen())
                .isEqualTo("48 of 48 connections were not answered by an echo pod: refused: 48, "
                        + "and no window conformed within 1 ms");
        assertThat(result.findings().programming())
                .singleElement()
                .satisfies(p -> assertThat(p.lastBreach()).startsWith("48 of 48"));
    }

    @Test
    void aMachineThatStallsForLongerThanTheTimeoutDoesNotFailAffinity() {
        FakeLab lab = new FakeLab();
        Duration stall = lab.timing().affinityTimeout().multipliedBy(3);
        lab.with(ReferencePlane.of(lab).answersTake(stall));
        assertThat(Runs.of(lab, "AFF-CIP").verdicts()).containsExactly("AFF-CIP PASS");
    }

    @Test
    void aStallBeforeTheVisitsDoesNotFailTheHold() {
        FakeLab lab = new FakeLab();
        ReferencePlane plane = ReferencePlane.of(lab)
                .answersTake(lab.timing().affinityTimeout().multipliedBy(3));
        AtomicInteger connections = new AtomicInteger();
        int firstWindow = 90;
        lab.with(c -> {
            if (connections.getAndIncrement() == firstWindow) {
                plane.answersTake(Duration.ofMillis(1));
            }
            return plane.reply(c);
        });
        Runs runs = Runs.of(lab.with(lab.timing().withConvergence(Duration.ZERO)), "HOLD");
        assertThat(runs.verdicts()).containsExactly("HOLD PASS");
    }

    @Test
    void withoutAffinityTheHoldFailsOnGapsThatWereMeasured() {
        FakeLab lab = new FakeLab();
        AtomicInteger next = new AtomicInteger();
        lab.with(c -> lab.answer(
                lab.endpoints().get(next.getAndIncrement() % 4), c.client().address()));
        assertThat(Runs.of(lab, "HOLD").result("HOLD"))
                .satisfies(r -> assertThat(r.verdict()).isEqualTo(Verdict.FAIL))
                .satisfies(r -> assertThat(r.seen())
                        .startsWith("90 of 90 entries were on another pod after gaps of 400 ms to 48")
                        .endsWith(" ms, with a timeout of 500 ms"));
    }

    @Test
    void aMachineThatIsTooSlowForTheTimeoutIsInconclusiveAboutIt() {
        FakeLab lab = new FakeLab();
        lab.with(ReferencePlane.of(lab).answersTake(Duration.ofMillis(200)));
        assertThat(Runs.of(lab, "HOLD").result("HOLD"))
                .satisfies(r -> assertThat(r.verdict()).isEqualTo(Verdict.INCONCLUSIVE))
                .satisfies(r -> assertThat(r.seen()).contains("no gap of the right length could be timed"));
    }

    @Test
    void whatFailsWhileTheMachineLosesPacketsIsInconclusive() {
        FakeLab lab = new FakeLab();
        lab.with(c -> {
            lab.losePacket();
            return FakeLab.failed(Failure.TIMEOUT, "connection timed out");
        });
        ScenarioResult result = Runs.of(lab, "NONE-CIP").result("NONE-CIP");
        assertThat(result.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        // a window more or less, within that millisecond
        assertThat(result.seen())
                .matches("[1-9]\\d* packets were dropped by this machine, whose table of tracked connections "
                        + "\\(nf_conntrack\\) is full: 3 of 3 connections were not answered by an echo pod: "
                        + "timeout: 3, and no window conformed within 1 ms");
        assertThat(result.meaning()).isEmpty();
    }

    @Test
    void endpointsThatChangeInTheWindowAreInconclusive() {
        FakeLab lab = new FakeLab();
        ReferencePlane plane = ReferencePlane.of(lab);
        lab.with(c -> {
            lab.changeEndpoints();
            return plane.reply(c);
        });
        Runs runs = Runs.of(lab, "NONE-CIP");
        assertInconclusive(runs, "NONE-CIP", "the Services' endpoints changed while they were watched");
    }

    @Test
    void endpointsThatNeverSettleAreInconclusive() {
        FakeLab lab = ReferencePlane.lab();
        Timing t = lab.timing();
        lab.with(new Timing(
                t.affinityTimeout(),
                t.grain(),
                t.margin(),
                t.spacing(),
                Duration.ofMinutes(1),
                Duration.ofMillis(50),
                t.connectTimeout(),
                t.answerTimeout()));
        assertInconclusive(Runs.of(lab, "NONE-CIP"), "NONE-CIP", "the Services' endpoints kept changing for 50 ms");
    }

    @Test
    void aClientThatCannotOpenSocketsIsInconclusive() {
        FakeLab lab = new FakeLab();
        lab.with(c -> FakeLab.failed(Failure.LOCAL, "BindException: Cannot assign requested address"));
        assertInconclusive(
                Runs.of(lab, "AFF-CIP"),
                "AFF-CIP",
                "a client could not connect from its own address: BindException: Cannot assign requested address");
    }

    @Test
    void silenceWithoutAControlThatIsAnsweredIsInconclusive() {
        FakeLab lab = new FakeLab();
        lab.with(c -> FakeLab.failed(Failure.TIMEOUT, "connection timed out"));
        assertThat(Runs.of(lab, "ETP-L-").result("ETP-L-").seen())
                .startsWith("the control outside-1 > svc-1 192.168.0.1:30001 is not answered either: 1 of 1");
    }

    @Test
    void expiryWithoutAffinityIsInconclusive() {
        FakeLab lab = new FakeLab();
        AtomicInteger next = new AtomicInteger();
        lab.with(c -> lab.answer(
                lab.endpoints().get(next.getAndIncrement() % 4), c.client().address()));
        assertThat(Runs.of(lab, "EXPIRE").result("EXPIRE").seen())
                .startsWith("affinity does not hold, so its end cannot be seen (see AFF-CIP): ")
                .endsWith(" entries were on another pod at once");
    }

    @Test
    void answersFromOneSideOnlySayNothingAboutSourceAddresses() {
        FakeLab lab = new FakeLab();
        lab.with(c -> lab.answer(
                c.service().behind().stream()
                        .filter(e -> Optional.of(e.node()).equals(c.client().node()))
                        .findFirst()
                        .orElseThrow(),
                c.client().address()));
        assertThat(Runs.of(lab, "SRC-CIP").result("SRC-CIP").seen())
                .startsWith("the answers came ")
                .endsWith(" times from the client's own node and 0 times from another; both are needed");
    }

    @Test
    void whoIsSeenUnderClusterIsToldByKind() {
        FakeLab lab = new FakeLab();
        AtomicInteger next = new AtomicInteger();
        lab.with(c -> lab.answer(
                lab.endpoints().get(next.get() % 4),
                switch (next.getAndIncrement() % 8) {
                    case 0, 4 -> c.client().address();
                    case 1, 5 -> lab.nodes().get(0).address();
                    // the load balancer's own
                    case 2, 6 -> "198.51.100.2";
                    // of node-1's pods' network, and no pod's
                    case 3 -> "10.0.1.254";
                    default -> "192.0.2.77";
                }));
        assertThat(Runs.of(lab, "SRC-C").result("SRC-C"))
                .satisfies(r -> assertThat(r.verdict()).isEqualTo(Verdict.INFO))
                .satisfies(r -> assertThat(r.seen())
                        .isEqualTo("through every node and a load balancer the pods saw a node's address in 58 of 232, "
                                + "a node's address on its pods' network in 29 of 232, "
                                + "another address, 192.0.2.77 in 29 of 232, "
                                + "the client's own address in 58 of 232, the load balancer's address in 58 of 232"));
    }

    @ParameterizedTest
    @MethodSource("everyId")
    void theServicesOfAScenarioAreRemovedOnceHoweverItEnds(String id) {
        FakeLab passing = ReferencePlane.lab();
        Runs.of(passing, id);
        FakeLab failing = new FakeLab();
        Runs.of(failing, id);
        assertThat(passing.services()).isNotEmpty().allMatch(s -> s.timesClosed() == 1);
        assertThat(failing.services()).isNotEmpty().allMatch(s -> s.timesClosed() == 1);
    }

    static Stream<String> everyId() {
        return Catalogue.all().stream().map(Catalogue.Item::id);
    }

    @Test
    void afterAStopNothingIsStarted() {
        FakeLab lab = ReferencePlane.lab();
        Runs runs = Runs.stopped(lab, () -> Optional.of("the time is over"), "AFF-CIP", "SRC-C");
        assertInconclusive(runs, "AFF-CIP", "not run: the time is over");
        assertInconclusive(runs, "SRC-C", "not run: the time is over");
        assertThat(lab.services()).isEmpty();
    }

    @Test
    void strictMakesAnInconclusiveScenarioAnErrorForJunitAndLeavesTheVerdict() {
        FakeLab lab = new FakeLab();
        lab.with(c -> FakeLab.failed(Failure.LOCAL, "no ports"));
        Runs runs = Runs.strict(lab, "AFF-CIP");
        assertThat(runs.result("AFF-CIP").verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(runs.junit("AFF-CIP").getStatus()).isEqualTo(Status.FAILED);
        assertThat(runs.junit("AFF-CIP").getThrowable())
                .get()
                .satisfies(e -> assertThat(e)
                        .isNotInstanceOf(AssertionError.class)
                        .hasMessage("INCONCLUSIVE: a client could not connect from its own address: no ports"));
    }

    private static void assertInconclusive(Runs runs, String id, String reason) {
        assertThat(runs.result(id).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(runs.result(id).seen()).isEqualTo(reason);
        assertThat(runs.junit(id).getStatus()).isEqualTo(Status.ABORTED);
    }

    @Test
    void aScenarioThatGoesWrongIsInconclusiveAndSaysWhoseFaultItIs() {
        FakeLab lab = ReferencePlane.lab();
        Runs runs = Runs.ofAll(lab, WaywardScenarios.class);
        assertThat(runs.verdicts()).containsExactly("ENDLESS INCONCLUSIVE", "LOST INCONCLUSIVE", "THROWS INCONCLUSIVE");
        assertThat(runs.result("THROWS").seen())
                .isEqualTo("a bug in kube-echo, please report it: java.lang.IllegalStateException: oops");
        assertThat(runs.result("ENDLESS").seen())
                .startsWith("a bug in kube-echo, please report it: ")
                .endsWith("the scenario ended without a conclusion");
        assertThat(runs.result("LOST").seen()).isEqualTo("the lab was lost: fake is gone");
        assertThat(lab.services()).isNotEmpty().allMatch(FakeService::isClosed);
    }
}
