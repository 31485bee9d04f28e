package io.kubeecho.load.drive;

import java.util.Locale;

/** Connections were open only after what is measured should have begun. */
public final class LateStartException extends RuntimeException {
    private static final long serialVersionUID = 1;

    LateStartException(double seconds) {
        super(String.format(
                Locale.ROOT, "connections were open %.1f s after the time at which the measuring begins", seconds));
    }
}
