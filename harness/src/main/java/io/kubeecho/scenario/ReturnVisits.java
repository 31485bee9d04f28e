package io.kubeecho.scenario;

import static java.util.stream.Collectors.groupingBy;

import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Gap;
import io.kubeecho.probe.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Each entry visited, left alone for a while, and visited once more. Only those count whose gap, as an interval, lies
 * where the scenario needs it; the others are taken again.
 */
final class ReturnVisits {

    /** After so many rounds the machine is too busy to time anything. */
    private static final int ROUNDS = 5;

    private record Visit(Gap gap, boolean moved) {}

    private final List<Visit> visits = new ArrayList<>();

    private ReturnVisits() {}

    /**
     * @param idle before the first connection, for entries that have to be new by then
     * @param wait between the end of the first connection and the start of the second
     * @param counts whether a gap lies where it should
     * @param rule for all connections, whatever their gap
     * @throws Failed if a connection broke the rule
     * @throws Inconclusive if some entries' gaps never counted
     */
    static ReturnVisits of(
            Trial trial, List<Entry> entries, Duration idle, Duration wait, Predicate<Gap> counts, Rule rule) {
        ReturnVisits visits = new ReturnVisits();
        List<Entry> open = entries;
        for (int round = 1; round <= ROUNDS && !open.isEmpty(); round++) {
            List<Observation> seen =
                    trial.observe("visit, wait " + Words.of(wait) + ", visit", open, List.of(idle, wait));
            rule.check(seen).ifPresent(breach -> {
                throw new Failed(breach);
            });
            open = visits.take(open, seen, counts);
        }
        if (!open.isEmpty()) {
            throw new Inconclusive(
                    "for %d of %d entries no gap of the right length could be timed in %d rounds; the machine or the network is too slow for this timeout"
                            .formatted(open.size(), entries.size(), ROUNDS));
        }
        return visits;
    }

    /** @return the entries to be taken again */
    private List<Entry> take(List<Entry> open, List<Observation> seen, Predicate<Gap> counts) {
        Map<String, List<Observation>> pairs = seen.stream().collect(groupingBy(Observation::entry));
        List<Entry> again = new ArrayList<>();
        for (Entry entry : open) {
            List<Observation> pair = pairs.getOrDefault(entry.name(), List.of());
            Observation first = pair.get(0);
            Observation second = pair.get(1);
            Gap gap = Gap.between(first, second);
            if (counts.test(gap)) {
                visits.add(new Visit(gap, !Rules.from(first).equals(Rules.from(second))));
            } else {
                again.add(entry);
            }
        }
        return again;
    }

    int count() {
        return visits.size();
    }

    long moved() {
        return visits.stream().filter(Visit::moved).count();
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
