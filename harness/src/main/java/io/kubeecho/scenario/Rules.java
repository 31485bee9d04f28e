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
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.probe.Observation.Misunderstood;
import io.kubeecho.probe.Observation.Unanswered;
import java.util.Collection;
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

    /** Every connection was answered by one of the Service's pods. */
    static Rule answeredBy(Collection<Endpoint> endpoints) {
        Set<String> pods = names(endpoints);
        return window -> notAnswered(window).or(() -> strangers(window, pods));
    }

    /** Every answer came from one of these pods; what was not answered is another rule's affair. */
    static Rule answeredOnlyBy(Collection<Endpoint> allowed, String meaning) {
        Set<String> pods = names(allowed);
        return window -> {
            Map<String, Long> others = answers(window).stream()
                    .filter(o -> !pods.contains(from(o)))
                    .collect(groupingBy(Rules::from, TreeMap::new, counting()));
            return others.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d answers came from other pods than %s: %s"
                                    .formatted(sum(others), answers(window).size(), pods, counts(others)),
                            meaning));
        };
    }

    /** Each entry stayed on one pod. */
    static Rule onePodPerEntry() {
        return window -> {
            Map<String, Set<String>> podsOf = podsPer(window, Observation::entry);
            long moved =
                    podsOf.values().stream().filter(pods -> pods.size() > 1).count();
            return podsOf.entrySet().stream()
                    .filter(e -> e.getValue().size() > 1)
                    .findFirst()
                    .map(first -> new Breach(
                            "%d of %d affinity entries changed their pod, %s went to %s"
                                    .formatted(moved, podsOf.size(), first.getKey(), first.getValue()),
                            "clients do not stay on their pod: what a pod keeps for a client in memory is lost"));
        };
    }

    /** Not all entries sit on one pod. */
    static Rule entriesSpread() {
        return window -> {
            Set<String> pods = podsPer(window, o -> "all").getOrDefault("all", Set.of());
            long entries = window.stream().map(Observation::entry).distinct().count();
            return pods.size() != 1
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "all %d independent entries are on %s".formatted(entries, pods),
                            "affinity puts every client on the same pod, so the Service does not balance at all"));
        };
    }

    /** For each Service, its clients are not all on one pod; more than luck only over several Services. */
    static Rule clientsToldApart(Collection<Entry> entries) {
        Map<String, String> serviceOf =
                entries.stream().collect(toMap(Entry::name, e -> e.service().name()));
        return window -> {
            Map<String, Set<String>> pods =
                    podsPer(window, o -> requireNonNull(serviceOf.get(o.entry()), "an entry of the window"));
            return pods.isEmpty() || pods.values().stream().anyMatch(p -> p.size() != 1)
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "on each of %d Services all clients are on one pod: %s".formatted(pods.size(), pods),
                            "affinity does not tell clients apart: whoever comes first decides for everybody"));
        };
    }

    /** Each client reached every endpoint. */
    static Rule everyClientSees(Collection<Endpoint> endpoints) {
        return everyOneSees(endpoints, Observation::client);
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
            Map<String, Set<String>> moved = podsPer(
                    window.stream()
                            .filter(o -> o.result() instanceof Answered && !from(o).equals(before.get(o.entry())))
                            .toList(),
                    Observation::entry);
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
                            meaning));
        };
    }

    /** Every request of an entry was answered by one pod, on the one connection it has. */
    static Rule heldConnectionsStay() {
        return window -> {
            int missing = window.size() - answers(window).size();
            if (missing > 0) {
                return Optional.of(new Breach(
                        "%d of %d requests on held connections were not answered: %s"
                                .formatted(missing, window.size(), failures(window)),
                        "open connections do not last: long polls, streams and pools break"));
            }
            return podsPer(window, Observation::entry).entrySet().stream()
                    .filter(e -> e.getValue().size() > 1)
                    .findFirst()
                    .map(e -> new Breach(
                            "the held connection %s was answered by %s".formatted(e.getKey(), e.getValue()),
                            "an open connection changes its pod: what the pod keeps for it is lost"));
        };
    }

    /** Every connection was refused, at once and before it stood. */
    static Rule refused(String meaning) {
        return window -> {
            Map<String, Long> others = window.stream()
                    .filter(o ->
                            !(o.result() instanceof Unanswered u && !u.connected() && u.failure() == Failure.REFUSED))
                    .collect(groupingBy(
                            o -> o.result() instanceof Answered ? "answered by " + from(o) : outcome(o.result()),
                            TreeMap::new,
                            counting()));
            return others.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d connections were not refused: %s"
                                    .formatted(sum(others), window.size(), counts(others)),
                            meaning));
        };
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
            Map<String, Long> masked = answers(window).stream()
                    .filter(o -> !clientIp(o).equals(o.clientAddress()))
                    .collect(groupingBy(o -> clientIp(o) + " for " + o.clientAddress(), TreeMap::new, counting()));
            return masked.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d connections were seen under another address than the client's: %s"
                                    .formatted(sum(masked), window.size(), counts(masked)),
                            meaning));
        };
    }

    /** No connection was answered, by an echo pod or by anything else. */
    static Rule noneAnswered(String meaning) {
        return window -> {
            Map<String, Long> answered = window.stream()
                    .filter(o -> !(o.result() instanceof Unanswered))
                    .collect(groupingBy(
                            o -> o.result() instanceof Answered ? from(o) : outcome(o.result()),
                            TreeMap::new,
                            counting()));
            return answered.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            "%d of %d connections were answered: %s"
                                    .formatted(sum(answered), window.size(), counts(answered)),
                            meaning));
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
                        "the Service cannot be relied on to answer"));
    }

    private static Optional<Breach> strangers(List<Observation> window, Set<String> pods) {
        Set<String> others = podsPer(window, o -> "all").getOrDefault("all", new TreeSet<>());
        others.removeAll(pods);
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(new Breach(
                        "%s answered, which are no endpoints of the Service".formatted(others),
                        "connections reach pods that the Service does not select"));
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

    private static long sum(Map<String, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    private static String counts(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(joining(", "));
    }
}
