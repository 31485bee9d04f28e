package io.kubeecho.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.probe.Observation.Misunderstood;
import io.kubeecho.probe.Observation.Unanswered;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ProbeTest {

    private static final Dialed.Outcome ANSWER =
            new Dialed.Answered(5, "10.0.0.1", 40_000, 200, "Host=h  Path=/  From=echo-0  ClientIP=10.0.0.1  XFF=");

    private final FakeLab lab = new FakeLab();
    private final Probe probe = new Probe(lab.timing());
    private final Service service = lab.create(ServiceSpec.clusterIp());

    /** Records its plans, and does with them what the test says. */
    private record Scripted(
            String name, List<DialPlan> plans, Function<DialPlan, CompletableFuture<List<Dialed>>> script)
            implements Client {

        Scripted(String name, Function<DialPlan, CompletableFuture<List<Dialed>>> script) {
            this(name, new ArrayList<>(), script);
        }

        @Override
        public String address() {
            return "10.0.0.1";
        }

        @Override
        public VantagePoint vantagePoint() {
            return VantagePoint.POD;
        }

        @Override
        public Optional<Node> node() {
            return Optional.empty();
        }

        @Override
        public CompletableFuture<List<Dialed>> dial(DialPlan plan) {
            plans.add(plan);
            return script.apply(plan);
        }
    }

    private static Function<DialPlan, CompletableFuture<List<Dialed>>> always(Dialed.Outcome outcome) {
        return plan -> CompletableFuture.completedFuture(plan.sequences().stream()
                .map(s -> new Dialed(s.entry(), 0, 1, 9, outcome))
                .toList());
    }

    @Test
    void theEntriesOfAClientAreOnePlanAndTheirNamesAndWaitsAreKept() {
        Scripted client = new Scripted("c", always(ANSWER));
        Service other = lab.create(ServiceSpec.clusterIp());
        probe.observe(
                List.of(entry(client, service), entry(client, other)), List.of(Duration.ZERO, Duration.ofSeconds(3)));

        assertThat(client.plans())
                .containsExactly(new DialPlan(
                        List.of(
                                new DialPlan.Sequence(
                                        "c > svc-1 10.96.0.1:80",
                                        "10.96.0.1",
                                        80,
                                        List.of(Duration.ZERO, Duration.ofSeconds(3))),
                                new DialPlan.Sequence(
                                        "c > svc-2 10.96.0.2:80",
                                        "10.96.0.2",
                                        80,
                                        List.of(Duration.ZERO, Duration.ofSeconds(3)))),
                        lab.timing().connectTimeout(),
                        lab.timing().answerTimeout()));
    }

    @Test
    void spacedConnectionsBeginAtOnceAndKeepTheLabsSpacing() {
        Scripted client = new Scripted("c", always(ANSWER));
        probe.spaced(List.of(entry(client, service)), 3);
        assertThat(client.plans().get(0).sequences().get(0).waits())
                .containsExactly(
                        Duration.ZERO, lab.timing().spacing(), lab.timing().spacing());
    }

    @Test
    void everyOutcomeBecomesItsObservation() {
        assertThat(resultOf(ANSWER))
                .isEqualTo(new Answered(5, 40_000, new EchoLine("h", "/", "echo-0", "10.0.0.1", "")));
        assertThat(resultOf(new Dialed.Answered(5, "10.0.0.1", 40_000, 502, "Bad Gateway")))
                .isEqualTo(new Misunderstood(502, "Bad Gateway"));
        assertThat(resultOf(new Dialed.Broken(5, "10.0.0.1", 40_000, Failure.RESET, "reset")))
                .isEqualTo(new Unanswered(true, Failure.RESET, "reset"));
        assertThat(resultOf(new Dialed.NotConnected(Failure.REFUSED, "refused")))
                .isEqualTo(new Unanswered(false, Failure.REFUSED, "refused"));
    }

    private Observation.Result resultOf(Dialed.Outcome outcome) {
        Scripted client = new Scripted("c", always(outcome));
        Observation observation = probe.observe(List.of(entry(client, service)), List.of(Duration.ZERO))
                .get(0);
        assertThat(observation)
                .usingRecursiveComparison()
                .ignoringFields("result")
                .isEqualTo(new Observation(
                        "c > svc-1 10.96.0.1:80",
                        "c",
                        "10.0.0.1",
                        1,
                        9,
                        new Unanswered(false, Failure.OTHER, "ignored")));
        return observation.result();
    }

    @Test
    @Timeout(30)
    void allClientsAreSentOffBeforeTheFirstIsWaitedFor() {
        CompletableFuture<List<Dialed>> firsts = new CompletableFuture<>();
        Scripted first = new Scripted("first", plan -> firsts);
        Scripted second = new Scripted("second", plan -> {
            firsts.complete(List.of());
            return CompletableFuture.completedFuture(List.of());
        });
        assertThat(probe.observe(List.of(entry(first, service), entry(second, service)), List.of(Duration.ZERO)))
                .isEmpty();
    }

    @Test
    void anEntryTwiceIsRefusedSinceItsObservationsCouldNotBeToldApart() {
        Scripted client = new Scripted("c", always(ANSWER));
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        probe.observe(List.of(entry(client, service), entry(client, service)), List.of(Duration.ZERO)))
                .withMessageStartingWith("two entries of one name");
        assertThat(client.plans()).isEmpty();
    }

    @Test
    void aLostClientIsALostLab() {
        LabException lost = new LabException("the pod is gone");
        Scripted gone = new Scripted("gone", plan -> CompletableFuture.failedFuture(lost));
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> probe.spaced(List.of(entry(gone, service)), 1))
                .isSameAs(lost);

        Scripted broken =
                new Scripted("broken", plan -> CompletableFuture.failedFuture(new IllegalStateException("oops")));
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> probe.spaced(List.of(entry(broken, service)), 1))
                .withMessageContaining("a client was lost")
                .withMessageContaining("oops");
    }

    @Test
    void anInterruptEndsTheWaitAndIsPassedOn() {
        Scripted endless = new Scripted("endless", plan -> new CompletableFuture<>());
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(LabException.class)
                .isThrownBy(() -> probe.spaced(List.of(entry(endless, service)), 1))
                .withMessageContaining("interrupted");
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void lanesAreOneEntrySideBySideUnderNamesOfTheirOwn() {
        Entry entry = entry(new Scripted("c", always(ANSWER)), service);
        List<Entry> lanes = entry.lanes(3);
        assertThat(lanes)
                .extracting(Entry::name)
                .containsExactly(entry.name() + " #1", entry.name() + " #2", entry.name() + " #3");
        assertThat(lanes).allSatisfy(lane -> {
            assertThat(lane.client()).isEqualTo(entry.client());
            assertThat(lane.service()).isEqualTo(entry.service());
            assertThat(lane.frontEnd()).isEqualTo(entry.frontEnd());
        });
        assertThat(probe.spaced(lanes, 1)).hasSize(3);
    }

    private static Entry entry(Client client, Service service) {
        return Entry.clusterIp(client, service);
    }

    @Test
    void requestsOfAKindGoIntoEverySequence() {
        Scripted client = new Scripted("c", plan -> CompletableFuture.completedFuture(List.of()));
        List<Entry> entries = List.of(Entry.clusterIp(client, service));
        probe.observe(entries, List.of(Duration.ZERO), Probe.Requests.ON_ONE_CONNECTION);
        probe.observe(entries, List.of(Duration.ZERO), Probe.Requests.with("X-Forwarded-For", "203.0.113.9"));
        probe.observe(entries, List.of(Duration.ZERO));

        assertThat(client.plans())
                .flatExtracting(DialPlan::sequences)
                .extracting(s -> s.connections() + " " + s.headers())
                .containsExactly("ONE_HELD {}", "NEW_EACH {X-Forwarded-For=203.0.113.9}", "NEW_EACH {}");
    }
}
