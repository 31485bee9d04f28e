package io.kubeecho.load.objective;

import java.util.OptionalDouble;

/**
 * What became of an objective.
 *
 * @param measured in the unit of its measure; empty where that could not be told
 * @param atMost what it may be as well, for all that is known; empty where what was measured is certain
 */
public record Judgement(Objective objective, Verdict verdict, OptionalDouble measured, OptionalDouble atMost) {

    /** Whether it was reached. */
    public enum Verdict {
        MET,
        MISSED,
        /** There is no value to judge by, or one that leaves both open: it counts as neither. */
        NOT_MEASURED
    }
}
