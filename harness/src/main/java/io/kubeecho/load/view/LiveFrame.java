package io.kubeecho.load.view;

import io.kubeecho.load.measure.Affinity;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Move;
import io.kubeecho.load.measure.PodFigures;
import io.kubeecho.load.measure.Quantiles;
import io.kubeecho.load.report.Words;
import io.kubeecho.output.PlainText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * A picture of a running load that fills a terminal; made for 80 columns and 24 rows, and never larger than it is told.
 */
public final class LiveFrame {

    private static final String BOLD = "\u001b[1m";
    private static final String DIM = "\u001b[2m";
    private static final String RED = "\u001b[1;31m";
    private static final String GREEN = "\u001b[32m";
    private static final String BLUE = "\u001b[34m";
    private static final String PLAIN = "\u001b[0m";

    private static final String SPARKS = "▁▂▃▄▅▆▇█";

    /** Rows besides those of the pods. */
    private static final int FIXED_ROWS = 17;

    private final Progress progress;
    private final Figures figures;
    private final int columns;
    private final int rows;
    private final List<String> lines = new ArrayList<>();

    private LiveFrame(Progress progress, int columns, int rows) {
        this.progress = progress;
        this.figures = progress.soFar();
        this.columns = columns;
        this.rows = rows;
    }

    /**
     * Draws it.
     *
     * @param columns at least 80 for a whole picture
     * @param rows at least 24 for a whole picture
     * @return the lines, with colours by ANSI sequences
     */
    public static List<String> of(Progress progress, int columns, int rows) {
        return new LiveFrame(progress, columns, rows).draw();
    }

    private List<String> draw() {
        head();
        rates();
        times();
        pods();
        foot();
        return lines.subList(0, Math.min(lines.size(), rows));
    }

    private void head() {
        String left = "kube-echo load  " + PlainText.inLine(progress.target());
        String right = String.format(
                Locale.ROOT,
                "%.0f s of %.0f s, %.0f s left",
                figures.seconds(),
                progress.planSeconds(),
                progress.secondsLeft());
        int room = columns - right.length() - 2;
        lines.add(BOLD + pad(cut(left, room), room) + PLAIN + "  " + right);
        lines.add(BLUE
                + bar(progress.share(), columns, '━')
                + PLAIN
                + DIM
                + "─".repeat(columns - width(progress.share(), columns))
                + PLAIN);
    }

