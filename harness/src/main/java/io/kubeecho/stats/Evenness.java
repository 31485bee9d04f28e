package io.kubeecho.stats;

import java.util.Collection;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/**
 * How evenly connections fell on the endpoints: a report, never a reason to FAIL, since Kubernetes promises no
 * uniformity.
 */
public sealed interface Evenness {

    /** The least expected count per cell at which Pearson's χ² approximation is taken to hold (Cochran 1954). */
    double LEAST_EXPECTED = 5;

    /**
     * @param chiSquared Pearson's statistic against the uniform distribution
     * @param degrees degrees of freedom, k-1
     * @param pValue the probability of at least this much unevenness from an even balancer
     * @param effect Cohen's w, √(χ²/N): how uneven it is, whatever the number; 0.1 is small, 0.3 medium, 0.5 large (Cohen,
     *     Statistical Power Analysis, 1988)
     */
    record Measured(double chiSquared, int degrees, double pValue, double effect) implements Evenness {}

    /** Too few connections to say anything. */
    record TooFew(double expectedPerEndpoint) implements Evenness {}

    /** @param counts connections of each endpoint, those with none included; at least two */
    static Evenness of(Collection<Long> counts) {
        if (counts.size() < 2) {
            throw new IllegalArgumentException("evenness compares at least two endpoints, not " + counts.size());
        }
        double total = counts.stream().mapToLong(Long::longValue).sum();
        double expected = total / counts.size();
        if (expected < LEAST_EXPECTED) {
            return new TooFew(expected);
        }
        double chiSquared = counts.stream()
                .mapToDouble(c -> (c - expected) * (c - expected) / expected)
                .sum();
        int degrees = counts.size() - 1;
        double pValue = ChiSquaredDistribution.of(degrees).survivalProbability(chiSquared);
        return new Measured(chiSquared, degrees, pValue, Math.sqrt(chiSquared / total));
    }
}
