package io.kubeecho.load.rollout;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes down how a Service's endpoints come and go, from pictures of all of them. Times are those of
 * {@link System#nanoTime()}. For several threads.
 */
public final class EndpointTimeline {

    private final String service;
    private final Duration grace;
    private final Map<Endpoint, EndpointState> first;
    private final List<EndpointChange> changes = new ArrayList<>();
    private final List<EndpointHistory.Break> breaks = new ArrayList<>();
    private Map<String, Seen> now;
    private Optional<EndpointHistory.Break> broken = Optional.empty();

    private record Seen(Endpoint endpoint, EndpointState state) {}

    /**
     * @param service as {@code namespace/name}
     * @param grace for how long after a change a node may act on what was before
     * @param first the endpoints that there are
     */
    public EndpointTimeline(String service, Duration grace, Map<Endpoint, EndpointState> first) {
        this.service = service;
        this.grace = grace;
        this.first = Map.copyOf(first);
        now = byKey(first);
    }

    /** These are the endpoints now. */
    public synchronized void observe(Map<Endpoint, EndpointState> all, long nanoTime) {
        long notBefore = broken.map(EndpointHistory.Break::fromNanos).orElse(nanoTime);
        Map<String, Seen> next = byKey(all);
        now.forEach((key, seen) -> {
            if (!next.containsKey(key)) {
                add(EndpointChange.Kind.REMOVED, seen.endpoint(), nanoTime, notBefore);
            }
        });
        next.forEach((key, seen) -> {
            Seen before = now.get(key);
            if (before == null && seen.state() == EndpointState.NOT_READY) {
                add(EndpointChange.Kind.ADDED, seen.endpoint(), nanoTime, notBefore);
            } else if (before == null || before.state() != seen.state()) {
                add(EndpointChange.Kind.of(seen.state()), seen.endpoint(), nanoTime, notBefore);
            }
        });
        now = next;
    }

    /** Nothing has been heard since then. */
    public synchronized void broken(long nanoTime) {
        if (broken.isEmpty()) {
            broken = Optional.of(new EndpointHistory.Break(nanoTime, Long.MAX_VALUE));
        }
    }

    /** All is heard again, and these are the endpoints now. */
    public synchronized void mended(Map<Endpoint, EndpointState> all, long nanoTime) {
        observe(all, nanoTime);
        broken.ifPresent(b -> breaks.add(new EndpointHistory.Break(b.fromNanos(), nanoTime)));
        broken = Optional.empty();
    }

    /** All that has been written down, with times counted from {@code zero}. */
    public synchronized EndpointHistory since(long zero) {
        List<EndpointHistory.Break> all = new ArrayList<>(breaks);
        broken.ifPresent(all::add);
        return new EndpointHistory(
                service,
                grace,
                first,
                changes.stream().map(c -> c.minus(zero)).toList(),
                all.stream().map(b -> b.minus(zero)).toList());
    }

    private void add(EndpointChange.Kind kind, Endpoint endpoint, long nanoTime, long notBefore) {
        changes.add(new EndpointChange(nanoTime, notBefore, kind, endpoint));
    }

    private static Map<String, Seen> byKey(Map<Endpoint, EndpointState> all) {
        // in an order of its own, so that changes that come together are always told in the same one
        Map<String, Seen> byKey = new LinkedHashMap<>();
        all.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Endpoint, EndpointState> e) ->
                                e.getKey().name())
                        .thenComparing(e -> e.getKey().address()))
                .forEach(e -> byKey.merge(
                        e.getKey().key(),
                        new Seen(e.getKey(), e.getValue()),
                        (a, b) -> a.state().compareTo(b.state()) >= 0 ? a : b));
        return byKey;
    }
}
