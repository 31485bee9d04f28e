package io.kubeecho.load.rollout;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Histories for tests, told by seconds. */
public final class Histories {

    public static final long SECOND = 1_000_000_000L;

    private final EndpointTimeline timeline;
    private final Map<Endpoint, EndpointState> now = new HashMap<>();

    /** A Service that begins with these pods, ready, and a grace of 10 s. */
    public Histories(String... pods) {
        for (String pod : pods) {
            now.put(endpoint(pod), EndpointState.READY);
        }
        timeline = new EndpointTimeline("default/echo", Duration.ofSeconds(10), now);
    }

    public static Endpoint endpoint(String pod) {
        return new Endpoint(pod, "uid-of-" + pod, "10.0.0." + pod.hashCode() % 100, "node-1");
    }

    /** From that second on the pod is so. */
    public Histories at(double second, String pod, EndpointState state) {
        return at(second, endpoint(pod), state);
    }

    public Histories at(double second, Endpoint endpoint, EndpointState state) {
        now.put(endpoint, state);
        timeline.observe(now, nanos(second));
        return this;
    }

    public Histories gone(double second, String pod) {
        now.keySet().removeIf(e -> e.pod().equals(pod));
        timeline.observe(now, nanos(second));
        return this;
    }

    public Histories broken(double second) {
        timeline.broken(nanos(second));
        return this;
    }

    /** The pods that are left, all ready. */
    public Histories mended(double second, String... pods) {
        now.clear();
        for (String pod : pods) {
            now.put(endpoint(pod), EndpointState.READY);
        }
        timeline.mended(now, nanos(second));
        return this;
    }

    public EndpointHistory history() {
        return timeline.since(0);
    }

    public static long nanos(double second) {
        return Math.round(second * SECOND);
    }
}
