package io.kubeecho.scenario;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toMap;

import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Gap;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.probe.Observation.Misunderstood;
import io.kubeecho.probe.Observation.Unanswered;
import io.kubeecho.stats.Thresholds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/** The rules that scenarios are made of. */
final class Rules {

    private Rules() {}

    private static final Thresholds LIMITS = Thresholds.standard();

    /**
     * Whoever answered was one of the Service's pods, and no more was left unanswered, over all or by any entry, than a
     * network may lose ({@link Thresholds#PERMITTED_LOSS}).
     */
    static Rule answeredBy(Collection<Endpoint> endpoints) {
        Set<String> pods = names(endpoints);
        return window -> lost(window).or(() -> strangers(window, pods));
    }

    /** Every single connection was answered by one of the Service's pods: what a window is waited for to show. */
    static Rule allAnsweredBy(Collection<Endpoint> endpoints) {
        Set<String> pods = names(endpoints);
        return window -> notAnswered(window).or(() -> strangers(window, pods));
    }

    /** Every answer came from a pod of the node that the client came to. */
    static Rule onlyLocal(Collection<Endpoint> endpoints, Collection<Entry> entries) {
        Map<String, String> nodeOfPod =
                endpoints.stream().collect(toMap(Endpoint::name, e -> e.node().name()));
        Map<String, String> nodeOf = entries.stream()
                .collect(toMap(Entry::name, e -> e.way().entry().map(Node::name).orElse("")));
        return window -> {
            List<Observation> wrong = answers(window).stream()
                    .filter(o -> !requireNonNull(nodeOf.get(o.entry()), "an entry of the window")
                            .equals(nodeOfPod.getOrDefault(from(o), "")))
                    .toList();
            Map<String, Long> hops = wrong.stream()
                    .collect(groupingBy(o -> nodeOf.get(o.entry()) + " to " + from(o), TreeMap::new, counting()));
            return wrong.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d answers came from pods of other nodes than the one that was entered: %s"
                                    .formatted(wrong.size(), answers(window).size(), someCounts(hops)),
                            "Local is not local: connections take a second hop",
                            culprits(wrong)));
        };
    }

    /** Each entry stayed on one pod; a move is the fault of the pod that was left. */
    static Rule onePodPerEntry() {
        return window -> {
            Map<String, Observation> last = new HashMap<>();
            List<Breach.Culprit> moves = new ArrayList<>();
            for (Observation o : answers(window)) {
                Observation before = last.put(o.entry(), o);
                if (before != null && !from(before).equals(from(o))) {
                    moves.add(new Breach.Culprit(o, from(before)));
                }
            }
            if (moves.isEmpty()) {
                return Optional.empty();
            }
            Map<String, Set<String>> podsOf = podsPer(window, Observation::entry);
            long moved = podsOf.values().stream().filter(p -> p.size() > 1).count();
            String first = moves.get(0).connection().entry();
            return Optional.of(new Breach(
                    "%d of %d affinity entries changed their pod, in %d of %d new connections; %s went to %s"
                            .formatted(
                                    moved,
                                    podsOf.size(),
                                    moves.size(),
                                    answers(window).size() - podsOf.size(),
                                    first,
                                    podsOf.get(first)),
                    "clients do not stay on their pod: what a pod keeps for a client in memory is lost",
                    moves));
        };
    }

    /** Each entry that surely came back within the timeout was on its pod. */
    static Rule onePodWithin(Duration timeout) {
        return window -> {
            Map<String, Observation> last = new HashMap<>();
            List<Observation> back = new ArrayList<>();
            List<Breach.Culprit> moves = new ArrayList<>();
            for (Observation o : answers(window)) {
                Observation before = last.put(o.entry(), o);
                if (before != null && Gap.between(before, o).isWithin(timeout)) {
                    back.add(o);
                    if (!from(before).equals(from(o))) {
                        moves.add(new Breach.Culprit(o, from(before)));
                    }
                }
            }
            return moves.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d entries were on another pod at once".formatted(moves.size(), back.size()),
                            "clients do not stay on their pod",
                            moves));
        };
    }

    /** Each client reached every endpoint. */
    static Rule everyClientSees(Collection<Endpoint> endpoints) {
        return everyOneSees(endpoints, Observation::client);
    }

    /** Through each node every endpoint was reached, by whomever. */
    static Rule everyNodeReaches(Collection<Endpoint> endpoints, Collection<Entry> entries) {
        Map<String, String> nodeOf = entries.stream()
                .collect(toMap(Entry::name, e -> e.way().entry().map(Node::name).orElse("the load balancer")));
        return everyOneSees(endpoints, o -> nodeOf.getOrDefault(o.entry(), ""));
    }

    /** Each entry reached every endpoint, as each way into a Service has to. */
    static Rule everyEntrySees(Collection<Endpoint> endpoints) {
        return everyOneSees(endpoints, Observation::entry);
    }

    private static Rule everyOneSees(Collection<Endpoint> endpoints, Function<Observation, String> one) {
        Set<String> pods = names(endpoints);
        return window -> podsPer(window, one).entrySet().stream()
                .filter(e -> !e.getValue().containsAll(pods))
                .findFirst()
                .map(e -> {
                    Set<String> missed = new TreeSet<>(pods);
                    missed.removeAll(e.getValue());
                    Map<String, Long> seen = answers(window).stream()
                            .filter(o -> one.apply(o).equals(e.getKey()))
                            .collect(groupingBy(Rules::from, TreeMap::new, counting()));
                    return new Breach(
                            "%s never reached %s in %d connections (%s)"
                                    .formatted(e.getKey(), missed, sum(seen), counts(seen)),
                            "a ready pod gets no traffic, or clients without affinity are kept on the same pods");
                });
    }

    /** The pod that each entry of a window was on. */
    static Map<String, String> podOfEntry(List<Observation> window) {
        return answers(window).stream().collect(toMap(Observation::entry, Rules::from, (first, later) -> first));
    }

    /** Each entry is on the pod it was on before. */
    static Rule onSamePodAs(Map<String, String> before, String meaning) {
        return window -> {
            List<Observation> wrong = answers(window).stream()
                    .filter(o -> before.containsKey(o.entry()) && !from(o).equals(before.get(o.entry())))
                    .toList();
            Map<String, Set<String>> moved = podsPer(wrong, Observation::entry);
            return moved.entrySet().stream()
                    .findFirst()
                    .map(first -> new Breach(
                            "%d of %d affinity entries moved, %s from %s to %s"
                                    .formatted(
                                            moved.size(),
                                            before.size(),
                                            first.getKey(),
                                            before.get(first.getKey()),
                                            first.getValue()),
                            meaning,
                            wrong.stream()
                                    .map(o -> new Breach.Culprit(o, requireNonNull(before.get(o.entry()))))
                                    .toList()));
        };
    }

    /** Every request of an entry was answered by one pod, on the one connection it has. */
    static Rule heldConnectionsStay() {
        return window -> {
            int missing = window.size() - answers(window).size();
            // a connection that stood has no reason to be cut; of those that never did the network may lose some
            boolean cut = window.stream()
                    .anyMatch(
                            o -> o.result() instanceof Unanswered u && u.connected() && u.failure() != Failure.TIMEOUT);
            if (cut || isBeyondLoss(window)) {
                return Optional.of(new Breach(
                        "%d of %d requests on held connections were not answered: %s"
                                .formatted(missing, window.size(), failures(window)),
                        "open connections do not last: long polls, streams and pools break",
                        culprits(window.stream()
                                .filter(o -> !(o.result() instanceof Answered))
                                .toList())));
            }
            return podsPer(window, Observation::entry).entrySet().stream()
                    .filter(e -> e.getValue().size() > 1)
                    .findFirst()
                    .map(e -> new Breach(
                            "the held connection %s was answered by %s".formatted(e.getKey(), e.getValue()),
                            "an open connection changes its pod: what the pod keeps for it is lost"));
        };
    }

    /** Every client was told at once that nobody is there, by a refusal or as unreachable, before a connection stood. */
    static Rule refused(String meaning) {
        return window -> {
            List<Observation> wrong =
                    window.stream().filter(o -> !isToldAtOnce(o.result())).toList();
            Map<String, Long> others = wrong.stream()
                    .collect(groupingBy(
                            o -> o.result() instanceof Answered ? "answered by " + from(o) : outcome(o.result()),
                            TreeMap::new,
                            counting()));
            return others.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d connections were not refused: %s"
                                    .formatted(sum(others), window.size(), counts(others)),
                            meaning,
                            culprits(wrong)));
        };
    }

    private static boolean isToldAtOnce(Observation.Result result) {
        return result instanceof Unanswered u
                && !u.connected()
                && (u.failure() == Failure.REFUSED || u.failure() == Failure.UNREACHABLE);
    }

    /** Every pod got this X-Forwarded-For, or none where it is empty. */
    static Rule forwardedFor(String expected) {
        return window -> {
            Map<String, Long> others = answers(window).stream()
                    .map(o -> ((Answered) o.result()).line().xff())
                    .filter(xff -> !xff.equals(expected))
                    .collect(groupingBy(xff -> xff.isEmpty() ? "none" : xff, TreeMap::new, counting()));
            return others.isEmpty()
                    ? Optional.empty()
                    : Optional.of(
                            new Breach(
                                    "%d of %d requests came with another X-Forwarded-For than %s: %s"
                                            .formatted(
                                                    sum(others),
                                                    answers(window).size(),
                                                    expected.isEmpty() ? "none" : expected,
                                                    counts(others)),
                                    "something between client and pod rewrites requests: what pods take for the client's address is another's"));
        };
    }

    /** Every pod saw the client's own address. */
    static Rule sourcePreserved(String meaning) {
        return window -> {
            List<Observation> wrong = answers(window).stream()
                    .filter(o -> !clientIp(o).equals(o.clientAddress()))
                    .toList();
            Map<String, Long> masked = wrong.stream()
                    .collect(groupingBy(o -> clientIp(o) + " for " + o.clientAddress(), TreeMap::new, counting()));
            return masked.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d connections were seen under another address than the client's: %s"
                                    .formatted(sum(masked), window.size(), someCounts(masked)),
                            meaning,
                            culprits(wrong)));
        };
    }

    /** No connection was answered, by an echo pod or by anything else. */
    static Rule noneAnswered(String meaning) {
        return window -> {
            List<Observation> wrong = window.stream()
                    .filter(o -> !(o.result() instanceof Unanswered))
                    .toList();
            Map<String, Long> answered = wrong.stream()
                    .collect(groupingBy(
                            o -> o.result() instanceof Answered ? from(o) : outcome(o.result()),
                            TreeMap::new,
                            counting()));
            return answered.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d connections were answered: %s"
                                    .formatted(sum(answered), window.size(), counts(answered)),
                            meaning,
                            culprits(wrong)));
        };
    }

    /** How the connections of a window failed, by class, as "timeout: 49". */
    static String failures(List<Observation> window) {
        return counts(window.stream()
                .map(Observation::result)
                .filter(r -> !(r instanceof Answered))
                .collect(groupingBy(Rules::outcome, TreeMap::new, counting())));
    }

    private static Optional<Breach> notAnswered(List<Observation> window) {
        int missing = window.size() - answers(window).size();
        return missing == 0
                ? Optional.empty()
                : Optional.of(new Breach(
                        "%d of %d connections were not answered by an echo pod: %s"
                                .formatted(missing, window.size(), failures(window)),
                        "the Service cannot be relied on to answer",
                        culprits(window.stream()
                                .filter(o -> !(o.result() instanceof Answered))
                                .toList())));
    }

    /** What another server answered is never the network's loss. */
    private static Optional<Breach> lost(List<Observation> window) {
        boolean misled = window.stream().anyMatch(o -> o.result() instanceof Misunderstood);
        if (misled || isBeyondLoss(window)) {
            return notAnswered(window);
        }
        boolean anyEntry = window.stream().anyMatch(o -> o.result() instanceof Unanswered)
                && window.stream().collect(groupingBy(Observation::entry)).values().stream()
                        .anyMatch(Rules::isBeyondLoss);
        return anyEntry ? notAnswered(window) : Optional.empty();
    }

    private static boolean isBeyondLoss(List<Observation> window) {
        return LIMITS.isBeyondLoss(window.size() - answers(window).size(), window.size());
    }

    private static Optional<Breach> strangers(List<Observation> window, Set<String> pods) {
        Set<String> others = podsPer(window, o -> "all").getOrDefault("all", new TreeSet<>());
        others.removeAll(pods);
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(new Breach(
                        "%s answered, which are no endpoints of the Service".formatted(others),
                        "connections reach pods that the Service does not select",
                        culprits(answers(window).stream()
                                .filter(o -> others.contains(from(o)))
                                .toList())));
    }

    /** What came of a connection, in a word or two. */
    static String outcome(Observation.Result result) {
        if (result instanceof Unanswered u) {
            String failure = u.failure().name().toLowerCase(java.util.Locale.ROOT);
            return u.connected() ? failure + " after connecting" : failure;
        }
        return result instanceof Misunderstood m ? "another server's answer with status " + m.status() : "answered";
    }

    private static List<Observation> answers(List<Observation> window) {
        return window.stream().filter(o -> o.result() instanceof Answered).toList();
    }

    private static Map<String, Set<String>> podsPer(List<Observation> window, Function<Observation, String> key) {
        return answers(window).stream()
                .collect(groupingBy(key, TreeMap::new, mapping(Rules::from, toCollection(TreeSet::new))));
    }

    /** The pod that answered. */
    static String from(Observation answered) {
        return ((Answered) answered.result()).line().from();
    }

    /** The address that the pod saw. */
    static String clientIp(Observation answered) {
        return ((Answered) answered.result()).line().clientIp();
    }

    private static Set<String> names(Collection<Endpoint> endpoints) {
        return endpoints.stream().map(Endpoint::name).collect(toCollection(TreeSet::new));
    }

    private static List<Breach.Culprit> culprits(List<Observation> wrong) {
        return wrong.stream()
                .map(o -> new Breach.Culprit(o, o.result() instanceof Answered ? from(o) : ""))
                .toList();
    }

    /** The first few of many. */
    private static String someCounts(Map<String, Long> counts) {
        int most = 6;
        return counts.entrySet().stream()
                        .limit(most)
                        .map(e -> e.getKey() + ": " + e.getValue())
                        .collect(joining(", "))
                + (counts.size() > most ? ", …" : "");
    }

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(joining(", "));
    }
}
