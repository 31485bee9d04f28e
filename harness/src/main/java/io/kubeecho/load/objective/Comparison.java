package io.kubeecho.load.objective;

import java.util.Arrays;
import java.util.Optional;

/** How a measured value is held against an objective. */
public enum Comparison {
    AT_MOST("<="),
    AT_LEAST(">="),
    EQUAL("=="),
    OTHER_THAN("!="),
    BELOW("<"),
    ABOVE(">");

    private final String sign;

    Comparison(String sign) {
        this.sign = sign;
    }

    /** As it is written. */
    public String sign() {
        return sign;
    }

    boolean holds(double measured, double wanted) {
        return switch (this) {
            case AT_MOST -> measured <= wanted;
            case AT_LEAST -> measured >= wanted;
            case EQUAL -> measured == wanted;
            case OTHER_THAN -> measured != wanted;
            case BELOW -> measured < wanted;
            case ABOVE -> measured > wanted;
        };
    }

    /** Whether it holds for each value from one to another. */
    boolean holdsFromTo(double least, double most, double wanted) {
        boolean between = this == OTHER_THAN && least < wanted && wanted < most;
        return holds(least, wanted) && holds(most, wanted) && !between;
    }

    /** The one that holds where this one does not. */
    Comparison opposite() {
        return switch (this) {
            case AT_MOST -> ABOVE;
            case AT_LEAST -> BELOW;
            case EQUAL -> OTHER_THAN;
            case OTHER_THAN -> EQUAL;
            case BELOW -> AT_LEAST;
            case ABOVE -> AT_MOST;
        };
    }

    /** The one with which the text begins. */
    static Optional<Comparison> at(String text) {
        // the longer signs stand first, or <= would be taken for <
        return Arrays.stream(values()).filter(c -> text.startsWith(c.sign)).findFirst();
    }
}
