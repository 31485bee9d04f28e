package io.kubeecho.stats;

import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * The thresholds of every statistical verdict, derived from the number of endpoints and one bound on both errors: a
 * correct data plane that FAILs, and one with the fault that PASSes.
 *
 * <p>A balancer that picks at random, independently and evenly, is the model on both sides: it is what kube-proxy does
 * (iptables: {@code -m statistic --mode random}; nftables: {@code numgen random}), and what a data plane without the
 * rule under test falls back to.
 *
 * @param errorBound above 0 and below 1; {@link #ERROR_BOUND} unless a test says otherwise
 */
public record Thresholds(double errorBound) {

    /** The bound on each of the two errors of a verdict. */
    public static final double ERROR_BOUND = 1e-6;

    public Thresholds {
        if (!(errorBound > 0 && errorBound < 1)) {
            throw new IllegalArgumentException("an error bound lies between 0 and 1, not at " + errorBound);
        }
    }

    public static Thresholds standard() {
        return new Thresholds(ERROR_BOUND);
    }

    /**
     * Connections of one affinity entry until "always the same pod" is more than luck: a random balancer does it with
     * probability k^-(N-1).
     */
    public Threshold samePod(int endpoints) {
        requireChoice(endpoints);
        return least(
                "a balancer that ignores affinity stays on one of %d pods with k^-(N-1)".formatted(endpoints),
                n -> Math.pow(endpoints, -(n - 1.0)));
    }

    /**
     * Connections without affinity until every endpoint must have been seen: one of them is missed by a correct balancer
     * with probability at most k(1-1/k)^N.
     *
     * @param groups how many groups of N connections must each see all, as from several clients
     */
    public Threshold allSeen(int endpoints, int groups) {
        requirePositive(endpoints);
        requirePositive(groups);
        return least(
                "a random balancer misses one of %d pods in one of %d groups with at most g k(1-1/k)^N"
                        .formatted(endpoints, groups),
                n -> groups * endpoints * Math.pow(1 - 1.0 / endpoints, n));
    }

    /** Independent affinity entries until they must have spread: all on one pod has probability k^(1-n). */
    public Threshold spread(int endpoints) {
        requireChoice(endpoints);
        return least(
                "independent entries all land on one of %d pods with k^(1-n)".formatted(endpoints),
                n -> Math.pow(endpoints, 1.0 - n));
    }

    /**
     * Services, each with several clients, until clients must have been told apart: on each of M Services all its clients
     * are on one pod with probability k^-M(c-1).
     *
     * @param clients of each Service, at least two
     */
    public Threshold toldApart(int endpoints, int clients) {
        requireChoice(endpoints);
        if (clients < 2) {
            throw new IllegalArgumentException("with " + clients + " client there is nobody to be told apart from");
        }
        return least(
                "%d clients of each of M Services share one of %d pods with k^-M(c-1)".formatted(clients, endpoints),
                n -> Math.pow(endpoints, -n * (clients - 1.0)));
    }

    /**
     * Entries that are probed once around the timeout. Those that were picked again all come back to their old pod with
     * probability k^-R: a correct expiry that looks like none, or an early one that goes unseen.
     */
    public Threshold repicks(int endpoints) {
        requireChoice(endpoints);
        return least(
                "entries that are picked again all return to their old pod, of %d, with k^-R".formatted(endpoints),
                n -> Math.pow(endpoints, -(double) n));
    }

    /**
     * Connections until a balancer that should stay among some of the endpoints, and picks among all, is found out: it
     * stays among them by luck with probability (allowed/k)^N.
     *
     * @param allowed how many of the endpoints may answer, fewer than there are
     */
    public Threshold only(int allowed, int endpoints) {
        requirePositive(allowed);
        if (allowed >= endpoints) {
            throw new IllegalArgumentException("only " + allowed + " of " + endpoints + " endpoints forbids nothing");
        }
        return least(
                "a balancer over all %d pods stays on the %d allowed with (allowed/k)^N".formatted(endpoints, allowed),
                n -> Math.pow((double) allowed / endpoints, n));
    }

    /**
     * Attempts until a front end that should answer nobody, and lets one in k through, is found out. A balancer that
     * forwards to every endpoint answers at once; one in k is the least leak a single wrongly installed rule makes.
     */
    public Threshold noneAnswered(int endpoints) {
        requireChoice(endpoints);
        return least(
                "a front end that lets one in %d connections through answers none with (1-1/k)^N".formatted(endpoints),
                n -> Math.pow(1 - 1.0 / endpoints, n));
    }

    private Threshold least(String reason, IntToDoubleFunction errorAfter) {
        int n = 1;
        while (errorAfter.applyAsDouble(n) > errorBound) {
            n++;
        }
        double error = errorAfter.applyAsDouble(n);
        return new Threshold(n, String.format(Locale.ROOT, "%s: %.1e at %d", reason, error, n), error);
    }

    private static void requireChoice(int endpoints) {
        if (endpoints < 2) {
            throw new IllegalArgumentException("with " + endpoints + " endpoint there is no choice to observe");
        }
    }

    private static void requirePositive(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("needs at least one, not " + count);
        }
    }
}
