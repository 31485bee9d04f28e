package io.kubeecho.report;

import static java.util.stream.Collectors.joining;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** A run as people read it: one row for each scenario, and a paragraph for each that needs attention. */
public final class TextReport {

    private static final String ROW = "%-9s  %-15s  %7s  %5s  %s%n";

    private TextReport() {}

    public static String of(RunReport report) {
        StringBuilder text = new StringBuilder();
        text.append(head(report));
        text.append(ROW.formatted("SCENARIO", "VERDICT", "TIME", "CONNS", "SEEN"));
        report.results().forEach(r -> text.append(row(r)));
        report.results().stream().filter(TextReport::needsAttention).forEach(r -> text.append(paragraph(r)));
        text.append("%n%s in %s%n".formatted(summary(report), seconds(report.took())));
        return text.toString();
    }

    private static String head(RunReport report) {
        return "kube-echo %s: %s lab, %s, %s; T = %s, seed %d%n%n"
                .formatted(
                        report.kubeEcho(),
                        report.lab().lab(),
                        report.lab().dataPlane(),
                        report.lab().version(),
                        seconds(report.timing().affinityTimeout()),
                        report.seed());
    }

    private static String row(ScenarioResult r) {
        return ROW.formatted(r.id(), word(r.verdict()), seconds(r.took()), r.connections(), r.seen());
    }

    private static boolean needsAttention(ScenarioResult r) {
        return r.verdict() == Verdict.FAIL || r.verdict() == Verdict.INCONCLUSIVE;
    }

    private static String paragraph(ScenarioResult r) {
        return "%n%s %s: %s%n  expected  %s%n  seen      %s%n"
                        .formatted(word(r.verdict()), r.id(), r.title(), r.expected(), r.seen())
                + (r.meaning().isEmpty() ? "" : "  meaning   %s%n".formatted(r.meaning()));
    }

    private static String summary(RunReport report) {
        return Arrays.stream(Verdict.values())
                .filter(v -> report.count(v) > 0)
                .map(v -> report.count(v) + " " + word(v))
                .collect(joining(", "));
    }

    /** A verdict as it is written everywhere, KNOWN-DEVIATION with its hyphen. */
    public static String word(Verdict verdict) {
        return verdict.name().replace('_', '-');
    }

    public static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1000.0);
    }
}
