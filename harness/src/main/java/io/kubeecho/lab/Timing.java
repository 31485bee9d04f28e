package io.kubeecho.lab;

import java.time.Duration;

/**
 * The durations of a run.
 *
 * @param affinityTimeout the timeout T that the affinity scenarios configure
 * @param grain how much later than T the data plane may forget an entry and still be right
 * @param margin how far inside T the probe of HOLD is aimed, and how far beyond T plus the grain that of EXPIRE
 * @param spacing between two connections of one affinity entry
 * @param settle how long no endpoint may have changed before a window counts
 * @param convergence the control plane's deadline: a Service that does not follow its specification by then FAILs
 * @param connectTimeout for one connection
 * @param answerTimeout for one answer
 */
public record Timing(
        Duration affinityTimeout,
        Duration grain,
        Duration margin,
        Duration spacing,
        Duration settle,
        Duration convergence,
        Duration connectTimeout,
        Duration answerTimeout) {

    public Timing {
        if (margin.compareTo(affinityTimeout) >= 0) {
            throw new IllegalArgumentException(
                    "the margin " + margin + " leaves nothing of the affinity timeout " + affinityTimeout);
        }
    }

    /** The same with another deadline of the control plane. */
    public Timing withConvergence(Duration newConvergence) {
        return new Timing(
                affinityTimeout, grain, margin, spacing, settle, newConvergence, connectTimeout, answerTimeout);
    }
}
