package io.kubeecho.bench.stats;

import java.util.Collection;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * The median of a sample and an interval that holds the true median with a probability of at least 95 %, whatever the
 * distribution: the number of values below the median is binomial with p = 1/2 (W. J. Conover, Practical Nonparametric
 * Statistics, section 3.2), so two order statistics enclose it.
 *
 * @param median of an even number of values, the mean of the middle two
 * @param low the smallest value where there are fewer than 6, which cannot give 95 %
 * @param high the largest value in that case
 * @param values how many there were
 */
public record Interval(double median, double low, double high, int values) {

    private static final double MISSED_ON_EACH_SIDE = 0.025;

    /** Of these values, in any order, of which there is at least one. */
    public static Interval of(Collection<Double> sample) {
        double[] sorted =
                sample.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int n = sorted.length;
        if (n == 0) {
            throw new IllegalArgumentException("nothing was measured");
        }
        BinomialDistribution below = BinomialDistribution.of(n, 0.5);
        // the r-th smallest and the r-th largest miss it with twice the probability that fewer than r are below
        int rank = 0;
        while (rank < n / 2 && below.cumulativeProbability(rank) <= MISSED_ON_EACH_SIDE) {
            rank++;
        }
        int first = Math.max(0, rank - 1);
        double median = n % 2 == 1 ? sorted[n / 2] : (sorted[n / 2 - 1] + sorted[n / 2]) / 2;
        return new Interval(median, sorted[first], sorted[n - 1 - first], n);
    }
}
