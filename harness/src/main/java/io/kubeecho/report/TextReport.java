package io.kubeecho.report;

import static java.util.stream.Collectors.joining;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.output.PlainText;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

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
        return simulation(report.lab()).map(line -> line + "%n".formatted()).orElse("")
                + "kube-echo %s: %s lab, %s, %s; T = %s, seed %d%n%n"
                        .formatted(
                                report.kubeEcho(),
                                report.lab().lab(),
                                PlainText.inLine(report.lab().dataPlane()),
                                PlainText.inLine(report.lab().version()),
                                exact(report.timing().affinityTimeout()),
                                report.seed());
    }

    /** What must not be overlooked about a lab; empty for a real cluster. */
    public static Optional<String> simulation(Lab.Description lab) {
        return lab.kind() == Lab.Kind.SIMULATION
                ? Optional.of("SIMULATION: the %s lab is a model in this process, and says nothing about any cluster"
                        .formatted(lab.lab()))
                : Optional.empty();
    }

    private static String exact(Duration duration) {
        return duration.toMillis() % 100 == 0 ? seconds(duration) : duration.toMillis() + " ms";
    }

    private static String row(ScenarioResult r) {
        return ROW.formatted(r.id(), word(r.verdict()), seconds(r.took()), r.connections(), PlainText.inLine(r.seen()));
    }

    private static boolean needsAttention(ScenarioResult r) {
        return r.verdict() == Verdict.FAIL
                || r.verdict() == Verdict.INCONCLUSIVE
                || !r.meaning().isEmpty();
    }

    private static String paragraph(ScenarioResult r) {
        return "%n%s %s: %s%n  expected  %s%n  seen      %s%n"
                        .formatted(word(r.verdict()), r.id(), r.title(), r.expected(), PlainText.inLine(r.seen()))
                + (r.meaning().isEmpty() ? "" : "  meaning   %s%n".formatted(PlainText.inLine(r.meaning())));
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
