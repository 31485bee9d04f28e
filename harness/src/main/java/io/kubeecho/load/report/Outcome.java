package io.kubeecho.load.report;

import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.objective.Judgement;
import java.util.List;
import java.util.Locale;

/** What a load comes to. */
public enum Outcome {
    /** All objectives were met, or there were none. */
    PASSED,
    /** An objective was missed. */
    MISSED,
    /** None was missed, and one could not be measured: that it was met is not known. */
    UNMEASURED,
    /** The generator itself was the limit, so that the figures say little about the target. */
    GENERATOR_LIMIT,
    /** The target was never heard of. */
    UNREACHABLE;

    /**
     * A miss that a slow generator cannot cause, such as a violation of affinity, counts though the generator was the
     * limit.
     */
    static Outcome of(LoadResult result, List<Judgement> judgements) {
        if (result.neverAnswered() && !result.interrupted()) {
            return UNREACHABLE;
        }
        if (result.generator().wasTheLimit()) {
            boolean certain = judgements.stream()
                    .anyMatch(j -> j.verdict() == Judgement.Verdict.MISSED
                            && !j.objective().measure().affectedByPace());
            return certain ? MISSED : GENERATOR_LIMIT;
        }
        if (judgements.stream().anyMatch(j -> j.verdict() == Judgement.Verdict.MISSED)) {
            return MISSED;
        }
        return judgements.stream().anyMatch(j -> j.verdict() == Judgement.Verdict.NOT_MEASURED) ? UNMEASURED : PASSED;
    }

    /** As reports write it, such as {@code generator-limit}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
