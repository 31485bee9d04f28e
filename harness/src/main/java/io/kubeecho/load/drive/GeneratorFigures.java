package io.kubeecho.load.drive;

import io.kubeecho.load.measure.Quantiles;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What the generator has to say about itself.
 *
 * @param lag of sends behind the schedule, until the event loop came to them
 * @param overslept how much longer than asked a thread slept that did nothing else: the machine and the JVM, not the load
 * @param busiestLoop share of the measured time for which the busiest event loop had a CPU, 0 to 1
 * @param processCpuSeconds CPU time of the whole process while measuring
 * @param machineBusy share of all CPUs that was in use, by whomever, 0 to 1; negative where that is not to be had
 * @param gcSeconds spent in garbage collection while measuring
 * @param mostWaiting the most sends that waited for a free client at a time
 * @param limits why the figures are the generator's more than the target's; empty if they are not
 * @param notes what to know that is no fault of the generator's
 */
public record GeneratorFigures(
        Quantiles lag,
        Histogram overslept,
        double busiestLoop,
        double processCpuSeconds,
        double machineBusy,
        double gcSeconds,
        long mostWaiting,
        List<String> limits,
        List<String> notes) {

    public GeneratorFigures {
        limits = List.copyOf(limits);
        notes = List.copyOf(notes);
    }

    /** The shape of what was overslept. */
    public Quantiles jitter() {
        return Quantiles.of(overslept);
    }

    /** Whether the generator itself was the limit. */
    public boolean wasTheLimit() {
        return !limits.isEmpty();
    }
}
