package io.kubeecho.lab.embedded;

import io.kubeecho.lab.LabException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Closes many things, each whatever became of those before it. */
final class Closing {

    private Closing() {}

    /** @throws LabException after all were tried, with the first failure as its cause and the others suppressed */
    static void all(List<? extends AutoCloseable> open) {
        LabException failed = null;
        for (AutoCloseable each : open) {
            failed = tried(each, failed);
        }
        if (failed != null) {
            throw failed;
        }
    }

    private static @Nullable LabException tried(AutoCloseable each, @Nullable LabException before) {
        try {
            each.close();
            return before;
        } catch (Exception e) {
            if (before != null) {
                before.addSuppressed(e);
                return before;
            }
            return new LabException("the embedded lab cannot be closed: " + e.getMessage(), e);
        }
    }
}
