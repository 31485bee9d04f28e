package io.kubeecho.scenario;

import java.time.Duration;
import java.util.Locale;

/** Durations as people write them. */
final class Words {

    private Words() {}

    /** As "450 ms" below ten seconds if it is no whole number of them, else as "12 s". */
    static String of(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0
                ? millis / 1000 + " s"
                : millis < 10_000 ? millis + " ms" : String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
    }
}
