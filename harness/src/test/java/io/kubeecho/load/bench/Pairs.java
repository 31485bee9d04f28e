package io.kubeecho.load.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * What was found by pairs of measurements that were taken one right after the other, so that what slows the machine for a
 * while slows both.
 *
 * @param sorted one number of each pair, such as its ratio; at least six: fewer give no interval of 95 %
 */
record Pairs(List<Double> sorted) {

    private static final double LEVEL = 0.95;

    Pairs {
        sorted = sorted.stream().sorted().toList();
        if (rank(sorted.size()) < 1) {
            throw new IllegalArgumentException(sorted.size() + " pairs are too few for an interval");
        }
    }

    /** The one in the middle. */
    double median() {
        int n = sorted.size();
        return (sorted.get((n - 1) / 2) + sorted.get(n / 2)) / 2;
    }

    /** The lower end of the median's interval, which has at least 95 % whatever the distribution: an order statistic. */
    double low() {
        return sorted.get(rank(sorted.size()) - 1);
    }

    /** The upper end. */
    double high() {
        return sorted.get(sorted.size() - rank(sorted.size()));
    }

    /** The largest r at which the r-th from below and the r-th from above hold the median with 95 %; 0 if there is none. */
    static int rank(int n) {
        BinomialDistribution below = BinomialDistribution.of(n, 0.5);
        int rank = 0;
        while (rank < n / 2 && 2 * below.cumulativeProbability(rank) <= 1 - LEVEL) {
            rank++;
        }
        return rank;
    }

    /** Prints the median of first to second of the pairs on standard input, {@code FIRST SECOND} on each line. */
    public static void main(String[] args) throws IOException {
        List<Double> ratios = new ArrayList<>();
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                double[] pair = Arrays.stream(line.strip().split("\\s+"))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                ratios.add(pair[0] / pair[1]);
            }
        }
        Pairs pairs = new Pairs(ratios);
        PrintStream out = System.out;
        out.printf(
                Locale.ROOT,
                "%.1f %% (95 %% interval %.1f to %.1f %%; %d pairs, from %.1f to %.1f %%)%n",
                pairs.median() * 100,
                pairs.low() * 100,
                pairs.high() * 100,
                ratios.size(),
                pairs.sorted().get(0) * 100,
                pairs.sorted().get(ratios.size() - 1) * 100);
    }
}
