package io.kubeecho.scenario;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.kubeecho.evidence.Estimate;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.stats.Evenness;
import io.kubeecho.stats.Proportion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Measurements beside the verdicts, each with its interval. */
final class Estimates {

    /** A SYN that is lost is sent again after a second (RFC 6298, 2.1), so that a connection takes as long. */
    private static final Duration RETRANSMISSION = Duration.ofMillis(990);

    private Estimates() {}

    /**
     * The broken share of affinity, moves/transitions/(1-1/k), since one forgotten client in k returns to its pod by luck;
     * and how evenly first connections fell.
     */
    static List<Estimate> ofAffinity(List<Observation> window, int endpoints) {
        Map<String, String> podOf = new HashMap<>();
        Map<String, Long> first = new HashMap<>();
        long transitions = 0;
        long moves = 0;
        for (Observation o : window) {
            if (o.result() instanceof Answered) {
                String before = podOf.put(o.entry(), Rules.from(o));
                if (before == null) {
                    first.merge(Rules.from(o), 1L, Long::sum);
                } else {
                    transitions++;
                    moves += before.equals(Rules.from(o)) ? 0 : 1;
                }
            }
        }
        List<Estimate> all = new ArrayList<>();
        if (transitions > 0 && endpoints > 1) {
            double seen = 1 - 1.0 / endpoints;
            Proportion share = Proportion.of(moves, transitions);
            all.add(new Estimate(
                    "broken share of affinity",
                    Math.min(1, share.value() / seen),
                    Math.min(1, share.lower() / seen),
                    Math.min(1, share.upper() / seen),
                    "share",
                    share.confidence()));
        }
        List<Long> counts = new ArrayList<>(first.values());
        while (counts.size() < endpoints) {
            counts.add(0L);
        }
        if (counts.size() > 1 && Evenness.of(counts) instanceof Evenness.Measured m) {
            all.add(new Estimate(
                    "unevenness of new clients over pods (Cohen's w)", m.effect(), m.effect(), m.effect(), "w", 0));
        }
        return all;
    }

    /** What was not answered, and what was answered only after a SYN had been sent again. */
    static List<Estimate> ofLoss(List<Observation> window) {
        if (window.isEmpty()) {
            return List.of();
        }
        Map<Boolean, Long> answered =
                window.stream().collect(groupingBy(o -> !(o.result() instanceof Observation.Unanswered), counting()));
        long late = window.stream()
                .filter(o -> o.result() instanceof Answered a
                        && a.establishedNanos() - o.startedNanos() > RETRANSMISSION.toNanos())
                .count();
        return List.of(
                share("connections without an answer", answered.getOrDefault(false, 0L), window.size()),
                share("connections that took a second SYN", late, window.size()));
    }

    /** How many clients of an endpoint a node keeps: the ends are certain, as far as the order of coming is known. */
    static Estimate ofCapacity(ThereAndBack.Kept kept) {
        return new Estimate(
                "clients of %s that %s keeps%s"
                        .formatted(kept.endpoint(), kept.node().name(), kept.isFull() ? "" : ", and perhaps more"),
                kept.atLeast(),
                kept.atLeast(),
                kept.atMost(),
                "clients",
                0);
    }

    /** A part of a whole, with its interval. */
    static Estimate share(String what, long count, long of) {
        Proportion share = Proportion.of(count, of);
        return new Estimate(what, share.value(), share.lower(), share.upper(), "share", share.confidence());
    }
}
