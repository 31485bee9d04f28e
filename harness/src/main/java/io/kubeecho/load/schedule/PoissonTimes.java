package io.kubeecho.load.schedule;

import java.util.random.RandomGenerator;

/**
 * A Poisson process of any rate: sums of exponential gaps at one a second, by inverse transform of seeded uniforms, are
 * carried to the times by which the rate has made so many sends due. One share of n such processes, each with its own
 * seed, makes a Poisson process of the whole rate together with the others.
 */
final class PoissonTimes implements SendTimes {

    private final Rate rate;
    private final int shares;
    private final RandomGenerator random;
    private double sum;

    PoissonTimes(Rate rate, int shares, RandomGenerator random) {
        this.rate = rate;
        this.shares = shares;
        this.random = random;
    }

    @Override
    public long next() {
        sum -= Math.log1p(-random.nextDouble());
        return Nanos.of(rate.secondsUntil(sum * shares));
    }
}
