package io.kubeecho.bench.report;

import io.kubeecho.bench.report.Figure.Goal;
import io.kubeecho.bench.stats.Interval;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The figures that have a goal as one drawing in SVG: each as a share of what is required, so that all fit one axis; a
 * dot for the median, a line for its interval, and a mark for the stretch goal.
 */
public final class Plot {

    private static final int ROW = 30;
    private static final int TOP = 70;
    private static final int BOTTOM = 40;
    private static final int LABELS = 450;
    private static final int AXIS = 460;
    private static final int VALUES = 170;
    private static final double END = 1.4;

    private Plot() {}

    /**
     * Draws.
     *
     * @param last the run before, as hollow dots; null where there is none
     */
    public static String of(Results results, @Nullable Results last) {
        List<Figure> figures = results.figures().stream()
                .filter(figure -> figure.goal() != null)
                .toList();
        int height = TOP + ROW * figures.size() + BOTTOM;
        int width = LABELS + AXIS + VALUES;
        StringBuilder svg = new StringBuilder();
        svg.append(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\""
                        + " font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">%n",
                width,
                height,
                width,
                height));
        svg.append("<title>Benchmarks as shares of what is required</title>\n");
        svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
        text(
                svg,
                14,
                26,
                "start",
                "font-size=\"16\" font-weight=\"bold\"",
                "kube-echo: measured, as a share of what is required");
        text(
                svg,
                14,
                46,
                "start",
                "fill=\"#555\"",
                "dot: median; line: its 95 % interval; triangle: stretch goal; hollow dot: the run before; less is better");
        for (double at = 0; at <= END + 1e-9; at += 0.2) {
            boolean bound = Math.abs(at - 1) < 1e-9;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"%s\"/>%n",
                    x(at),
                    x(at),
                    TOP - 6,
                    height - BOTTOM,
                    bound ? "#b3261e" : "#e4e4e4",
                    bound ? "1.5" : "1"));
            text(
                    svg,
                    x(at),
                    height - BOTTOM + 18,
                    "middle",
                    bound ? "fill=\"#b3261e\"" : "fill=\"#555\"",
                    bound ? "required" : String.format(Locale.ROOT, "%.0f %%", at * 100));
        }
        for (int row = 0; row < figures.size(); row++) {
            Figure figure = figures.get(row);
            draw(
                    svg,
                    figure,
                    TOP + ROW * row + ROW / 2,
                    last == null ? null : last.figure(figure.id()).orElse(null));
        }
        return svg.append("</svg>\n").toString();
    }

    private static void draw(StringBuilder svg, Figure figure, int y, @Nullable Figure before) {
        Interval now = figure.interval();
        Goal goal = Objects.requireNonNull(figure.goal(), "only figures with a goal are drawn");
        double unit = goal.required();
        boolean met = now.median() <= unit;
        String colour = met ? "#00629b" : "#b3261e";
        text(svg, LABELS - 14, y + 4, "end", "", figure.title());
        double stretch = x(goal.stretch() / unit);
        svg.append(
                String.format(Locale.ROOT, "<path d=\"M%.1f %d l5 -8 h-10 z\" fill=\"#6d6d6d\"/>%n", stretch, y - 4));
        if (before != null) {
            svg.append(String.format(
                    Locale.ROOT,
                    "<circle cx=\"%.1f\" cy=\"%d\" r=\"6\" fill=\"none\" stroke=\"#6d6d6d\"/>%n",
                    x(before.interval().median() / unit),
                    y));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<line x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"3\"/>%n",
                x(now.low() / unit),
                x(now.high() / unit),
                y,
                y,
                colour));
        svg.append(String.format(
                Locale.ROOT,
                "<circle cx=\"%.1f\" cy=\"%d\" r=\"4.5\" fill=\"%s\"/>%n",
                x(now.median() / unit),
                y,
                colour));
        text(
                svg,
                LABELS + AXIS + 14,
                y + 4,
                "start",
                "fill=\"" + colour + "\"",
                Table.number(now.median()) + " of " + Table.number(unit)
                        + (figure.unit().isEmpty() ? "" : " " + figure.unit()) + (met ? "" : ", missed"));
    }

    private static double x(double share) {
        return LABELS + AXIS * Math.min(share, END) / END;
    }

    private static void text(StringBuilder svg, double x, int y, String anchor, String attributes, String text) {
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\" %s>%s</text>%n",
                x,
                y,
                anchor,
                attributes,
                text.replace("&", "&amp;").replace("<", "&lt;")));
    }
}
