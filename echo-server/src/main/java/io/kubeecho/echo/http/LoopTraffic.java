package io.kubeecho.echo.http;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The counts of one event loop, which alone writes them: an increment is a plain read and an ordered write, and no
 * other loop's cache line is touched. Any thread may read them, perhaps a moment late.
 */
final class LoopTraffic {

    /** In nanoseconds; an answer is a matter of microseconds, and what is beyond 100 ms is a stall of the process. */
    private static final long[] BOUNDS = {
        10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000, 25_000_000, 100_000_000
    };

    static final int BUCKETS = BOUNDS.length + 1;

    /** By protocol and status: a client may ask for a status that {@link Status} has no name for. */
    private final AtomicLongArray requests = new AtomicLongArray(Protocol.COUNT * Status.BEYOND);

    private final AtomicLongArray byTime = new AtomicLongArray(BUCKETS);
    private final AtomicLong nanos = new AtomicLong();
    private final AtomicLong accepted = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();

    void countRequest(Protocol protocol, int status) {
        int index = index(protocol, status);
        requests.lazySet(index, requests.getPlain(index) + 1);
    }

    private static int index(Protocol protocol, int status) {
        return protocol.row() * Status.BEYOND + status;
    }

    /** Counts requests that were answered together. */
    void countTime(long nanosEach, int count) {
        int bucket = 0;
        while (bucket < BOUNDS.length && nanosEach > BOUNDS[bucket]) {
            bucket++;
        }
        byTime.lazySet(bucket, byTime.getPlain(bucket) + count);
        add(nanos, nanosEach * count);
    }

    void countAccepted() {
        add(accepted, 1);
    }

    void countRefused() {
        add(refused, 1);
    }

    void countClosed() {
        add(closed, 1);
    }

    long requests(Protocol protocol, int status) {
        return requests.get(index(protocol, status));
    }

    long requestsInBucket(int bucket) {
        return byTime.get(bucket);
    }

    long nanos() {
        return nanos.get();
    }

    long accepted() {
        return accepted.get();
    }

    long refused() {
        return refused.get();
    }

    long open() {
        long closedBefore = closed.get();
        return accepted.get() - closedBefore;
    }

    static double[] boundsInSeconds() {
        return java.util.Arrays.stream(BOUNDS).mapToDouble(bound -> bound / 1e9).toArray();
    }

    private static void add(AtomicLong count, long more) {
        count.lazySet(count.getPlain() + more);
    }
}
