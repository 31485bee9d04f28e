package io.kubeecho.scenario;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import io.kubeecho.evidence.Estimate;
import io.kubeecho.lab.Node;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Gap;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.stats.Proportion;
import io.kubeecho.stats.TimeoutEstimate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Each entry visited, left alone for a while, and visited once more. Only those count whose gap, as an interval, lies
 * where the scenario needs it; the others are taken again.
 */
final class ReturnVisits {

    /** After so many rounds the machine is too busy to time anything. */
    private static final int ROUNDS = 5;

    private record Visit(Entry entry, Gap gap, Observation first, Observation second) {
        boolean moved() {
            return !Rules.from(first).equals(Rules.from(second));
        }
    }

    /** How long to leave an entry alone. */
    interface Waits {
        /**
         * @param number of the entry, from 0
         * @param round from 1
         */
        Duration before(int number, int round);
    }

    private final Trial trial;
    private final Predicate<Gap> counts;
    private final Rule rule;
    private final List<Visit> visits = new ArrayList<>();

    /**
     * @param counts whether a gap lies where it should
     * @param rule for all connections, whatever their gap
     */
    ReturnVisits(Trial trial, Predicate<Gap> counts, Rule rule) {
        this.trial = trial;
        this.counts = counts;
        this.rule = rule;
    }

    /**
     * @param idle before the first connection, for entries that have to be new by then
     * @param apart between the first connections of one entry and of the next, so that they do not hold each other up
     * @param waits between the end of an entry's first connection and the start of its second
     * @throws Failed if a connection broke the rule
     * @throws Inconclusive if some entries' gaps never counted
     */
    void take(List<Entry> entries, Duration idle, Duration apart, Waits waits) {
        List<Entry> open = entries;
        for (int round = 1; round <= ROUNDS && !open.isEmpty(); round++) {
            Map<Entry, List<Duration>> rows = new LinkedHashMap<>();
            for (int i = 0; i < open.size(); i++) {
                rows.put(open.get(i), List.of(idle.plus(apart.multipliedBy(i)), waits.before(i, round)));
            }
            List<Observation> seen = trial.observe("visit, wait, visit", rows);
            rule.check(seen).ifPresent(breach -> trial.fail(seen, breach));
            open = again(open, seen);
        }
        if (!open.isEmpty()) {
            throw new Inconclusive(
                    "for %d of %d entries no gap of the right length could be timed in %d rounds; the machine or the network is too slow for this timeout"
                            .formatted(open.size(), entries.size(), ROUNDS));
        }
    }

    /** @return the entries to be taken again */
    private List<Entry> again(List<Entry> open, List<Observation> seen) {
        Map<String, List<Observation>> pairs = seen.stream().collect(groupingBy(Observation::entry));
        List<Entry> again = new ArrayList<>();
        for (Entry entry : open) {
            List<Observation> pair = pairs.getOrDefault(entry.name(), List.of());
            Observation first = pair.get(0);
            Observation second = pair.get(1);
            Gap gap = Gap.between(first, second);
            boolean answered = first.result() instanceof Answered && second.result() instanceof Answered;
            if (answered && counts.test(gap)) {
                visits.add(new Visit(entry, gap, first, second));
            } else {
                again.add(entry);
            }
        }
        return again;
    }

    /** Those through one node. */
    ReturnVisits through(Node node) {
        ReturnVisits own = new ReturnVisits(trial, counts, rule);
        visits.stream()
                .filter(v -> v.entry().way().entry().equals(Optional.of(node)))
                .forEach(own.visits::add);
        return own;
    }

    /** FAILs since clients moved, and says where they were. */
    void failForMoves(String seen, String meaning) {
        trial.fail(visits.stream().map(Visit::second).toList(), new Breach(seen, meaning, moves()));
    }

    private List<Breach.Culprit> moves() {
        return visits.stream()
                .filter(Visit::moved)
                .map(v -> new Breach.Culprit(v.second(), Rules.from(v.first())))
                .toList();
    }

    int count() {
        return visits.size();
    }

    long moved() {
        return visits.stream().filter(Visit::moved).count();
    }

    /** As "node-1: 120 of 160, node-2: 118 of 160". */
    String perNode(List<Node> nodes) {
        return nodes.stream()
                .filter(n -> through(n).count() > 0)
                .map(n -> "%s: %d of %d"
                        .formatted(n.name(), through(n).moved(), through(n).count()))
                .collect(joining(", "));
    }

    /** For how long each node remembers clients, as far as these visits tell. */
    List<Estimate> estimates(int endpoints) {
        Map<String, List<Visit>> perNode = visits.stream()
                .collect(groupingBy(v -> v.entry().way().entry().map(Node::name).orElse("the load balancer")));
        List<Estimate> all = new ArrayList<>();
        perNode.forEach((node, own) -> {
            TimeoutEstimate timeout = TimeoutEstimate.of(
                    own.stream()
                            .map(v -> new TimeoutEstimate.Visit(
                                    v.gap().atLeast(), v.gap().atMost(), v.moved()))
                            .toList(),
                    endpoints,
                    Proportion.REPORTED);
            double lower = timeout.atLeast().toNanos() / 1e6;
            double upper = timeout.atMost().map(d -> d.toNanos() / 1e6).orElse(Double.MAX_VALUE);
            all.add(new Estimate(
                    "effective timeout through " + node,
                    timeout.atMost().isPresent() ? upper : lower,
                    lower,
                    upper,
                    "ms",
                    timeout.confidence()));
        });
        return all;
    }

    /** The whole range of the gaps that counted. */
    String gaps() {
        Duration least = visits.stream()
                .map(v -> v.gap().atLeast())
                .min(Duration::compareTo)
                .orElseThrow();
        Duration most = visits.stream()
                .map(v -> v.gap().atMost())
                .max(Duration::compareTo)
                .orElseThrow();
        return Words.of(least) + " to " + Words.of(most);
    }
}
