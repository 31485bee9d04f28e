package io.kubeecho.agreement;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/** Measures until twice the same is seen, some time apart: by then the data plane has followed. */
final class Stable {

    private static final int MOST = 12;

    /** kube-proxy takes up changes once a second, and its node may be busy. */
    private static final Duration BETWEEN = Duration.ofSeconds(3);

    private Stable() {}

    static Map<String, String> measured(Supplier<Map<String, String>> measurement) {
        Map<String, String> last = measurement.get();
        for (int i = 1; i < MOST; i++) {
            pause();
            Map<String, String> now = measurement.get();
            if (now.equals(last)) {
                return now;
            }
            last = now;
        }
        throw new AssertionError("it never came to rest: " + last);
    }

    private static void pause() {
        try {
            Thread.sleep(BETWEEN.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
