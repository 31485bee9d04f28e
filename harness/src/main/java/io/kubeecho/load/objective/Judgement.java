package io.kubeecho.load.objective;

import java.util.OptionalDouble;

/**
 * What became of an objective.
 *
 * @param measured in the unit of its measure; empty where that could not be told
 */
public record Judgement(Objective objective, Verdict verdict, OptionalDouble measured) {

    /** Whether it was reached. */
    public enum Verdict {
        MET,
        MISSED,
        /** There is no value to judge by, so it cannot count as reached. */
        NOT_MEASURED
    }

    /** Whether it was reached. */
    public boolean met() {
        return verdict == Verdict.MET;
    }
}
