package io.kubeecho.load.view;

import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Move;
import io.kubeecho.load.report.Words;
import java.util.Locale;

/** One interval in one line, where no terminal shows a picture. */
public final class PlainLine {

    private PlainLine() {}

    public static String of(Progress progress) {
        IntervalFigures i = progress.last();
        long masked = progress.soFar().affinity().count(Move.Cause.MASKED);
        return String.format(
                Locale.ROOT,
                "%6.1fs %9s  p50 %s  p99 %s  max %s  errors %s  pods %d  %s %s%s",
                i.toSeconds(),
                Words.rate(i.rate()),
                Words.time(i.response().p50()),
                Words.time(i.response().p99()),
                Words.time(i.response().max()),
                Words.count(i.errorCount()),
                i.requestsByPod().keySet().stream()
                        .filter(pod -> !pod.isEmpty())
                        .count(),
                progress.affinityExpected() ? "violations" : "moves",
                Words.count(
                        progress.affinityExpected()
                                ? progress.soFar().affinity().count(Move.Cause.VIOLATION)
                                : progress.soFar().affinity().total()),
                masked > 0 && progress.affinityExpected() ? " or more (" + Words.count(masked) + " masked)" : "");
    }
}
