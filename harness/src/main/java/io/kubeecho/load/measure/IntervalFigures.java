package io.kubeecho.load.measure;

import io.kubeecho.load.connection.ErrorKind;
import java.util.Map;

/**
 * One interval of a run.
 *
 * @param fromSeconds from the start of what is measured
 * @param toSeconds its end
 * @param due sends that were due in it
 * @param answered answers that came in it, of any status
 * @param errors what went wrong in it, by kind; those with none left out
 * @param connections opened in it
 * @param moves new connections in it that went to another pod than their source's last one
 * @param violations those of them that are violations of affinity, as far as known
 * @param requestsByPod answers of each pod
 */
public record IntervalFigures(
        double fromSeconds,
        double toSeconds,
        long due,
        long answered,
        Map<ErrorKind, Long> errors,
        long connections,
        Quantiles response,
        Quantiles service,
        Quantiles lag,
        long moves,
        long violations,
        Map<String, Long> requestsByPod) {

    /** Answers a second. */
    public double rate() {
        return answered / Math.max(1e-9, toSeconds - fromSeconds);
    }

    /** How many requests went wrong. */
    public long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }
}
