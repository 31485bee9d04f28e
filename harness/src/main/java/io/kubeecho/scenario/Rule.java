package io.kubeecho.scenario;

import io.kubeecho.probe.Observation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What every window of observations has to satisfy. */
@FunctionalInterface
interface Rule {

    /** @return how the window broke the rule; empty if it did not */
    Optional<Breach> check(List<Observation> window);

    /** All of them; a window that breaks several says so of each. */
    static Rule allOf(Rule... rules) {
        return window -> {
            List<Breach> breaches =
                    Arrays.stream(rules).flatMap(r -> r.check(window).stream()).toList();
            return breaches.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            breaches.stream().map(Breach::seen).collect(Collectors.joining("; ")),
                            breaches.stream().map(Breach::meaning).collect(Collectors.joining("; "))));
        };
    }
}
