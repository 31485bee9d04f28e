package io.kubeecho.stats;

import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * A share and the interval that holds the true one with at least a confidence, after Clopper and Pearson (Biometrika 26,
 * 1934): exact, so never narrower than it says, whatever the share and the number.
 *
 * @param count how many, 0..of
 * @param of of how many, at least one
 * @param lower end of the interval, 0..1
 * @param upper end of the interval, 0..1
 * @param confidence of the interval, above 0 and below 1
 */
public record Proportion(long count, long of, double lower, double upper, double confidence) {

    /** The confidence of intervals that are reported. */
    public static final double REPORTED = 0.95;

    /** @throws IllegalArgumentException unless 0 ≤ count ≤ of and 1 ≤ of */
    public static Proportion of(long count, long of) {
        return of(count, of, REPORTED);
    }

    /** @throws IllegalArgumentException unless 0 ≤ count ≤ of, 1 ≤ of and 0 &lt; confidence &lt; 1 */
    public static Proportion of(long count, long of, double confidence) {
        if (of < 1 || count < 0 || count > of || !(confidence > 0 && confidence < 1)) {
            throw new IllegalArgumentException(
                    "no share of %d in %d with a confidence of %s".formatted(count, of, confidence));
        }
        double tail = (1 - confidence) / 2;
        double lower = count == 0
                ? 0
                : BetaDistribution.of((double) count, of - count + 1.0).inverseCumulativeProbability(tail);
        double upper = count == of
                ? 1
                : BetaDistribution.of(count + 1.0, (double) (of - count)).inverseSurvivalProbability(tail);
        return new Proportion(count, of, lower, upper, confidence);
    }

    public double value() {
        return (double) count / of;
    }
}
