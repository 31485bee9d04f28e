package io.kubeecho.lab.k3s;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** How long each part of a lab's life took, one after the other. */
final class Phases {

    private final LongSupplier nanoTime;
    private final List<Phase> ended = new ArrayList<>();
    private long since;

    private record Phase(String name, Duration took) {}

    /** @param nanoTime such as {@link System#nanoTime()} */
    Phases(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.since = nanoTime.getAsLong();
    }

    /** What has passed since the last phase ended was this one. */
    void ended(String name) {
        long now = nanoTime.getAsLong();
        ended.add(new Phase(name, Duration.ofNanos(now - since)));
        since = now;
    }

    /** The phases since the last line, as in {@code network 0.3 s, server 12.0 s}. */
    String line() {
        String line = ended.stream()
                .map(p -> String.format(
                        Locale.ROOT, "%s %.1f s", p.name(), p.took().toMillis() / 1000.0))
                .collect(joining(", "));
        ended.clear();
        return line;
    }
}
