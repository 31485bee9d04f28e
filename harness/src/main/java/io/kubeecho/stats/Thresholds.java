package io.kubeecho.stats;

import java.util.Locale;
import java.util.function.IntToDoubleFunction;
import org.apache.commons.statistics.distribution.BinomialDistribution;

/**
 * The thresholds of every statistical verdict, derived from the number of endpoints and one bound on both errors: a
 * correct data plane that FAILs, and one with the fault that PASSes.
 *
 * <p>A balancer that picks at random, independently and evenly, is the model on both sides: it is what kube-proxy does
 * (iptables: {@code -m statistic --mode random}; nftables: {@code numgen random}), and what a data plane without the
 * rule under test falls back to.
 *
 * @param errorBound above 0 and below 1; {@link #ERROR_BOUND} unless a test says otherwise
 * @param power how small a defect is to be found
 */
public record Thresholds(double errorBound, Power power) {

    /** That a run FAILs a correct data plane, and that a verdict PASSes one with the defect it is to find. */
    public static final double ERROR_BOUND = 1e-6;

    /**
     * More decisions that luck may spoil than a run takes, so that each gets so small a part of the bound that the whole
     * run's false alarm stays below it (Bonferroni).
     */
    public static final int DECISIONS = 1000;

    /** What Kubernetes leaves to the network: an answer may be missing for this share of connections. */
    public static final double PERMITTED_LOSS = 0.002;

    /** The least weight that a pod may have and still has to be reached, as a part of its even share. */
    public static final double LEAST_WEIGHT = 0.25;

    public Thresholds(double errorBound) {
        this(errorBound, Power.DEFAULT);
    }

    public Thresholds {
        if (!(errorBound > 0 && errorBound < 1)) {
            throw new IllegalArgumentException("an error bound lies between 0 and 1, not at " + errorBound);
        }
    }

    public static Thresholds standard() {
        return of(Power.DEFAULT);
    }

    public static Thresholds of(Power power) {
        return new Thresholds(ERROR_BOUND, power);
    }

    /** The bound on one decision's part of the run's false alarm. */
    public double falseAlarm() {
        return errorBound / DECISIONS;
    }

    /**
     * New connections of clients that have a pod until affinity that is lost for a share of them shows: a client that was
     * forgotten is on another pod with probability 1-1/k.
     *
     * @param share above 0 and at most 1
     */
    public Threshold transitions(int endpoints, double share) {
        requireChoice(endpoints);
        requireShare(share);
        return least(
                "affinity that is lost for %s of new connections to %d pods shows in none with (1-q(1-1/k))^N"
                        .formatted(percent(share), endpoints),
                share * (1 - 1.0 / endpoints));
    }

    /**
     * Connections until what goes wrong for a share of them has gone wrong for one.
     *
     * @param share above 0 and at most 1
     */
    public Threshold shows(double share) {
        requireShare(share);
        return least(
                "what goes wrong for %s of connections does in none with (1-q)^N".formatted(percent(share)), share);
    }

    /**
     * Choices until a pod that nobody was sent to is none that has {@link #LEAST_WEIGHT} of its even share: one of them is
     * missed with at most k(1-w/k)^N.
     */
    public Threshold everyPodReached(int endpoints) {
        requirePositive(endpoints);
        double alarm = falseAlarm();
        int n = 1;
        while (missed(endpoints, n) > alarm) {
            n++;
        }
        return new Threshold(
                n,
                String.format(
                        Locale.ROOT,
                        "one of %d pods that get a %s of their even share is missed with at most k(1-w/k)^N: %.1e at %d",
                        endpoints,
                        "quarter",
                        missed(endpoints, n),
                        n),
                missed(endpoints, n));
    }

    private double missed(int endpoints, int n) {
        return missed(endpoints, 1, n);
    }

    /**
     * The probability, at most, that so many of the pods get none of so many independent choices, each pod having
     * {@link #LEAST_WEIGHT} of its even share at least.
     *
     * @param missing how many get none, 1..endpoints
     */
    public double missed(int endpoints, int missing, long choices) {
        double sets = 1;
        for (int i = 0; i < missing; i++) {
            sets *= (endpoints - i) / (i + 1.0);
        }
        return sets * Math.pow(1 - missing * LEAST_WEIGHT / endpoints, (double) choices);
    }

    /** Whether so many unanswered connections are more than {@link #PERMITTED_LOSS} explains. */
    public boolean isBeyondLoss(long unanswered, long connections) {
        return unanswered > 0
                && BinomialDistribution.of(Math.toIntExact(connections), PERMITTED_LOSS)
                                .survivalProbability(Math.toIntExact(unanswered) - 1)
                        <= falseAlarm();
    }

    /** Whether so few of those who came back after their affinity had ended are on another pod that it has not ended. */
    public boolean isTooFewMoved(long moved, long visits, int endpoints) {
        requireChoice(endpoints);
        return BinomialDistribution.of(Math.toIntExact(visits), 1 - 1.0 / endpoints)
                        .cumulativeProbability(Math.toIntExact(moved))
                <= falseAlarm();
    }

    /**
     * Return visits through each node until those of one that forgets only half of its clients are too few that moved.
     */
    public Threshold expiries(int endpoints) {
        requireChoice(endpoints);
        double moves = 1 - 1.0 / endpoints;
        int n = 1;
        while (missesHalf(n, endpoints, moves) > errorBound) {
            n++;
        }
        double error = missesHalf(n, endpoints, moves);
        return new Threshold(
                n,
                String.format(
                        Locale.ROOT,
                        "moved ~ Binomial(n, 1-1/k) through each node; of one that forgets half of its clients more move than a right one's fewest with %.1e at %d",
                        error,
                        n),
                error);
    }

    /** The probability that a node which forgets half of its clients is taken for a right one. */
    private double missesHalf(int n, int endpoints, double moves) {
        int critical = BinomialDistribution.of(n, moves).inverseCumulativeProbability(falseAlarm()) - 1;
        return critical < 0 || !isTooFewMoved(critical, n, endpoints)
                ? 1
                : BinomialDistribution.of(n, moves / 2).survivalProbability(critical);
    }

    private Threshold least(String reason, double seenInOne) {
        int n = (int) Math.ceil(Math.log(errorBound) / Math.log1p(-Math.min(seenInOne, 1 - 1e-12)));
        double error = Math.pow(1 - seenInOne, n);
        return new Threshold(n, String.format(Locale.ROOT, "%s: %.1e at %d", reason, error, n), error);
    }

    /** As "1 %" or "0.1 %". */
    public static String percent(double share) {
        String text = String.format(Locale.ROOT, "%.3f", share * 100);
        return text.replaceAll("\\.?0+$", "") + " %";
    }

    private static void requireShare(double share) {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException("a share lies above 0 and is at most 1, not " + share);
        }
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
