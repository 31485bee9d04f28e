package io.kubeecho.echo.budget;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * The bytes that all connections of a server may hold together, whatever for and whichever event loop they are on. For
 * any thread.
 *
 * <p>A request that is answered with the read that brought it holds nothing, so this is not asked. Whoever keeps bytes
 * beyond an event takes them here first, and gives them back when they are gone. What is counted is what the memory
 * costs, not what was sent: whoever takes rounds up.
 */
public final class ByteBudget {

    /** The last sixteenth is for {@link Holding#CONNECTION}: where requests are refused, others can still be accepted. */
    private static final int KEPT_FOR_CONNECTIONS = 16;

    /** From here on the slowest are to go, so that the limit is hardly ever met: seven eighths of it. */
    private static final int TIGHT_EIGHTHS = 7;

    /** What the slowest are to make room to: three quarters. */
    private static final int ROOMY_EIGHTHS = 6;

    private final long limit;
    private final AtomicLong held = new AtomicLong();
    private final Map<Holding, Counts> counts;

    private record Counts(LongAdder held, LongAdder refused, LongAdder closed) {}

    /**
     * A budget of which nothing is held.
     *
     * @param limit in bytes, more than zero
     */
    public ByteBudget(long limit) {
        if (limit <= 0) {
            throw new IllegalArgumentException("a budget must be more than zero bytes, not " + limit);
        }
        this.limit = limit;
        Map<Holding, Counts> byPurpose = new EnumMap<>(Holding.class);
        for (Holding what : Holding.values()) {
            byPurpose.put(what, new Counts(new LongAdder(), new LongAdder(), new LongAdder()));
        }
        counts = Collections.unmodifiableMap(byPurpose);
    }

    /** As many bytes as anybody can have. */
    public static ByteBudget unlimited() {
        return new ByteBudget(Long.MAX_VALUE / 2);
    }

    private Counts counts(Holding what) {
        return Objects.requireNonNull(counts.get(what), "every purpose has its counts");
    }

    /**
     * Takes bytes, if there are so many.
     *
     * @param bytes 0 or more
     * @return whether they were taken; if not, that is counted as a refusal, and nothing is held
     */
    public boolean take(Holding what, long bytes) {
        long most = what == Holding.CONNECTION ? limit : limit - limit / KEPT_FOR_CONNECTIONS;
        if (held.addAndGet(bytes) > most) {
            held.addAndGet(-bytes);
            counts(what).refused.increment();
            return false;
        }
        counts(what).held.add(bytes);
        return true;
    }

    /** Gives back bytes that were taken for the same purpose. */
    public void release(Holding what, long bytes) {
        counts(what).held.add(-bytes);
        held.addAndGet(-bytes);
    }

    /** Whether so much is held that the slowest connections are to be closed. */
    public boolean isTight() {
        return held.get() > limit / 8 * TIGHT_EIGHTHS;
    }

    /** How many bytes too many are held once {@link #isTight()}; 0 where there is room again. */
    public long excess() {
        return Math.max(0, held.get() - limit / 8 * ROOMY_EIGHTHS);
    }

    /** Counts a connection that was closed so that others can be served, by what it held most. */
    public void countClosed(Holding what) {
        counts(what).closed.increment();
    }

    /** How many bytes may be held. */
    public long limit() {
        return limit;
    }

    /** How many bytes are held. */
    public long held() {
        return held.get();
    }

    /** How many bytes are held for one purpose. */
    public long held(Holding what) {
        return counts(what).held.sum();
    }

    /** How often bytes were asked for and not to be had. */
    public long refused(Holding what) {
        return counts(what).refused.sum();
    }

    /** How many connections were closed so that others can be served. */
    public long closed(Holding what) {
        return counts(what).closed.sum();
    }
}
