package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.probe.EchoLine;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.probe.Observation.Misunderstood;
import io.kubeecho.probe.Observation.Unanswered;
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
    void answeredOnlyByLeavesWhatWasNotAnsweredToOthers() {
        assertConforms(
                Rules.answeredOnlyBy(List.of(A), MEANING),
                answered("1", "c", A),
                failed("1", new Unanswered(false, Failure.TIMEOUT, "")));
    }

    @Test
    void answeredOnlyByCountsTheAnswersOfOtherPods() {
        assertBreaks(
                Rules.answeredOnlyBy(List.of(A), MEANING),
                "3 of 4 answers came from other pods than [echo-a]: echo-b: 1, echo-c: 2",
                MEANING,
                answered("1", "c", A),
                answered("1", "c", C),
                answered("1", "c", B),
                answered("1", "c", C));
    }

    @Test
    void answersAreCountedAmongAnswersOnly() {
        assertBreaks(
                Rules.answeredOnlyBy(List.of(A), MEANING),
                "1 of 1 answers came from other pods than [echo-a]: echo-b: 1",
                MEANING,
                answered("1", "c", B),
                failed("1", new Unanswered(false, Failure.TIMEOUT, "")));
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
                "2 of 3 affinity entries changed their pod, entry-1 went to [echo-a, echo-b]",
                "clients do not stay on their pod: what a pod keeps for a client in memory is lost",
                answered("entry-1", "c", A),
                answered("entry-1", "c", B),
                answered("entry-2", "c", C),
                answered("entry-2", "c", A),
                answered("entry-3", "c", A));
    }

    @Test
    void entriesSpreadWantsTwoPodsAtLeast() {
        assertConforms(Rules.entriesSpread(), answered("1", "c", A), answered("2", "c", B), answered("3", "c", A));
        assertBreaks(
                Rules.entriesSpread(),
                "all 3 independent entries are on [echo-a]",
                "affinity puts every client on the same pod, so the Service does not balance at all",
                answered("1", "c", A),
                answered("2", "c", A),
                answered("3", "c", A));
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
    void clientsAreToldApartByOneServiceWhereTheyAreOnTwoPods() {
        FakeLab lab = new FakeLab();
        List<Entry> entries = Stream.of(lab.create(ServiceSpec.clusterIp()), lab.create(ServiceSpec.clusterIp()))
                .flatMap(s -> lab.clients(VantagePoint.POD).stream().map(c -> new Entry(c, s, s.clusterIp())))
                .toList();
        List<Observation> together = entries.stream()
                .map(e ->
                        answered(e.name(), e.client().name(), e.service().name().equals("svc-1") ? A : B))
                .toList();
        assertThat(Rules.clientsToldApart(entries).check(together))
                .hasValueSatisfying(breach -> assertThat(breach.seen())
                        .isEqualTo(
                                "on each of 2 Services all clients are on one pod: {svc-1=[echo-a], svc-2=[echo-b]}"));

        List<Observation> apart = new ArrayList<>(together);
        apart.set(0, answered(entries.get(0).name(), entries.get(0).client().name(), C));
        assertThat(Rules.clientsToldApart(entries).check(apart)).isEmpty();
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
        assertConforms(Rules.refused(MEANING), failed("1", new Unanswered(false, Failure.REFUSED, "")));
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
                Rules.answeredOnlyBy(List.of(A), MEANING),
                Rules.onePodPerEntry(),
                Rules.entriesSpread(),
                Rules.everyClientSees(List.of(A)),
                Rules.sourcePreserved(MEANING),
                Rules.noneAnswered(MEANING),
                Rules.clientsToldApart(List.of()),
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
        assertThat(rule.check(List.of(window))).contains(new Breach(seen, meaning));
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
