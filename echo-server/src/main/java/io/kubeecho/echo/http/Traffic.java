package io.kubeecho.echo.http;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the echo port has done since it was opened: sums over its event loops. For any thread. */
public final class Traffic {

    private final List<LoopTraffic> loops;

    Traffic(List<LoopTraffic> loops) {
        this.loops = List.copyOf(loops);
    }

    /** How many requests were answered with this status, or, of a client that was gone, would have been. */
    public long requests(Status status) {
        return Arrays.stream(Protocol.values())
                .mapToLong(protocol -> requests(protocol, status.code()))
                .sum();
    }

    private long requests(Protocol protocol, int status) {
        return loops.stream().mapToLong(loop -> loop.requests(protocol, status)).sum();
    }

    /**
     * Requests of one kind.
     *
     * @param status from 200 to 599; a client may ask for one that {@link Status} has no constant for
     * @param count how many
     */
    public record Requests(Protocol protocol, int status, long count) {}

    /**
     * The requests by kind: of HTTP/1.1 each of {@link Status}, even if there were none, so that a rate can be told from
     * the first one on; and whatever else there was.
     */
    public List<Requests> requests() {
        List<Requests> kinds = new ArrayList<>();
        for (Protocol protocol : Protocol.values()) {
            for (int status = 0; status < Status.BEYOND; status++) {
                long count = requests(protocol, status);
                boolean always =
                        protocol == Protocol.HTTP_1_1 && Status.of(status).isPresent();
                if (count > 0 || always) {
                    kinds.add(new Requests(protocol, status, count));
                }
            }
        }
        return kinds;
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
