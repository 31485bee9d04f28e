package io.kubeecho.echo.http;

import java.util.List;
import java.util.stream.IntStream;

/** What the echo port has done since it was opened: sums over its event loops. For any thread. */
public final class Traffic {

    private final List<LoopTraffic> loops;

    Traffic(List<LoopTraffic> loops) {
        this.loops = List.copyOf(loops);
    }

    /** How many requests were answered with this status, or, of a client that was gone, would have been. */
    public long requests(Status status) {
        return requests(status.code());
    }

    /** As {@link #requests(Status)}, also of a status that was asked for, from 200 to 599. */
    public long requests(int status) {
        return loops.stream().mapToLong(loop -> loop.requests(status)).sum();
    }

    /** The statuses that were asked for and have no constant of {@link Status}, in ascending order. */
    public int[] furtherStatuses() {
        return IntStream.range(0, Status.BEYOND)
                .filter(code -> Status.of(code).isEmpty() && requests(code) > 0)
                .toArray();
    }

    /** How many connections have been accepted. */
    public long connectionsAccepted() {
        return loops.stream().mapToLong(LoopTraffic::accepted).sum();
    }

    /** How many connections were closed at once, because as many as may be were open. */
    public long connectionsRefused() {
        return loops.stream().mapToLong(LoopTraffic::refused).sum();
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
