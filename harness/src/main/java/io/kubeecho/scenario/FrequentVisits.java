package io.kubeecho.scenario;

import static java.util.stream.Collectors.groupingBy;

import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Gap;
import io.kubeecho.probe.Observation;
import io.kubeecho.scenario.Profile.AffinityWindow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Each entry visited again and again, well inside the timeout, for more than twice as long. A window that slides never
 * ends; one that is fixed ends twice, at moments a timeout or more apart. Only rows all of whose gaps are surely inside
 * the timeout count; the others are taken again.
 */
final class FrequentVisits {

    /** Visits in one timeout. */
    static final int PER_TIMEOUT = 3;

    /** Visits of each entry: more than two and a half timeouts. */
    static final int COUNT = 9;

    private static final int ROUNDS = 5;

    private int moved;

    private FrequentVisits() {}

    /**
     * @param rule for all connections
     * @throws Failed if a connection broke the rule
     * @throws Inconclusive if some entries' gaps never counted, or affinity ended well inside the timeout
     */
    static FrequentVisits of(Trial trial, List<Entry> entries, Duration timeout, Rule rule) {
        FrequentVisits visits = new FrequentVisits();
        List<Duration> waits = new ArrayList<>(Collections.nCopies(COUNT, timeout.dividedBy(PER_TIMEOUT)));
        waits.set(0, Duration.ZERO);
        List<Entry> open = entries;
        for (int round = 1; round <= ROUNDS && !open.isEmpty(); round++) {
            List<Observation> seen = trial.observe("a visit every third of the timeout", open, waits);
            rule.check(seen).ifPresent(breach -> trial.fail(seen, breach));
            open = visits.take(open, seen, timeout);
        }
        if (!open.isEmpty()) {
            throw new Inconclusive(
                    "for %d of %d entries the visits could not be kept inside the timeout in %d rounds; the machine or the network is too slow for it"
                            .formatted(open.size(), entries.size(), ROUNDS));
        }
        return visits;
    }

    /** @return the entries to be taken again */
    private List<Entry> take(List<Entry> open, List<Observation> seen, Duration timeout) {
        Map<String, List<Observation>> rows = seen.stream().collect(groupingBy(Observation::entry));
        List<Entry> again = new ArrayList<>();
        for (Entry entry : open) {
            List<Observation> row = rows.getOrDefault(entry.name(), List.of());
            if (areWithin(row, timeout)) {
                count(row, timeout);
            } else {
                again.add(entry);
            }
        }
        return again;
    }

    private static boolean areWithin(List<Observation> row, Duration timeout) {
        return row.stream().allMatch(o -> o.result() instanceof Observation.Answered)
                && IntStream.range(1, row.size())
                        .allMatch(i -> Gap.between(row.get(i - 1), row.get(i)).isWithin(timeout));
    }

    private void count(List<Observation> row, Duration timeout) {
        List<Observation> arrivals = IntStream.range(1, row.size())
                .filter(i -> !Rules.from(row.get(i - 1)).equals(Rules.from(row.get(i))))
                .mapToObj(row::get)
                .toList();
        // the entry was made anew when the first of two arrivals was decided, and gone by the second
        for (int i = 1; i < arrivals.size(); i++) {
            Gap apart = Gap.between(arrivals.get(i - 1), arrivals.get(i));
            if (apart.isWithin(timeout)) {
                throw new Inconclusive(
                        "affinity ends inside the timeout (see AFF-CIP and HOLD): %s moved twice within %s"
                                .formatted(row.get(0).entry(), Words.of(apart.atMost())));
            }
        }
        moved += arrivals.isEmpty() ? 0 : 1;
    }

    /** How many entries changed their pod. */
    int moved() {
        return moved;
    }

    AffinityWindow window() {
        return moved == 0 ? AffinityWindow.SLIDING : AffinityWindow.FIXED;
    }
}
