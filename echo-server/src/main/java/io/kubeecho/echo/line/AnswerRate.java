package io.kubeecho.echo.line;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How many answers one peer gets: so many at once, and from then on so many a second (a token bucket). Confined to one thread.
 *
 * <p>A loop that an echo cannot recognise, such as one with a server that answers anything with something of its own, has as
 * many datagrams under way as were forged to begin it. Each that is not answered ends one for good: a loop that goes
 * round faster than {@link #PER_SECOND} times a second ends after {@link #AT_ONCE} rounds, and a slower one is hardly a load.
 *
 * <p>Peers share buckets by a hash with a seed of its own, so that memory is bounded and nobody can choose to share one
 * with somebody else.
 */
final class AnswerRate {

    static final int AT_ONCE = 1000;
    static final int PER_SECOND = 50;

    private static final int BUCKETS = 4096;
    private static final long NANOS_EACH = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;

    private final LongSupplier nanoClock;
    private final int seed;
    /** When each bucket will be full again, after the answers that were given. */
    private final long[] fullAt = new long[BUCKETS];

    AnswerRate(LongSupplier nanoClock, int seed) {
        this.nanoClock = nanoClock;
        this.seed = seed;
        Arrays.fill(fullAt, nanoClock.getAsLong());
    }

    /**
     * Takes one answer's place.
     *
     * @param address of the peer
     * @return whether there was one
     */
    boolean allows(byte[] address, int port) {
        int hash = seed;
        for (byte b : address) {
            hash = (hash ^ b) * 0x01000193;
        }
        hash = (hash ^ port) * 0x01000193;
        hash ^= hash >>> 15;
        hash *= 0x2c1b3c6d;
        int bucket = (hash ^ (hash >>> 12)) & (BUCKETS - 1);
        long now = nanoClock.getAsLong();
        long full = Math.max(fullAt[bucket] - now, 0);
        if (full > (AT_ONCE - 1) * NANOS_EACH) {
            return false;
        }
        fullAt[bucket] = now + full + NANOS_EACH;
        return true;
    }
}
