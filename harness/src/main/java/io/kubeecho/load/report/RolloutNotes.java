package io.kubeecho.load.report;

import io.kubeecho.load.rollout.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What to know of a watch before its changes are believed. */
final class RolloutNotes {

    private RolloutNotes() {}

    static List<String> of(Rollout rollout) {
        List<String> notes = new ArrayList<>();
        rollout.breaks()
                .forEach(b -> notes.add(
                        b.toNanos() == Long.MAX_VALUE
                                ? String.format(
                                        Locale.ROOT,
                                        "the watch was broken from %.1fs on: later changes were not heard of",
                                        b.fromNanos() / 1e9)
                                : String.format(
                                        Locale.ROOT,
                                        "the watch was broken from %.1fs to %.1fs: changes in it, marked ~, were heard of at"
                                                + " its end",
                                        b.fromNanos() / 1e9,
                                        b.toNanos() / 1e9)));
        if (!rollout.strangers().isEmpty()) {
            notes.add(
                    rollout.familiar() == 0
                            ? "none of those who answered (" + String.join(", ", rollout.strangers())
                                    + ") is an endpoint of " + rollout.service()
                                    + ": does the URL lead to it, and does --identity read the pod's name?"
                            : "no endpoint of " + rollout.service() + ", and yet answered: "
                                    + String.join(", ", rollout.strangers()));
        }
        return notes;
    }
}
