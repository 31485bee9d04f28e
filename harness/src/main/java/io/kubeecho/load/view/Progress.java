package io.kubeecho.load.view;

import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.IntervalFigures;

/**
 * How far a load has come.
 *
 * @param target what is loaded, in a few words
 * @param planSeconds how long it is to take
 * @param planCount how many requests at most
 * @param affinityExpected whether moves within the timeout are violations
 */
public record Progress(
        String target,
        double planSeconds,
        long planCount,
        boolean affinityExpected,
        IntervalFigures last,
        Figures soFar) {

    /** 0 to 1, by time or count, whichever is nearer to its end. */
    public double share() {
        double byTime = soFar.seconds() / planSeconds;
        double byCount = soFar.due() / (double) planCount;
        return Math.min(1, Math.max(byTime, byCount));
    }

    /** Seconds that are left at the pace so far. */
    public double secondsLeft() {
        double share = share();
        return share <= 0 ? planSeconds : Math.max(0, soFar.seconds() * (1 - share) / share);
    }
}
