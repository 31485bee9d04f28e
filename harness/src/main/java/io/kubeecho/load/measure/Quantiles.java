package io.kubeecho.load.measure;

import org.HdrHistogram.AbstractHistogram;

/**
 * The shape of a distribution of times, in nanoseconds; all 0 where nothing was recorded.
 *
 * @param count how many values
 */
public record Quantiles(
        long count, double mean, long p50, long p75, long p90, long p95, long p99, long p999, long p9999, long max) {

    public static Quantiles of(AbstractHistogram h) {
        if (h.getTotalCount() == 0) {
            return new Quantiles(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
        }
        return new Quantiles(
                h.getTotalCount(),
                h.getMean(),
                h.getValueAtPercentile(50),
                h.getValueAtPercentile(75),
                h.getValueAtPercentile(90),
                h.getValueAtPercentile(95),
                h.getValueAtPercentile(99),
                h.getValueAtPercentile(99.9),
                h.getValueAtPercentile(99.99),
                h.getMaxValue());
    }
}
