package io.kubeecho.load.rollout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;

/**
 * How a Service's endpoints came and went, up to some moment, and what follows for a pod at a time. A pod is ready while one
 * of the endpoints of its name is: one that is replaced under its name is another endpoint.
 */
public final class EndpointHistory {

    private static final List<Step> UNKNOWN = List.of();

    private final String service;
    private final Duration grace;
    private final Map<Endpoint, EndpointState> first;
    private final List<EndpointChange> changes;
    private final List<Break> breaks;
    private final Map<String, List<Step>> stepsByPod = new HashMap<>();
    /** The changes by which a pod ceased to be ready. */
    private final Set<Integer> losses = new HashSet<>();

    /**
     * A time in which changes could not be heard of.
     *
     * @param toNanos {@link Long#MAX_VALUE} if it has not ended
     */
    public record Break(long fromNanos, long toNanos) {

        Break minus(long nanos) {
            return new Break(fromNanos - nanos, toNanos == Long.MAX_VALUE ? toNanos : toNanos - nanos);
        }
    }

    /**
     * A change, as its pod sees it.
     *
     * @param index among all changes; -1 for what was at first
     * @param ready from then on
     * @param lost whether it was ready just before, and is not from then on
     */
    private record Step(int index, long atNanos, long notBeforeNanos, boolean ready, boolean lost) {}

    /**
     * @param service as {@code namespace/name}
     * @param grace for how long after a change a node may act on what was before
     * @param first the endpoints that there were at first
     * @param changes in their order
     * @param breaks in their order
     */
    public EndpointHistory(
            String service,
            Duration grace,
            Map<Endpoint, EndpointState> first,
            List<EndpointChange> changes,
            List<Break> breaks) {
        this.service = service;
        this.grace = grace;
        this.first = Map.copyOf(first);
        this.changes = List.copyOf(changes);
        this.breaks = List.copyOf(breaks);
        index();
    }

    private void index() {
        Map<String, Boolean> readyByKey = new HashMap<>();
        Map<String, Integer> ready = new HashMap<>();
        first.forEach((endpoint, state) -> {
            boolean is = state == EndpointState.READY;
            boolean was = Boolean.TRUE.equals(
                    readyByKey.put(endpoint.key(), is || Boolean.TRUE.equals(readyByKey.get(endpoint.key()))));
            ready.merge(endpoint.name(), is && !was ? 1 : 0, Integer::sum);
            stepsByPod.put(endpoint.name(), new ArrayList<>());
        });
        stepsByPod.forEach((pod, steps) ->
                steps.add(new Step(-1, Long.MIN_VALUE, Long.MIN_VALUE, ready.getOrDefault(pod, 0) > 0, false)));
        for (int i = 0; i < changes.size(); i++) {
            EndpointChange change = changes.get(i);
            String pod = change.endpoint().name();
            boolean is = change.kind() == EndpointChange.Kind.READY;
            boolean was = Boolean.TRUE.equals(readyByKey.put(change.endpoint().key(), is));
            int before = ready.getOrDefault(pod, 0);
            int after = before + (is ? 1 : 0) - (was ? 1 : 0);
            ready.put(pod, after);
            boolean lost = before > 0 && after == 0;
            if (lost) {
                losses.add(i);
            }
            stepsByPod
                    .computeIfAbsent(pod, p -> new ArrayList<>())
                    .add(new Step(i, change.atNanos(), change.notBeforeNanos(), after > 0, lost));
        }
    }

    /** As {@code namespace/name}. */
    public String service() {
        return service;
    }

    /** For how long after a change a node may act on what was before. */
    public Duration grace() {
        return grace;
    }

    /** The endpoints that there were at first. */
    public Map<Endpoint, EndpointState> first() {
        return first;
    }

    /** In their order. */
    public List<EndpointChange> changes() {
        return changes;
    }

    /** The times in which changes could not be heard of, in their order. */
    public List<Break> breaks() {
        return breaks;
    }

    /** Whether there ever was an endpoint of that name. */
    public boolean knows(String pod) {
        return stepsByPod.containsKey(pod);
    }

