package io.kubeecho.load.rollout;

import io.kubeecho.load.connection.ErrorKind;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Lines up what a load sees with the changes of the endpoints. A node may hear of a change a little earlier than we do, so
 * what is seen waits for {@link #LATE_NANOS} before it is held against them. For one thread.
 */
public final class RolloutTally {

    /** How much later than a node we may hear of a change. */
    public static final long LATE_NANOS = 1_000_000_000;

    /** More names of strangers say no more. */
    private static final int MOST_STRANGERS = 20;

    private record Begun(String pod, long openedNanos) {}

    private EndpointHistory history;
    private final List<Line> lines = new ArrayList<>();
    private final Map<ErrorKind, Long> elsewhere = new EnumMap<>(ErrorKind.class);
    private final TreeSet<String> answering = new TreeSet<>();
    private final ArrayDeque<Begun> connections = new ArrayDeque<>();
    private final Map<ErrorCell, Long> errors = new HashMap<>();

    public RolloutTally(EndpointHistory history) {
        this.history = history;
        follow(history);
    }

    /** The same history, up to now. */
    public void follow(EndpointHistory newest) {
        history = newest;
        while (lines.size() < history.changes().size()) {
            lines.add(new Line());
        }
    }

    /** A pod answered a new connection, which was begun then. */
    public void connected(String pod, long openedNanos) {
        connections.add(new Begun(pod, openedNanos));
    }

    /**
     * A pod answered, since this was told last.
     *
     * @param answers when; the latest change is known by now
     * @param last the time of the last of them
     */
    public void answered(String pod, SlotCounts answers, long last) {
        answering.add(pod);
        history.lostBy(pod, last).ifPresent(index -> {
            long at = history.changes().get(index).atNanos();
            Line line = lines.get(index);
            line.answers += answers.from(at);
            line.lastAnswer = Math.max(line.lastAnswer, last - at);
        });
    }

    /** So many requests went wrong. */
    public void failed(ErrorCell cell, long count) {
        errors.merge(cell, count, Long::sum);
    }

    /** Holds what was seen against the changes, but for what is so late that a change may still be heard of. */
    public void settle(long upToNanos) {
        long ripe = upToNanos - LATE_NANOS;
        int waiting = connections.size();
        for (int i = 0; i < waiting; i++) {
            Begun begun = connections.remove();
            if (begun.openedNanos() <= ripe) {
                settle(begun);
            } else {
                connections.add(begun);
            }
        }
        errors.entrySet().removeIf(e -> {
            boolean isRipe = e.getKey().atNanos() <= ripe;
            if (isRipe) {
                settle(e.getKey(), e.getValue());
            }
            return isRipe;
        });
    }

    private void settle(Begun begun) {
        OptionalInt lost = history.lostBy(begun.pod(), begun.openedNanos());
        if (lost.isPresent()) {
            Line line = lines.get(lost.getAsInt());
            line.connections++;
            line.lastConnection = Math.max(
                    line.lastConnection,
                    begun.openedNanos() - history.changes().get(lost.getAsInt()).atNanos());
        } else {
            boolean known = history.isReady(begun.pod(), begun.openedNanos());
            long upTo = begun.openedNanos() + (known ? 0 : LATE_NANOS);
            history.madeReadyBy(begun.pod(), upTo).ifPresent(index -> {
                Line line = lines.get(index);
                line.firstConnection = Math.min(
                        line.firstConnection,
                        begun.openedNanos() - history.changes().get(index).atNanos());
            });
        }
    }

    private void settle(ErrorCell cell, long count) {
        OptionalInt explained = history.explaining(cell.pod(), cell.atNanos(), LATE_NANOS);
        if (explained.isEmpty()) {
            elsewhere.merge(cell.kind(), count, Long::sum);
            return;
        }
        Line line = lines.get(explained.getAsInt());
        long after =
                cell.atNanos() - history.changes().get(explained.getAsInt()).atNanos();
        line.errors.merge(cell.kind(), count, Long::sum);
        line.firstError = Math.min(line.firstError, after);
        line.lastError = Math.max(line.lastError, after);
    }

    /**
     * What has been held against the changes so far.
     *
     * @param gapFromNanos when the longest time without a good answer began
     */
    public Rollout rollout(long gapFromNanos) {
        List<Rollout.Seen> seen = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            seen.add(lines.get(i).of(history.changes().get(i)));
        }
        return new Rollout(
                history.service(),
                history.grace(),
                history.first(),
                history.readyPods(false),
                history.readyPods(true),
                seen,
                elsewhere,
                history.explaining("", gapFromNanos, LATE_NANOS),
                (int) answering.stream().filter(history::knows).count(),
                answering.stream()
                        .filter(pod -> !history.knows(pod))
                        .limit(MOST_STRANGERS)
                        .toList(),
                history.breaks());
    }

    /** What belongs to one change. */
    private static final class Line {
        private final Map<ErrorKind, Long> errors = new EnumMap<>(ErrorKind.class);
        private long firstError = Long.MAX_VALUE;
        private long lastError = Long.MIN_VALUE;
        private long firstConnection = Long.MAX_VALUE;
        private long connections;
        private long lastConnection = Long.MIN_VALUE;
        private long answers;
        private long lastAnswer = Long.MIN_VALUE;

        Rollout.Seen of(EndpointChange change) {
            return new Rollout.Seen(
                    change,
                    new Rollout.Errors(errors, errors.isEmpty() ? 0 : firstError, errors.isEmpty() ? 0 : lastError),
                    present(firstConnection, Long.MAX_VALUE),
                    new Rollout.Stale(
                            connections,
                            present(lastConnection, Long.MIN_VALUE),
                            answers,
                            present(lastAnswer, Long.MIN_VALUE)));
        }

        private static OptionalLong present(long value, long none) {
            return value == none ? OptionalLong.empty() : OptionalLong.of(value);
        }
    }
}
