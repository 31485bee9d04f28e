package io.kubeecho.load.report;

import static java.util.stream.Collectors.joining;

import io.kubeecho.load.drive.GeneratorFigures;
import io.kubeecho.load.measure.Affinity;
import io.kubeecho.load.measure.Balance;
import io.kubeecho.load.measure.Census;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.Move;
import io.kubeecho.load.measure.PodFigures;
import io.kubeecho.load.measure.Quantiles;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/** A load as people read it in a terminal, at most 80 columns wide where names allow it. */
public final class TextSummary {

    /** More pods are added up in one row. */
    private static final int MOST_PODS = 40;

    private static final int MOST_CENSUS_ROWS = 5;

    private final LoadReport report;
    private final Figures figures;
    private final StringBuilder text = new StringBuilder();

    private TextSummary(LoadReport report) {
        this.report = report;
        this.figures = report.result().figures();
    }

    public static String of(LoadReport report) {
        return new TextSummary(report).write();
    }

    private String write() {
        head();
        times();
        pods();
        connections();
        affinity();
        census();
        errors();
        figures.rollout().ifPresent(r -> text.append(RolloutText.of(r, figures.longestGap())));
        generator();
        objectives();
        return text.toString();
    }

    private void head() {
        line(
                "%s answers in %.1f s: %s of %s due%s",
                Words.count(figures.answered()),
                figures.seconds(),
                Words.rate(figures.rate()),
                Words.rate(figures.dueRate()),
                report.result().interrupted() ? "; ended early" : "");
    }

    private void times() {
        line("");
        line("%-14s %9s %9s %9s %9s %9s %9s", "", "p50", "p90", "p99", "p99.9", "max", "mean");
        times("response time", Quantiles.of(figures.response()));
        times("service time", Quantiles.of(figures.service()));
        if (figures.connect().count() > 0) {
            times("connect", figures.connect());
        }
        times("send lag", Quantiles.of(figures.lag()));
    }

    private void times(String name, Quantiles q) {
        line(
                "%-14s %9s %9s %9s %9s %9s %9s",
                name,
                Words.time(q.p50()),
                Words.time(q.p90()),
                Words.time(q.p99()),
                Words.time(q.p999()),
                Words.time(q.max()),
                Words.time(Math.round(q.mean())));
    }

    private void pods() {
        int width =
                figures.pods().stream().mapToInt(p -> name(p).length()).max().orElse(3);
        String name = "%-" + Math.max(width, 14) + "s";
        line("");
        line(
                name + " %9s %6s %6s %9s %9s %6s %6s %6s",
                "pod",
                "requests",
                "share",
                "conns",
                "p50",
                "p99",
                "errors",
                "first",
                "last");
        figures.pods().stream()
                .sorted(Comparator.comparing(PodFigures::pod))
                .limit(MOST_PODS)
                .forEach(p -> line(
                        name + " %9s %6s %6s %9s %9s %6s %6s %6s",
                        name(p),
                        Words.count(p.requests()),
                        Words.percent(p.share()).replace(" ", ""),
                        Words.count(p.connections()),
                        Words.time(p.response().p50()),
                        Words.time(p.response().p99()),
                        Words.count(p.errors()),
                        second(p.firstSeen()),
                        second(p.lastSeen())));
        if (figures.pods().size() > MOST_PODS) {
            line("... and %d more pods", figures.pods().size() - MOST_PODS);
        }
        if (figures.podCount() == 0 && figures.answered() > 0) {
            line("no answer said which pod it came from; see --identity");
        }
    }

    private static String name(PodFigures pod) {
        return pod.pod().isEmpty() ? "(does not say)" : pod.pod();
    }

    private void connections() {
        line("");
        line(
                "connections  %s used, %s opened while measuring, %s closed by the target",
                Words.count(figures.connectionsUsed()),
                Words.count(figures.connections()),
                Words.count(figures.closedByTarget()));
        if (figures.sentAgain() > 0) {
            line(
                    "sent again   %s, which the target said it had not processed, on new connections",
                    figures.sentAgain() == 1 ? "1 request" : Words.count(figures.sentAgain()) + " requests");
        }
        if (figures.balance() instanceof Balance.Measured m) {
            line(
                    "evenness     of %s %s: χ² %.1f (%d d.f.), p %s; Cramér's V %.3f; max/min %s",
                    Words.count(m.count()),
                    m.draw().plural(),
                    m.test().chiSquared(),
                    m.test().degrees(),
                    probability(m.test().pValue()),
                    m.cramersV(),
                    Double.isInfinite(m.maxToMin()) ? "∞" : String.format(Locale.ROOT, "%.2f", m.maxToMin()));
        } else if (figures.balance() instanceof Balance.Refused refused) {
            line("evenness     not computed: %s", refused.why());
        }
    }

