package io.kubeecho.load.measure;

import org.HdrHistogram.Histogram;

/** The histograms of a load, in nanoseconds from 1 µs to an hour; what is longer counts as an hour. */
public final class Histograms {

    /** Anything shorter is recorded in the lowest bucket. */
    static final long SHORTEST = 1_000;

    static final long LONGEST = 3_600_000_000_000L;

    private Histograms() {}

    /** Values to within 0.1 %. */
    public static Histogram precise() {
        return new Histogram(SHORTEST, LONGEST, 3);
    }

    /** Values to within 1 %, in a tenth of the memory: there is one for every pod. */
    public static Histogram coarse() {
        return new Histogram(SHORTEST, LONGEST, 2);
    }

    static void record(Histogram into, long nanos) {
        into.recordValue(Math.max(0, Math.min(nanos, LONGEST)));
    }
}
