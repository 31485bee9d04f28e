package io.kubeecho.load.schedule;

import java.util.random.RandomGenerator;

/**
 * Every {@code step}-th send of a Poisson process of any rate: sums of exponential gaps at one a second, by inverse
 * transform of seeded uniforms, are carried to the times by which the rate has made so many sends due. Whoever has the
 * same seed has the same process, so that those who send at every n-th time of it, each from another one on, make it
 * together to the nanosecond. The gaps that are skipped cost some 10 ns each.
 */
final class PoissonTimes implements SendTimes {

    private final Rate rate;
    private final int step;
    private final RandomGenerator random;
    private int gaps;
    private double sum;

    PoissonTimes(Rate rate, int first, int step, RandomGenerator random) {
        this.rate = rate;
        this.step = step;
        this.random = random;
        this.gaps = first + 1;
    }

    @Override
    public long next() {
        for (int i = 0; i < gaps; i++) {
            sum -= Math.log1p(-random.nextDouble());
        }
        gaps = step;
        return Nanos.of(rate.secondsUntil(sum));
    }
}
