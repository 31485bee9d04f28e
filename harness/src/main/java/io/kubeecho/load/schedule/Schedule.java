package io.kubeecho.load.schedule;

import java.time.Duration;
import java.util.SplittableRandom;

/**
 * The send times of an open-model load: what is due is due, however slow the target is.
 *
 * @param rate how many a second
 * @param arrivals how they lie in time
 * @param warmup time before what is measured, at the starting rate; zero or more
 * @param duration of what is measured, above zero
 * @param count the most sends that are measured, at least 1
 * @param seed for random arrivals: the same seed gives the same times, whoever sends at them
 * @param shard whose part of it this is; rate, duration and count are those of the whole
 */
public record Schedule(
        Rate rate, Arrivals arrivals, Duration warmup, Duration duration, long count, long seed, Shard shard) {

    /** Random arrivals before and after the start are drawn apart. */
    private static final long MEASURED = 1;

    private static final long WARMUP = 2;

    /** A whole one. */
    public Schedule(Rate rate, Arrivals arrivals, Duration warmup, Duration duration, long count, long seed) {
        this(rate, arrivals, warmup, duration, count, seed, Shard.WHOLE);
    }

    public Schedule {
        if (warmup.isNegative()) {
            throw new IllegalArgumentException("a warm-up takes no time or some, not " + warmup);
        }
        if (duration.isNegative() || duration.isZero()) {
            throw new IllegalArgumentException("a load takes some time, not " + duration);
        }
        if (count < 1) {
            throw new IllegalArgumentException("a load is at least one send, not " + count);
        }
    }

    /** How many sends will be measured, on average for random arrivals. */
    public double planned() {
        return Math.min((double) count, rate.sendsIn(duration.toNanos() / 1e9));
    }

    /**
     * When the whole of it ends, whichever shard this is, in nanoseconds from the start of what is measured: with its time, or
     * when one send more than its count would be due. A send stands for the time until the next one, so that n sends at r a
     * second take n/r.
     */
    public long endNanos() {
        long byTime = duration.toNanos();
        if (arrivals == Arrivals.REGULAR) {
            return Math.min(byTime, Nanos.of(rate.secondsUntil((double) count)));
        }
        SendTimes all = times(rate, 0, 1, MEASURED);
        long time = 0;
        for (long i = 0; i <= count && time < byTime; i++) {
            time = all.next();
        }
        return Math.min(byTime, time);
    }

    /** The part of it that is a shard's. */
    public Schedule of(Shard other) {
        return new Schedule(rate, arrivals, warmup, duration, count, seed, other);
    }

    /** The most sends of this shard that are measured. */
    public long ownCount() {
        return shard.of(count);
    }

    /**
     * The times of one of several shares of this shard, which together are all of its times, as all shards together are
     * the whole schedule.
     *
     * @param share from 0 to {@code shares} - 1
     */
    public SendTimes share(int share, int shares) {
        if (share < 0 || share >= shares) {
            throw new IllegalArgumentException("no share " + share + " of " + shares);
        }
        int first = shard.index() + shard.count() * share;
        int step = shard.count() * shares;
        long own = count / step + (first < count % step ? 1 : 0);
        SendTimes measured = new Limited(times(rate, first, step, MEASURED), own, duration.toNanos());
        if (warmup.isZero()) {
            return measured;
        }
        SendTimes before = new Limited(times(warmupRate(), first, step, WARMUP), Long.MAX_VALUE, warmup.toNanos());
        return new Sequence(before, -warmup.toNanos(), measured);
    }

    private Rate warmupRate() {
        return Rate.constant(rate.atStart() > 0 ? rate.atStart() : rate.highest() / 10);
    }

    private SendTimes times(Rate of, int first, int step, long stream) {
        return switch (arrivals) {
            case REGULAR -> new RegularTimes(of, first, step);
            case POISSON -> new PoissonTimes(of, first, step, new SplittableRandom(seed ^ (stream << 32)));
        };
    }

    /** Ends by count or time. */
    private static final class Limited implements SendTimes {
        private final SendTimes times;
        private final long end;
        private long left;

        Limited(SendTimes times, long count, long end) {
            this.times = times;
            this.left = count;
            this.end = end;
        }

        @Override
        public long next() {
            if (left == 0) {
                return NONE;
            }
            left--;
            long time = times.next();
            if (time >= end) {
                left = 0;
                return NONE;
            }
            return time;
        }
    }

    /** One after the other, the first one moved in time. */
    private static final class Sequence implements SendTimes {
        private final SendTimes first;
        private final long offset;
        private final SendTimes second;
        private boolean inFirst = true;

        Sequence(SendTimes first, long offset, SendTimes second) {
            this.first = first;
            this.offset = offset;
            this.second = second;
        }

        @Override
        public long next() {
            if (inFirst) {
                long time = first.next();
                if (time != NONE) {
                    return time + offset;
                }
                inFirst = false;
            }
            return second.next();
        }
    }
}
