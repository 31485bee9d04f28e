package io.kubeecho.probe;

import java.time.Duration;

/**
 * How long a data plane had not heard of an entry between two connections, as an interval: it decided about each at some
 * moment between that connection's start and the end of its answer. (The connect event alone would not bound it where a
 * proxy in user space accepts first and decides later.)
 *
 * @param atLeast start of the second minus end of the first
 * @param atMost end of the second minus start of the first
 */
public record Gap(Duration atLeast, Duration atMost) {

    /** The gap between two consecutive connections of one entry. */
    public static Gap between(Observation first, Observation second) {
        if (!first.entry().equals(second.entry())) {
            throw new IllegalArgumentException("no gap between " + first.entry() + " and " + second.entry());
        }
        return new Gap(
                Duration.ofNanos(second.startedNanos() - first.endedNanos()),
                Duration.ofNanos(second.endedNanos() - first.startedNanos()));
    }

    public boolean isWithin(Duration limit) {
        return atMost.compareTo(limit) < 0;
    }

    public boolean isBeyond(Duration limit) {
        return atLeast.compareTo(limit) > 0;
    }
}
