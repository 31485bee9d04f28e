package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.probe.EchoLine;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.probe.Observation.Misunderstood;
import io.kubeecho.probe.Observation.Unanswered;
import io.kubeecho.stats.Thresholds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class RulesTest {

    private static final Node NODE = new Node("node-1", "192.168.0.1");
    private static final Endpoint A = new Endpoint("echo-a", "10.0.0.1", NODE);
    private static final Endpoint B = new Endpoint("echo-b", "10.0.0.2", NODE);
    private static final Endpoint C = new Endpoint("echo-c", "10.0.0.3", NODE);

    private static final String MEANING = "what it means";

    @Test
    void answeredByTakesEveryAnswerOfTheServicesPods() {
        assertConforms(Rules.answeredBy(List.of(A, B)), answered("1", "c", A), answered("2", "c", B));
    }

    @Test
    void answeredByCountsWhatWasNotAnsweredByItsClass() {
        assertBreaks(
                Rules.answeredBy(List.of(A)),
                "5 of 6 connections were not answered by an echo pod: another server's answer with status 502: 1, "
                        + "refused: 2, reset after connecting: 1, timeout: 1",
                "the Service cannot be relied on to answer",
                answered("1", "c", A),
                failed("1", new Unanswered(false, Failure.REFUSED, "")),
                failed("1", new Unanswered(false, Failure.REFUSED, "")),
                failed("1", new Unanswered(true, Failure.RESET, "")),
                failed("1", new Unanswered(false, Failure.TIMEOUT, "")),
                failed("1", new Misunderstood(502, "Bad Gateway")));
    }

    @Test
    void whatANetworkMayLoseBreaksNothingAndWhatIsMoreDoes() {
        List<Observation> window = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            window.add(answered("e" + i % 100, "c", A));
        }
        window.add(failed("e1", new Unanswered(false, Failure.TIMEOUT, "")));
        assertThat(Rules.answeredBy(List.of(A)).check(window)).isEmpty();
        assertThat(Rules.allAnsweredBy(List.of(A)).check(window)).isPresent();

        for (int i = 0; i < 30; i++) {
            window.add(failed("e" + i, new Unanswered(false, Failure.TIMEOUT, "")));
        }
        assertThat(Rules.answeredBy(List.of(A)).check(window)).isPresent();
    }

    @Test
    void whoIsNeverAnsweredIsNoLossHoweverManyOthersAre() {
        List<Observation> window = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            window.add(answered("e" + i % 100, "c", A));
        }
        for (int i = 0; i < 4; i++) {
            window.add(failed("lonely", new Unanswered(false, Failure.TIMEOUT, "")));
        }
        assertThat(Rules.answeredBy(List.of(A)).check(window))
                .hasValueSatisfying(b -> assertThat(b.seen()).startsWith("4 of 100004 connections were not answered"));
    }

    @Test
    void aMoveIsTheFaultOfThePodThatWasLeft() {
        assertThat(Rules.onePodPerEntry().check(List.of(answered("1", "c", A), answered("1", "c", B))))
                .hasValueSatisfying(b -> assertThat(b.culprits())
                        .extracting(Breach.Culprit::endpoint)
                        .containsExactly("echo-a"));
    }

    @Test
    void localIsTheNodeThatWasEntered() {
        FakeLab lab = new FakeLab();
        Service service = lab.create(ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL));
        Entry entry = Entry.nodePort(
                lab.clients(VantagePoint.OFF_CLUSTER).get(0),
                service,
                lab.nodes().get(1));
        Rule rule = Rules.onlyLocal(lab.endpoints(), List.of(entry));
        assertThat(rule.check(
                        List.of(answered(entry.name(), "c", lab.endpoints().get(2)))))
                .isEmpty();
        assertThat(rule.check(
                        List.of(answered(entry.name(), "c", lab.endpoints().get(0)))))
                .hasValueSatisfying(
                        b -> assertThat(b.seen())
                                .isEqualTo(
                                        "1 of 1 answers came from pods of other nodes than the one that was entered: node-2 to echo-1-1: 1"));
    }

    @Test
    void answeredByNamesStrangers() {
        assertBreaks(
                Rules.answeredBy(List.of(A)),
                "[echo-b, echo-c] answered, which are no endpoints of the Service",
                "connections reach pods that the Service does not select",
                answered("1", "c", A),
                answered("1", "c", C),
                answered("1", "c", B));
    }

    @Test
    void onePodPerEntryKnowsEntriesNotClients() {
        assertConforms(
                Rules.onePodPerEntry(),
                answered("1", "c", A),
                answered("2", "c", B),
                answered("1", "c", A),
                answered("2", "c", B));
    }

    @Test
    void onePodPerEntryCountsTheEntriesThatMovedAndNamesOne() {
        assertBreaks(
                Rules.onePodPerEntry(),
                "2 of 3 affinity entries changed their pod, in 2 of 2 new connections; entry-1 went to [echo-a, echo-b]",
                "clients do not stay on their pod: what a pod keeps for a client in memory is lost",
                answered("entry-1", "c", A),
                answered("entry-1", "c", B),
                answered("entry-2", "c", C),
                answered("entry-2", "c", A),
                answered("entry-3", "c", A));
    }

    @Test
    void everyClientSeesAllPodsEachByItself() {
        assertConforms(
                Rules.everyClientSees(List.of(A, B)),
                answered("1", "one", A),
                answered("1", "one", B),
                answered("2", "other", B),
                answered("3", "other", A));
        assertBreaks(
                Rules.everyClientSees(List.of(A, B, C)),
                "one never reached [echo-b, echo-c] in 2 connections (echo-a: 2)",
                "a ready pod gets no traffic, or clients without affinity are kept on the same pods",
                answered("1", "one", A),
                answered("1", "one", A),
                answered("2", "other", A),
                answered("2", "other", B),
                answered("2", "other", C));
    }

    @Test
    void sourcePreservedNamesTheAddressesThatWereSeenInstead() {
        assertConforms(Rules.sourcePreserved(MEANING), answered("1", "c", A));
        assertBreaks(
                Rules.sourcePreserved(MEANING),
                "2 of 3 connections were seen under another address than the client's: "
                        + "192.168.0.1 for 10.0.9.9: 1, 192.168.0.2 for 10.0.9.9: 1",
                MEANING,
                answered("1", "c", A),
                seenAs("192.168.0.2", A),
                seenAs("192.168.0.1", A));
    }

    @Test
    void everyEntrySeesAllPodsEvenWhereItsClientDoesByOtherWays() {
        assertConforms(Rules.everyEntrySees(List.of(A, B)), answered("1", "c", A), answered("1", "c", B));
        assertBreaks(
                Rules.everyEntrySees(List.of(A, B)),
                "2 never reached [echo-a] in 2 connections (echo-b: 2)",
                "a ready pod gets no traffic, or clients without affinity are kept on the same pods",
                answered("1", "c", A),
                answered("1", "c", B),
                answered("2", "c", B),
                answered("2", "c", B));
    }

    @Test
    void clientsOfANodeAreToldApartWhereTheyAreOnTwoPods() {
        FakeLab lab = new FakeLab();
        Trial trial = new Trial(lab, Thresholds.standard(), Profile.NONE, AffinityCapacity.MEASURED);
        Node node = lab.nodes().get(0);
        // 16 Services of 2 clients: that all of them are together has a probability of 2^-16 by luck, so it proves
        // nothing
        List<Entry> few = entries(lab, node, 16);
        assertThat(Reach.toldApart(trial, few).check(together(few))).isEmpty();

        List<Entry> many = entries(lab, node, 40);
        assertThat(Reach.toldApart(trial, many).check(together(many)))
                .hasValueSatisfying(breach -> assertThat(breach.seen())
                        .isEqualTo("on each of 40 Services all clients through node-1 are on one pod"));

        List<Observation> apart = new ArrayList<>(together(many));
        apart.set(0, answered(many.get(0).name(), many.get(0).client().name(), C));
        assertThat(Reach.toldApart(trial, many).check(apart)).isEmpty();
    }

    private static List<Entry> entries(FakeLab lab, Node node, int services) {
        return Stream.generate(() -> lab.create(ServiceSpec.nodePort(ExternalTrafficPolicy.CLUSTER)))
                .limit(services)
                .flatMap(s -> lab.clients(VantagePoint.OFF_CLUSTER).stream().map(c -> Entry.nodePort(c, s, node)))
                .toList();
    }

    private static List<Observation> together(List<Entry> entries) {
        return entries.stream()
                .map(e -> answered(
                        e.name(),
                        e.client().name(),
                        Integer.parseInt(e.service().name().substring(4)) % 2 == 0 ? A : B))
                .toList();
    }

    @Test
    void whoIsOnAnotherPodThanBeforeHasMoved() {
        Map<String, String> before = Rules.podOfEntry(List.of(answered("1", "c", A), answered("2", "c", B)));
        Rule rule = Rules.onSamePodAs(before, MEANING);
        assertConforms(rule, answered("1", "c", A), answered("2", "c", B), answered("1", "c", A));
        assertBreaks(
                rule,
                "1 of 2 affinity entries moved, 2 from echo-b to [echo-a, echo-c]",
                MEANING,
                answered("1", "c", A),
                answered("2", "c", A),
                answered("2", "c", C));
    }

    @Test
    void refusedIsARefusalBeforeTheConnectionStands() {
        assertConforms(
                Rules.refused(MEANING),
                failed("1", new Unanswered(false, Failure.REFUSED, "")),
                failed("1", new Unanswered(false, Failure.UNREACHABLE, "")));
        assertBreaks(
                Rules.refused(MEANING),
                "4 of 5 connections were not refused: another server's answer with status 503: 1, answered by echo-a: 1, "
                        + "closed after connecting: 1, timeout: 1",
                MEANING,
                failed("1", new Unanswered(false, Failure.REFUSED, "")),
                failed("1", new Unanswered(false, Failure.TIMEOUT, "")),
                failed("1", new Unanswered(true, Failure.CLOSED, "")),
                failed("1", new Misunderstood(503, "")),
                answered("1", "c", A));
    }

    @Test
    void forwardedForIsNeitherAddedNorTakenNorChanged() {
        assertConforms(Rules.forwardedFor(""), answered("1", "c", A));
        assertConforms(Rules.forwardedFor("192.0.2.1"), forwardedFor("192.0.2.1"));
        assertBreaks(
                Rules.forwardedFor("192.0.2.1"),
                "2 of 3 requests came with another X-Forwarded-For than 192.0.2.1: 192.0.2.1, 10.0.9.9: 1, none: 1",
                "something between client and pod rewrites requests: what pods take for the client's address is another's",
                forwardedFor("192.0.2.1"),
                forwardedFor("192.0.2.1, 10.0.9.9"),
                answered("1", "c", A));
    }

    @Test
    void aHeldConnectionIsAnsweredByOnePodToItsEnd() {
        assertConforms(
                Rules.heldConnectionsStay(), answered("1", "c", A), answered("2", "c", B), answered("1", "c", A));
        assertBreaks(
                Rules.heldConnectionsStay(),
                "the held connection 1 was answered by [echo-a, echo-b]",
                "an open connection changes its pod: what the pod keeps for it is lost",
                answered("1", "c", A),
                answered("1", "c", B));
        assertBreaks(
                Rules.heldConnectionsStay(),
                "1 of 2 requests on held connections were not answered: closed after connecting: 1",
                "open connections do not last: long polls, streams and pools break",
                answered("1", "c", A),
                failed("1", new Unanswered(true, Failure.CLOSED, "")));
    }

    @Test
    void noneAnsweredTakesEveryKindOfFailureAndNoAnswer() {
        assertConforms(
                Rules.noneAnswered(MEANING),
                failed("1", new Unanswered(false, Failure.TIMEOUT, "")),
                failed("1", new Unanswered(true, Failure.RESET, "")));
        assertBreaks(
                Rules.noneAnswered(MEANING),
                "1 of 2 connections were answered: echo-a: 1",
                MEANING,
                failed("1", new Unanswered(false, Failure.TIMEOUT, "")),
                answered("1", "c", A));
    }

    @Test
    void aServerThatIsNoEchoPodIsNoSilence() {
        assertThat(Rules.noneAnswered(MEANING).check(List.of(failed("1", new Misunderstood(200, "hello")))))
                .isPresent();
    }

    @Test
    void failuresAreCountedByClassInOrder() {
        assertThat(Rules.failures(List.of(
                        failed("1", new Unanswered(false, Failure.TIMEOUT, "")),
                        answered("1", "c", A),
                        failed("1", new Unanswered(true, Failure.TIMEOUT, "")),
                        failed("1", new Unanswered(false, Failure.TIMEOUT, "")))))
                .isEqualTo("timeout: 2, timeout after connecting: 1");
    }

    @Test
    void whatANetworkMayLoseIsLeftOutAndWhatIsMoreIsNot() {
        Rule refused = Rules.refused(MEANING).butForLoss();
        Observation told = failed("1", new Unanswered(false, Failure.REFUSED, ""));
        Observation lost = failed("2", new Unanswered(false, Failure.TIMEOUT, ""));
        assertThat(refused.check(List.of(told, told, told, lost))).isEmpty();
        assertThat(refused.check(List.of(told, lost, lost, lost, lost))).isPresent();
        assertThat(refused.check(List.of(told, failed("2", new Unanswered(true, Failure.RESET, "")))))
                .isPresent();
    }

    @Test
    void allOfSaysEveryBreach() {
        Rule holds = window -> java.util.Optional.empty();
        Rule one = window -> java.util.Optional.of(new Breach("one was seen", "one is bad"));
        Rule two = window -> java.util.Optional.of(new Breach("two was seen", "two is worse"));
        assertThat(Rule.allOf(holds, holds).check(List.of())).isEmpty();
        assertThat(Rule.allOf(holds, one).check(List.of())).contains(new Breach("one was seen", "one is bad"));
        assertThat(Rule.allOf(one, holds, two).check(List.of()))
                .contains(new Breach("one was seen; two was seen", "one is bad; two is worse"));
    }

    @Test
    void noRuleBreaksOnAnEmptyWindowOrThrows() {
        for (Rule rule : List.of(
                Rules.answeredBy(List.of(A)),
                Rules.onePodPerEntry(),
                Rules.everyClientSees(List.of(A)),
                Rules.sourcePreserved(MEANING),
                Rules.noneAnswered(MEANING),
                Rules.everyEntrySees(List.of(A)),
                Rules.onSamePodAs(Map.of("1", "echo-a"), MEANING),
                Rules.refused(MEANING),
                Rules.forwardedFor(""),
                Rules.heldConnectionsStay())) {
            assertThat(rule.check(List.of())).isEmpty();
        }
    }

    private static void assertConforms(Rule rule, Observation... window) {
        assertThat(rule.check(List.of(window))).isEmpty();
    }

    private static void assertBreaks(Rule rule, String seen, String meaning, Observation... window) {
        assertThat(rule.check(List.of(window)))
                .get()
                .satisfies(b -> assertThat(b.seen()).isEqualTo(seen))
                .satisfies(b -> assertThat(b.meaning()).isEqualTo(meaning));
    }

    private static Observation answered(String entry, String client, Endpoint by) {
        return new Observation(
                entry, client, "10.0.9.9", 0, 1, new Answered(0, 1, new EchoLine("h", "/", by.name(), "10.0.9.9", "")));
    }

    private static Observation forwardedFor(String xff) {
        return new Observation(
                "1", "c", "10.0.9.9", 0, 1, new Answered(0, 1, new EchoLine("h", "/", "echo-a", "10.0.9.9", xff)));
    }

    private static Observation seenAs(String address, Endpoint by) {
        return new Observation(
                "1", "c", "10.0.9.9", 0, 1, new Answered(0, 1, new EchoLine("h", "/", by.name(), address, "")));
    }

    private static Observation failed(String entry, Observation.Result result) {
        return new Observation(entry, "c", "10.0.9.9", 0, 1, result);
    }
}
