package io.kubeecho.load.drive;

import io.kubeecho.load.measure.Figures;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of a run.
 *
 * @param started when what is measured began
 * @param interrupted whether it was ended early, from outside
 * @param lastFailure the last thing that went wrong, warm-up included
 */
public record LoadResult(
        Instant started,
        Figures figures,
        GeneratorFigures generator,
        boolean interrupted,
        Optional<String> lastFailure) {

    /** Whether the target was never heard of. */
    public boolean neverAnswered() {
        return figures.answered() == 0;
    }
}
