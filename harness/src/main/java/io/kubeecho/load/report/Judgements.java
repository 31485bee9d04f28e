package io.kubeecho.load.report;

import io.kubeecho.load.objective.Judgement;
import io.kubeecho.load.objective.Measure;
import java.util.Locale;

/** Judgements as people read them. */
public final class Judgements {

    private Judgements() {}

    /** The verdict in a word: {@code met}, {@code missed}, {@code not-measured}. */
    static String word(Judgement judgement) {
        return judgement.verdict().name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** What was measured, with its unit. */
    public static String measured(Judgement judgement) {
        if (judgement.measured().isEmpty()) {
            return "could not be measured";
        }
        Measure.Unit unit = judgement.objective().measure().unit();
        String least = text(judgement.measured().getAsDouble(), unit);
        return judgement.atMost().isEmpty()
                ? least
                : "at least " + least + ", and at most "
                        + text(judgement.atMost().getAsDouble(), unit)
                        + ": who moved is not known where another address was seen, or too little followed";
    }

    private static String text(double value, Measure.Unit unit) {
        return switch (unit) {
            case TIME -> Words.time(Math.round(value));
            case SHARE -> Words.percent(value);
            case RATE -> Words.rate(value);
            case NUMBER ->
                value == Math.rint(value) ? Words.count((long) value) : String.format(Locale.ROOT, "%.4f", value);
        };
    }
}
