package io.kubeecho.echo.budget;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
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

    /** What the slowest make room to: three quarters. */
    private static final int ROOMY_EIGHTHS = 6;

    /** Of {@link #tightSince()}. */
    public static final long NOT_TIGHT = Long.MIN_VALUE;

    private final long limit;
    private final long limitOfRequests;
    private final long tight;
    private final AtomicLong held = new AtomicLong();

    /** Since when room is to be made, of {@link System#nanoTime()}. */
    private final AtomicLong tightSince = new AtomicLong(NOT_TIGHT);

    private final Map<Holding, Counts> counts;
    private final List<Runnable> whenTight = new CopyOnWriteArrayList<>();

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
        limitOfRequests = limit - limit / KEPT_FOR_CONNECTIONS;
        tight = limit / 8 * TIGHT_EIGHTHS;
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
        long most = what == Holding.CONNECTION ? limit : limitOfRequests;
        // not added and taken back: others would be refused in between because of what nobody gets
        long now = held.get();
        while (now + bytes <= most && !held.compareAndSet(now, now + bytes)) {
            now = held.get();
        }
        boolean taken = now + bytes <= most;
        now += bytes;
        if (taken) {
            counts(what).held.add(bytes);
        } else {
            counts(what).refused.increment();
        }
        if (now > tight) {
            tightSince.compareAndSet(NOT_TIGHT, System.nanoTime());
            whenTight.forEach(Runnable::run);
        }
        return taken;
    }

    /**
     * Whether so many bytes could be had for a request now: a look that takes nothing, for who would otherwise do work
     * in vain. If not, that is counted as a refusal.
     */
    public boolean hasRoomFor(Holding what, long bytes) {
        boolean has = held.get() + bytes <= limitOfRequests;
        if (!has) {
            counts(what).refused.increment();
        }
        return has;
    }

    /** Says that bytes which are held are held for another purpose now. */
    public void move(Holding from, Holding to, long bytes) {
        counts(from).held.add(-bytes);
        counts(to).held.add(bytes);
    }

    /** Gives back bytes that were taken for the same purpose. */
    public void release(Holding what, long bytes) {
        counts(what).held.add(-bytes);
        held.addAndGet(-bytes);
    }

    /**
     * Has this run each time that bytes are asked for while more than seven eighths are held: whoever holds some has the
     * slowest of its connections give them back, until there is no {@link #excess()}.
     *
     * @param makeRoom for any thread, and quick: it only has something done
     */
    public void whenTight(Runnable makeRoom) {
        whenTight.add(makeRoom);
    }

    /** Whether more is held than is good: who can wait does, until the slowest have made room. */
    public boolean isTight() {
        return held.get() > tight;
    }

    /** How many bytes are held beyond three quarters; 0 where there is room, and none is to be made any longer. */
    public long excess() {
        long excess = held.get() - limit / 8 * ROOMY_EIGHTHS;
        if (excess <= 0) {
            tightSince.set(NOT_TIGHT);
        }
        return Math.max(0, excess);
    }

    /** Since when room is to be made, of {@link System#nanoTime()}; {@link #NOT_TIGHT} where none is. */
    public long tightSince() {
        return tightSince.get();
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
