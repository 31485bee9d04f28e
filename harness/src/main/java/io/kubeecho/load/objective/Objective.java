package io.kubeecho.load.objective;

import io.kubeecho.load.measure.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One thing that a load is expected to reach, such as {@code p99<50ms}.
 *
 * @param wanted in the unit of the measure: nanoseconds, 0 to 1, or a number
 * @param text as it was written, without spaces
 */
public record Objective(Measure measure, Comparison comparison, double wanted, String text) {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9.-]+");
    private static final Pattern VALUE = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,9})?)(ns|us|µs|ms|s|%|/s)?");

    /**
     * Reads objectives, one after the other with commas between them.
     *
     * @throws IllegalArgumentException if one is not understood; the message says which and why
     */
    public static List<Objective> parse(String list) {
        List<Objective> objectives = new ArrayList<>();
        for (String item : list.split(",", -1)) {
            objectives.add(one(item.replaceAll("\\s+", "")));
        }
        return objectives;
    }

    private static Objective one(String text) {
        Matcher name = NAME.matcher(text);
        if (!name.lookingAt()) {
            throw bad(text, text.isEmpty() ? "it is empty" : "it does not begin with the name of a measure");
        }
        String rest = text.substring(name.end());
        Comparison comparison = Comparison.at(rest)
                .orElseThrow(() -> bad(text, "after '" + name.group() + "' comes none of <, <=, >, >=, ==, !="));
        String valueText = rest.substring(comparison.sign().length());
        Matcher value = VALUE.matcher(valueText);
        if (!value.matches()) {
            throw bad(text, "'" + valueText + "' is not a number with or without a unit");
        }
        String unit = value.group(2) == null ? "" : value.group(2);
        Measure measure;
        try {
            measure = Measure.named(name.group(), unit.equals("%"));
        } catch (IllegalArgumentException e) {
            throw bad(text, String.valueOf(e.getMessage()));
        }
        return new Objective(
                measure, comparison, scaled(Double.parseDouble(value.group(1)), unit, measure, text), text);
    }

    private static double scaled(double number, String unit, Measure measure, String text) {
        return switch (measure.unit()) {
            case TIME ->
                number
                        * switch (unit) {
                            case "ns" -> 1;
                            case "us", "µs" -> 1e3;
                            case "ms" -> 1e6;
                            case "s" -> 1e9;
                            default -> throw bad(text, measure.name() + " is a time; write one such as 50ms");
                        };
            case SHARE -> {
                if (!unit.equals("%")) {
                    throw bad(text, measure.name() + " is a share; write a percentage such as 99.9%");
                }
                yield number / 100;
            }
            case NUMBER -> {
                if (!unit.isEmpty()) {
                    throw bad(text, measure.name() + " is a number; write it without a unit");
                }
                yield number;
            }
            case RATE -> {
                if (!unit.isEmpty() && !unit.equals("/s")) {
                    throw bad(text, measure.name() + " is a rate; write one such as 1000/s");
                }
                yield number;
            }
        };
    }

    private static IllegalArgumentException bad(String text, String why) {
        return new IllegalArgumentException("the objective '" + text + "' is not understood: " + why);
    }

    /** Holds what was measured against it. */
    public Judgement judge(Figures figures) {
        OptionalDouble measured = measure.of(figures);
        if (measured.isEmpty()) {
            return new Judgement(this, Judgement.Verdict.NOT_MEASURED, measured, OptionalDouble.empty());
        }
        double least = measured.getAsDouble();
        double most = least + measure.mayBeMoreBy(figures);
        Judgement.Verdict verdict = Judgement.Verdict.NOT_MEASURED;
        if (comparison.holdsFromTo(least, most, wanted)) {
            verdict = Judgement.Verdict.MET;
        } else if (comparison.opposite().holdsFromTo(least, most, wanted)) {
            verdict = Judgement.Verdict.MISSED;
        }
        return new Judgement(this, verdict, measured, most > least ? OptionalDouble.of(most) : OptionalDouble.empty());
    }
}
