package io.kubeecho.agreement;

import java.util.Map;
import java.util.function.Supplier;

/** Measures until twice the same is seen: by then the data plane has followed. */
final class Stable {

    private static final int MOST = 12;

    private Stable() {}

    static Map<String, String> measured(Supplier<Map<String, String>> measurement) {
        Map<String, String> last = measurement.get();
        for (int i = 1; i < MOST; i++) {
            Map<String, String> now = measurement.get();
            if (now.equals(last)) {
                return now;
            }
            last = now;
        }
        throw new AssertionError("it never came to rest: " + last);
    }
}
