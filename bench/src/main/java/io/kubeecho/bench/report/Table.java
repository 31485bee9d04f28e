package io.kubeecho.bench.report;

import io.kubeecho.bench.report.Figure.Goal;
import io.kubeecho.bench.stats.Interval;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A run as tables in Markdown: the figures with a goal, all others, and the conditions. */
public final class Table {

    private Table() {}

    /**
     * Makes the tables.
     *
     * @param last the run before, whose medians stand beside the new ones; null where there is none
     */
    public static String of(Results results, @Nullable Results last) {
        StringBuilder text = new StringBuilder();
        text.append("| figure | required | stretch | measured | 95 % interval | n | | last | new / last |\n");
        text.append("|---|--:|--:|--:|--:|--:|---|--:|--:|\n");
        results.figures().stream()
                .filter(figure -> figure.goal() != null)
                .forEach(figure -> text.append(row(figure, last)));
        text.append("\n| for information | | | measured | 95 % interval | n | | last | new / last |\n");
        text.append("|---|--:|--:|--:|--:|--:|---|--:|--:|\n");
        results.figures().stream()
                .filter(figure -> figure.goal() == null)
                .forEach(figure -> text.append(row(figure, last)));
        text.append("\n| conditions | ").append(results.began()).append(" |\n|---|---|\n");
        for (Map.Entry<String, String> condition : results.conditions().entrySet()) {
            text.append("| ")
                    .append(condition.getKey())
                    .append(" | ")
                    .append(condition.getValue())
                    .append(" |\n");
        }
        return text.toString();
    }

    private static String row(Figure figure, @Nullable Results last) {
        Interval now = figure.interval();
        Goal goal = figure.goal();
        Optional<Interval> before =
                last == null ? Optional.empty() : last.figure(figure.id()).map(Figure::interval);
        String unit = figure.unit().isEmpty() ? "" : " " + figure.unit();
        return "| " + figure.title()
                + " | " + (goal == null ? "" : number(goal.required()) + unit)
                + " | " + (goal == null ? "" : number(goal.stretch()) + unit)
                + " | " + number(now.median()) + unit
                + " | " + (now.values() == 1 ? "" : number(now.low()) + " to " + number(now.high()))
                + " | " + now.values()
                + " | " + (goal == null ? "" : verdict(now, goal))
                + " | " + before.map(b -> number(b.median()) + unit).orElse("")
                + " | " + before.map(b -> change(now, b)).orElse("")
                + " |\n";
    }

    private static String verdict(Interval interval, Goal goal) {
        if (interval.median() <= goal.stretch()) {
            return "stretch";
        }
        return interval.median() <= goal.required() ? "met" : "**missed**";
    }

    /** The ratio to the last run, marked where the two intervals have nothing in common. */
    private static String change(Interval now, Interval before) {
        String ratio = String.format(Locale.ROOT, "%.2f", now.median() / before.median());
        return now.low() > before.high()
                ? "**" + ratio + " worse**"
                : now.high() < before.low() ? ratio + " better" : ratio;
    }

    /** Three significant digits, without an exponent. */
    static String number(double value) {
        double size = Math.abs(value);
        int decimals = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
