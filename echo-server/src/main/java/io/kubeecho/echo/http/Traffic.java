package io.kubeecho.echo.http;

import java.util.List;

/** What the echo port has done since it was opened: sums over its event loops. For any thread. */
public final class Traffic {

    private final List<LoopTraffic> loops;

    Traffic(List<LoopTraffic> loops) {
        this.loops = List.copyOf(loops);
    }

    /** How many requests were answered with this status, or, of a client that was gone, would have been. */
    public long requests(Status status) {
        return loops.stream().mapToLong(loop -> loop.requests(status)).sum();
    }

    /** How many connections have been accepted. */
    public long connectionsAccepted() {
        return loops.stream().mapToLong(LoopTraffic::accepted).sum();
    }

    /** How many connections are open. */
    public long connectionsOpen() {
        return loops.stream().mapToLong(LoopTraffic::open).sum();
    }

    /** The upper bounds of the buckets of {@link #requestsByTime()}, in seconds; one more bucket has the rest. */
    public static double[] timeBounds() {
        return LoopTraffic.boundsInSeconds();
    }

    /**
     * How many requests took how long from the reading of their last byte to the writing of their answer; one number
     * for each bucket, not cumulative.
     */
    public long[] requestsByTime() {
        long[] sums = new long[LoopTraffic.BUCKETS];
        for (LoopTraffic loop : loops) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += loop.requestsInBucket(i);
            }
        }
        return sums;
    }

    /** The sum of those times, in seconds. */
    public double totalTime() {
        return loops.stream().mapToLong(LoopTraffic::nanos).sum() / 1e9;
    }
}