    private static String probability(double p) {
        return p < 0.0001 ? "< 0.0001" : String.format(Locale.ROOT, "%.4f", p);
    }

    private void affinity() {
        Affinity.Findings f = figures.affinity();
        if (f.sharedSources() > 0) {
            line(
                    "affinity     not judged for %s, from which several shards send",
                    f.sharedSources() == 1 ? "1 source" : Words.count(f.sharedSources()) + " sources");
        } else if (f.revisits() == 0) {
            line("affinity     not observed: no source opened a second connection");
        }
        if (f.revisits() == 0) {
            return;
        }
        long open = f.count(Move.Cause.MASKED);
        line(
                "affinity     %s%s %s, on %s repeated connections of %s%n             %s, %s, %s, %s",
                report.affinity().expected() && open > 0 ? "not measured: at least " : "",
                Words.count(f.count(Move.Cause.VIOLATION)),
                report.affinity().expected() ? "violations" : "moves (none is forbidden)",
                Words.count(f.revisits()),
                f.sources() == 1 ? "1 source" : Words.count(f.sources()) + " sources",
                Words.count(f.count(Move.Cause.EXPIRED)) + " expired",
                Words.count(f.count(Move.Cause.ENDPOINT_GONE)) + " endpoint gone",
                Words.count(f.count(Move.Cause.MASKED)) + " masked",
                Words.count(f.count(Move.Cause.UNDECIDED)) + " undecided");
    }

    private void census() {
        Census c = figures.census();
        if (c.connections() == 0) {
            line("source       no answer says which address it saw");
            return;
        }
        line(
                "source       kept on %s of %s connections",
                Words.percent(c.preservedShare()), Words.count(c.connections()));
        if (c.preserved() < c.connections()) {
            c.rows().stream()
                    .filter(r -> !r.sentFrom().equals(r.seenAs()))
                    .limit(MOST_CENSUS_ROWS)
                    .forEach(r -> line(
                            "             %s was seen as %s on %s",
                            r.sentFrom(), r.seenAs(), Words.count(r.connections())));
        }
    }

    private void errors() {
        if (figures.errorCount() == 0) {
            line("errors       none");
        } else {
            line(
                    "errors       %s (%s): %s",
                    Words.count(figures.errorCount()),
                    Words.percent(figures.errorShare()),
                    figures.errors().entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(e ->
                                    Words.count(e.getValue()) + " " + e.getKey().text())
                            .collect(joining(", ")));
            report.result().lastFailure().ifPresent(last -> line("             last: %s", last));
        }
        line(
                "longest gap  %s without a good answer, from %s",
                Words.time(Math.round(figures.longestGap().seconds() * 1e9)),
                second(figures.longestGap().fromSeconds()));
    }

    private void generator() {
        GeneratorFigures g = report.result().generator();
        line(
                "generator    busiest event loop %s, machine %s; jitter p99 %s, max %s; GC %s",
                Words.percent(g.busiestLoop()).replace(" ", ""),
                g.machineBusy() < 0 ? "?" : Words.percent(g.machineBusy()).replace(" ", ""),
                Words.time(g.jitter().p99()),
                Words.time(g.jitter().max()),
                Words.time(Math.round(g.gcSeconds() * 1e9)));
        g.notes().forEach(note -> line("note         %s", note));
        g.limits().forEach(limit -> line("LIMIT        %s", limit));
        if (g.wasTheLimit()) {
            line("             so these figures say more about the generator than about the target");
        }
    }

    private void objectives() {
        report.judgements()
                .forEach(j -> line(
                        "%-12s %s: %s",
                        Judgements.word(j).replace('-', ' ').toUpperCase(Locale.ROOT),
                        j.objective().text(),
                        Judgements.measured(j)));
    }

    private static String second(double seconds) {
        return String.format(Locale.ROOT, "%.1fs", seconds);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
