package io.kubeecho.bench.report;

import com.fasterxml.jackson.annotation.JsonIgnore;
import io.kubeecho.bench.stats.Interval;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One measured number. Of all of them, less is better.
 *
 * @param id the same from run to run
 * @param title for the table
 * @param unit of the values; empty for a ratio
 * @param goal what it has to reach, or null where it only informs
 * @param sample every value that was measured, in the order it was
 */
public record Figure(
        String id, String title, String unit, @Nullable Goal goal, List<Double> sample) {

    /** The unit of ratios. */
    public static final String RATIO = "";

    /**
     * Bounds for a median.
     *
     * @param required at the most
     * @param stretch what would be better still
     */
    public record Goal(double required, double stretch) {}

    public Figure {
        sample = List.copyOf(sample);
    }

    public static Figure of(String id, String title, String unit, List<Double> sample) {
        return new Figure(id, title, unit, null, sample);
    }

    public Figure withGoal(double required, double stretch) {
        return new Figure(id, title, unit, new Goal(required, stretch), sample);
    }

    @JsonIgnore
    public Interval interval() {
        return Interval.of(sample);
    }
}
