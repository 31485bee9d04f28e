package io.kubeecho.load.schedule;

/** Seconds to nanoseconds, with {@link SendTimes#NONE} for never. */
final class Nanos {

    private Nanos() {}

    static long of(double seconds) {
        double nanos = seconds * 1e9;
        return nanos < Long.MAX_VALUE ? Math.round(nanos) : SendTimes.NONE;
    }
}