    private void rates() {
        IntervalFigures last = progress.last();
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "%-10s%s%-12s%s of %s due",
                "rate",
                BOLD,
                Words.rate(last.rate()),
                PLAIN,
                Words.rate(last.due() / Math.max(1e-9, last.toSeconds() - last.fromSeconds()))));
        lines.add(pad("", 10) + GREEN + sparks() + PLAIN);
        String errors = Words.count(figures.errorCount());
        lines.add(String.format(
                Locale.ROOT,
                "%-10s%-12s %-8s%s%s (%s)%s",
                "answers",
                Words.count(figures.answered()),
                "errors",
                figures.errorCount() > 0 ? RED : "",
                errors,
                Words.percent(figures.errorShare()),
                figures.errorCount() > 0 ? PLAIN : ""));
        lines.add("");
    }

    private String sparks() {
        List<IntervalFigures> all = figures.intervals();
        int room = Math.max(1, columns - 12);
        List<IntervalFigures> shown = all.subList(Math.max(0, all.size() - room), all.size());
        double most = shown.stream().mapToDouble(IntervalFigures::rate).max().orElse(0);
        StringBuilder sparks = new StringBuilder();
        for (IntervalFigures i : shown) {
            int level = most == 0 ? 0 : (int) Math.round(i.rate() / most * (SPARKS.length() - 1));
            sparks.append(SPARKS.charAt(level));
        }
        return sparks.toString();
    }

    private void times() {
        lines.add(DIM + row("", "p50", "p90", "p99", "p99.9", "max") + PLAIN);
        times("last", progress.last().response());
        times("response", Quantiles.of(figures.response()));
        times("service", Quantiles.of(figures.service()));
        times("send lag", Quantiles.of(figures.lag()));
        lines.add("");
    }

    private void times(String name, Quantiles q) {
        lines.add(row(
                name,
                Words.time(q.p50()),
                Words.time(q.p90()),
                Words.time(q.p99()),
                Words.time(q.p999()),
                Words.time(q.max())));
    }

    private static String row(String name, String a, String b, String c, String d, String e) {
        return String.format(Locale.ROOT, "%-10s%12s%12s%12s%12s%12s", name, a, b, c, d, e);
    }

    private void pods() {
        List<PodFigures> byName = figures.pods().stream()
                .sorted(Comparator.comparing(PodFigures::pod))
                .toList();
        int room = Math.max(1, rows - FIXED_ROWS);
        // the last row says how many more there are, so it is lost to a pod
        int shown = byName.size() <= room ? byName.size() : room - 1;
        int longest = byName.stream()
                .limit(shown)
                .mapToInt(p -> name(p).length())
                .max()
                .orElse(0);
        int nameWidth = Math.min(Math.max(longest, 8), 32);
        int barWidth = Math.max(4, columns - nameWidth - 36);
        double most = byName.stream().mapToDouble(PodFigures::share).max().orElse(1);
        lines.add(DIM + pad("pod", nameWidth + barWidth + 2) + "requests  share  conns       p99" + PLAIN);
        byName.stream()
                .limit(shown)
                .forEach(p -> lines.add(String.format(
                        Locale.ROOT,
                        "%s %s%s%s %8s %6s %6s %9s",
                        pad(cut(name(p), nameWidth), nameWidth),
                        BLUE,
                        pad(bar(p.share() / Math.max(most, 1e-9), barWidth, '█'), barWidth),
                        PLAIN,
                        shortCount(p.requests()),
                        Words.percent(p.share()).replace(" ", ""),
                        shortCount(p.connections()),
                        Words.time(p.response().p99()))));
        if (shown < byName.size()) {
            lines.add(DIM + "and " + (byName.size() - shown) + " more pods" + PLAIN);
        }
    }

    private void foot() {
        while (lines.size() < rows - 3) {
            lines.add("");
        }
        Affinity.Findings f = figures.affinity();
        long violations = f.count(Move.Cause.VIOLATION);
        boolean bad = progress.affinityExpected() && violations > 0;
        lines.add(cut(
                String.format(
                        Locale.ROOT,
                        "%-10s%s%s %s%s of %s repeated; %s expired, %s gone, %s masked",
                        "affinity",
                        bad ? RED : "",
                        Words.count(violations),
                        progress.affinityExpected() ? "violations" : "moves (not expected to stay)",
                        bad ? PLAIN : "",
                        Words.count(f.revisits()),
                        Words.count(f.count(Move.Cause.EXPIRED)),
                        Words.count(f.count(Move.Cause.ENDPOINT_GONE)),
                        Words.count(f.count(Move.Cause.MASKED))),
                columns + (bad ? RED.length() + PLAIN.length() : 0)));
        lines.add(pad("source", 10)
                + (figures.census().connections() == 0
                        ? "no answer says which address it saw"
                        : "kept on " + Words.percent(figures.census().preservedShare()) + " of "
                                + Words.count(figures.census().connections()) + " connections"));
        lines.add(DIM + "Ctrl-C ends it, with the summary of what was measured" + PLAIN);
    }

    private static String name(PodFigures pod) {
        // a backend chooses its name; a terminal is not to obey it
        String name = PlainText.inLine(pod.pod());
        return name.isEmpty() ? "(does not say)" : name;
    }

    private static String shortCount(long n) {
        if (n < 100_000) {
            return Words.count(n);
        }
        return n < 10_000_000
                ? String.format(Locale.ROOT, "%,dk", n / 1_000)
                : String.format(Locale.ROOT, "%,dM", n / 1_000_000);
    }

    private static String bar(double share, int width, char with) {
        return String.valueOf(with).repeat(width(share, width));
    }

    private static int width(double share, int width) {
        return (int) Math.round(Math.max(0, Math.min(1, share)) * width);
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text : text + " ".repeat(width - text.length());
    }

    private static String cut(String text, int width) {
        return text.length() <= width ? text : text.substring(0, Math.max(0, width - 1)) + "…";
    }
}
