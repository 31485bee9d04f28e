package io.kubeecho.load.measure;

import io.kubeecho.load.rollout.EndpointHistory;
import io.kubeecho.load.rollout.RolloutTally;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Follows every source from new connection to new connection. Affinity is a matter of new connections: an open one
 * stays where it is, whatever the Service says.
 *
 * <p>Where the Service is watched, what became of the old pod is known, and a move is judged by it; see
 * {@link #judged}. Elsewhere, that an old pod is gone shows only later, so a move within the timeout waits for its verdict: the old pod's next
 * new connection makes it a violation; {@link #telling} free picks of others without one make it a pod that is gone. A
 * pick is free when a source is new or moves: those that stay where they were say nothing about other pods.
 */
public final class Affinity {

    /** The chance that a pod which is ready, and picked at random like the others, is taken for gone. */
    private static final double ERROR_BOUND = 1e-3;

    /** More moves are counted and not kept one by one. */
    private static final int KEPT = 10_000;

    private record Last(long openedNanos, String pod, boolean masked) {}

    /** What affinity is kept for: a source, to one front end. */
    public record Entry(String source, String target) {}

    /** A move that waits for its verdict. */
    private record Waiting(Move move, long picksBefore) {}

    private final long timeoutNanos;
    private final Map<Entry, Last> lastBySource = new HashMap<>();
    private final Map<String, List<Waiting>> waitingByOldPod = new HashMap<>();
    private final Map<Move.Cause, Long> counts = new EnumMap<>(Move.Cause.class);
    private final List<Move> kept = new ArrayList<>();
    private final Map<String, Long> sourcesByFirstPod = new HashMap<>();
    private final Set<String> pods = new HashSet<>();
    /** Moves from pods that are watched, which wait until all is heard of that a node may have known. */
    private final ArrayDeque<Move> toJudge = new ArrayDeque<>();

    private Optional<EndpointHistory> history = Optional.empty();
    private final Set<Entry> leftOut = new HashSet<>();
    private long picks;
    private long revisits;
    private long moves;

    /** @param timeout the Service's {@code sessionAffinityConfig.clientIP.timeoutSeconds} */
    public Affinity(Duration timeout) {
        timeoutNanos = timeout.toNanos();
    }

    /**
     * What has been found.
     *
     * @param sources how many sources were followed, each to each front end
     * @param revisits new connections of a source that had connected before
     * @param counts of all moves by cause
     * @param moves the first 10,000 of them
     * @param sharedSources sources that were not followed, since several generators send from them
     */
    public record Findings(
            long sources, long revisits, Map<Move.Cause, Long> counts, List<Move> moves, long sharedSources) {

        public Findings {
            counts = Map.copyOf(counts);
            moves = List.copyOf(moves);
        }

        /** How many moves have this cause. */
        public long count(Move.Cause cause) {
            return counts.getOrDefault(cause, 0L);
        }

        /** How many moves there were. */
        public long total() {
            return counts.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /** The endpoints are known, up to now. */
    public void follow(EndpointHistory newest) {
        history = Optional.of(newest);
    }

    /** Does not follow these: what several generators send from one address is in no order that anybody knows. */
    public void leaveOut(Set<Entry> shared) {
        leftOut.addAll(shared);
    }

    /** @param inOrder the visits of one interval, in the order in which their connections were begun */
    public void add(List<Visit> inOrder) {
        inOrder.stream()
                .filter(Visit::tellsPod)
                .filter(v -> leftOut.isEmpty() || !leftOut.contains(new Entry(v.source(), v.target())))
                .forEach(this::add);
    }

    /** Judges moves from pods that are watched, but for those so late that something may still be heard of them. */
    public void settle(long upToNanos) {
        history.ifPresent(known -> {
            int waiting = toJudge.size();
            for (int i = 0; i < waiting; i++) {
                Move move = toJudge.remove();
                if (move.atNanos() <= upToNanos - RolloutTally.LATE_NANOS) {
                    settle(judged(move, known));
                } else {
                    toJudge.add(move);
                }
            }
        });
    }

    /**
     * Judges a move by what is known of the endpoints. A node may act for a while on what was before a change, so a pod
     * that ceased to be ready within the grace before the source's last connection to it is an excuse too. That it was
     * added then is none: that connection shows that the node knew.
     */
    private static Move judged(Move move, EndpointHistory known) {
        long before = move.atNanos() - move.gapNanos();
        long grace = known.grace().toNanos();
        long heard = move.atNanos() + RolloutTally.LATE_NANOS;
        if (known.lostWithin(move.from(), before - grace, heard)) {
            return move.because(Move.Cause.ENDPOINT_GONE);
        }
        boolean untold = known.brokenWithin(before, move.atNanos());
        // such as a pod that is ready again, where the node still remembers the source
        boolean newTarget = known.changedWithin(move.to(), move.atNanos() - grace, heard);
        return move.because(untold || newTarget ? Move.Cause.UNDECIDED : Move.Cause.VIOLATION);
    }

    private void add(Visit visit) {
        pods.add(visit.pod());
        List<Waiting> disproved = waitingByOldPod.remove(visit.pod());
        if (disproved != null) {
            disproved.forEach(w -> settle(w.move().because(verdictOnReturn(w))));
        }
        boolean masked = !visit.seenAddress().isEmpty() && !visit.seenAddress().equals(visit.source());
        Last last = lastBySource.put(
                new Entry(visit.source(), visit.target()), new Last(visit.openedNanos(), visit.pod(), masked));
        boolean stayed = last != null && last.pod().equals(visit.pod());
        if (!stayed) {
            picks++;
        }
        if (last == null) {
            sourcesByFirstPod.merge(visit.pod(), 1L, Long::sum);
        }
        if (last == null || !visit.counted()) {
            return;
        }
        revisits++;
        if (stayed) {
            return;
        }
        moves++;
        long gap = visit.openedNanos() - last.openedNanos();
        Move move = new Move(
                visit.openedNanos(),
                gap,
                visit.source(),
                visit.seenAddress(),
                last.pod(),
                visit.pod(),
                Move.Cause.UNDECIDED);
        if (gap >= timeoutNanos) {
            settle(move.because(Move.Cause.EXPIRED));
        } else if (masked || last.masked()) {
            settle(move.because(Move.Cause.MASKED));
        } else if (history.filter(known -> known.knows(last.pod())).isPresent()) {
            toJudge.add(move);
        } else {
            waitingByOldPod
                    .computeIfAbsent(last.pod(), pod -> new ArrayList<>())
                    .add(new Waiting(move, picks));
        }
    }

    /** What has been found so far; moves that still wait are judged as if nothing more came. */
    public Findings findings() {
        Map<Move.Cause, Long> all = new EnumMap<>(Move.Cause.class);
        all.putAll(counts);
        List<Move> moves = new ArrayList<>(kept);
        waitingByOldPod.values().stream().flatMap(List::stream).forEach(w -> {
            Move judged = w.move().because(looksGone(w) ? Move.Cause.ENDPOINT_GONE : Move.Cause.UNDECIDED);
            all.merge(judged.cause(), 1L, Long::sum);
            moves.add(judged);
        });
        history.ifPresent(known -> toJudge.forEach(move -> {
            Move judged = judged(move, known);
            all.merge(judged.cause(), 1L, Long::sum);
            moves.add(judged);
        }));
        moves.sort(Comparator.comparingLong(Move::atNanos));
        return new Findings(
                lastBySource.size(), revisits, all, moves.subList(0, Math.min(KEPT, moves.size())), leftOut.size());
    }

    /** How many sources had their first connection to each pod, warm-up included: no later one was as free a pick. */
    Map<String, Long> sourcesByFirstPod() {
        return Map.copyOf(sourcesByFirstPod);
    }

    /** All moves, cheap to ask. */
    public long moves() {
        return moves;
    }

    /** Moves that are violations for certain, cheap to ask. */
    public long violations() {
        return counts.getOrDefault(Move.Cause.VIOLATION, 0L);
    }

    /** A pod that comes back after a long silence was not ready in between: a StatefulSet's pod keeps its name. */
    private Move.Cause verdictOnReturn(Waiting waiting) {
        return looksGone(waiting) ? Move.Cause.ENDPOINT_GONE : Move.Cause.VIOLATION;
    }

    private boolean looksGone(Waiting waiting) {
        return picks - waiting.picksBefore() >= telling(Math.max(2, pods.size()));
    }

    /** So many free picks without one of a certain pod of k are more than chance: (1-1/k)^n ≤ 1/1000. */
    static long telling(int pods) {
        return (long) Math.ceil(Math.log(ERROR_BOUND) / Math.log1p(-1.0 / pods));
    }

    private void settle(Move move) {
        counts.merge(move.cause(), 1L, Long::sum);
        if (kept.size() < KEPT) {
            kept.add(move);
        }
    }
}