    /** Whether a pod was ready at that time. */
    public boolean isReady(String pod, long at) {
        boolean ready = false;
        for (Step step : steps(pod)) {
            if (step.atNanos() > at) {
                break;
            }
            ready = step.ready();
        }
        return ready;
    }

    /** How many pods were ready before the first change and after the last. */
    public int readyPods(boolean afterTheLast) {
        return (int) stepsByPod.values().stream()
                .map(steps -> steps.get(afterTheLast ? steps.size() - 1 : 0))
                .filter(step -> step.ready() && (afterTheLast || step.index() < 0))
                .count();
    }

    /**
     * The change by which a pod ceased to be ready, if it is not at that time, and was before.
     *
     * @return an index of {@link #changes()}
     */
    public OptionalInt lostBy(String pod, long at) {
        OptionalInt lost = OptionalInt.empty();
        for (Step step : steps(pod)) {
            if (step.atNanos() > at) {
                break;
            }
            if (step.lost()) {
                lost = OptionalInt.of(step.index());
            } else if (step.ready()) {
                lost = OptionalInt.empty();
            }
        }
        return lost;
    }

    /**
     * The change by which a pod last became ready, up to that time.
     *
     * @return an index of {@link #changes()}; empty if it was at first, or never did
     */
    public OptionalInt madeReadyBy(String pod, long upTo) {
        OptionalInt made = OptionalInt.empty();
        boolean was = false;
        for (Step step : steps(pod)) {
            if (step.atNanos() > upTo) {
                break;
            }
            if (step.ready() && !was && step.index() >= 0) {
                made = OptionalInt.of(step.index());
            }
            was = step.ready();
        }
        return made;
    }

    /** Whether a pod ceased to be ready in that time, or was not at its beginning. */
    public boolean lostWithin(String pod, long from, long to) {
        return lostBy(pod, from).isPresent()
                || steps(pod).stream().anyMatch(s -> s.lost() && s.notBeforeNanos() <= to && s.atNanos() >= from);
    }

    /** Whether anything became of a pod in that time. */
    public boolean changedWithin(String pod, long from, long to) {
        return steps(pod).stream().anyMatch(s -> s.index() >= 0 && s.notBeforeNanos() <= to && s.atNanos() >= from);
    }

    /** Whether there is a time in it in which changes could not be heard of. */
    public boolean brokenWithin(long from, long to) {
        return breaks.stream().anyMatch(b -> b.fromNanos() <= to && b.toNanos() >= from);
    }

    /**
     * The change that best explains what went wrong at a time: of the pod itself where one fits, else of any. That is the
     * last one within the grace before it, or one by which a pod ceased to be ready and that is heard of soon after it, if
     * that is nearer: a pod that dies is heard of afterwards. That an endpoint was added and is not ready explains nothing.
     *
     * @param pod on whose connection it went wrong; empty if not known
     * @param after how much later a change may be heard of than it shows
     * @return an index of {@link #changes()}
     */
    public OptionalInt explaining(String pod, long at, long after) {
        OptionalInt own = pod.isEmpty() ? OptionalInt.empty() : explaining(at, after, pod);
        return own.isPresent() ? own : explaining(at, after, "");
    }

    private OptionalInt explaining(long at, long after, String pod) {
        int last = -1;
        for (int i = 0; i < changes.size(); i++) {
            EndpointChange change = changes.get(i);
            boolean about = pod.isEmpty() || pod.equals(change.endpoint().name());
            if (!about || change.kind() == EndpointChange.Kind.ADDED) {
                continue;
            }
            if (change.atNanos() <= at) {
                last = i;
            } else if (losses.contains(i)) {
                // of one that is uncertain, nobody knows how much later it was
                boolean soon = change.notBeforeNanos() <= at || change.atNanos() - at <= after;
                long since = last < 0 ? Long.MAX_VALUE : at - changes.get(last).atNanos();
                if (soon && change.atNanos() - at < since) {
                    return OptionalInt.of(i);
                }
                break;
            }
        }
        boolean fits = last >= 0 && at - changes.get(last).atNanos() <= grace.toNanos();
        return fits ? OptionalInt.of(last) : OptionalInt.empty();
    }

    private List<Step> steps(String pod) {
        return stepsByPod.getOrDefault(pod, UNKNOWN);
    }
}
