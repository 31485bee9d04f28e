package io.kubeecho.scenario;

import io.kubeecho.dial.Failure;
import io.kubeecho.probe.Observation;
import io.kubeecho.stats.Thresholds;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What every window of observations has to satisfy. */
@FunctionalInterface
interface Rule {

    /** @return how the window broke the rule; empty if it did not */
    Optional<Breach> check(List<Observation> window);

    /**
     * The same, but for connections that nobody answered in time where those are no more than a network may lose. For a
     * window after one that satisfied the rule in full.
     */
    default Rule butForLoss() {
        return window -> {
            List<Observation> inTime = window.stream()
                    .filter(o -> !(o.result() instanceof Observation.Unanswered u && u.failure() == Failure.TIMEOUT))
                    .toList();
            boolean lost = Thresholds.standard().isBeyondLoss(window.size() - inTime.size(), window.size());
            return check(lost ? window : inTime);
        };
    }

    /** All of them; a window that breaks several says so of each. */
    static Rule allOf(Rule... rules) {
        return window -> {
            List<Breach> breaches =
                    Arrays.stream(rules).flatMap(r -> r.check(window).stream()).toList();
            return breaches.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new Breach(
                            breaches.stream().map(Breach::seen).collect(Collectors.joining("; ")),
                            breaches.stream().map(Breach::meaning).collect(Collectors.joining("; ")),
                            breaches.stream()
                                    .flatMap(b -> b.culprits().stream())
                                    .toList()));
        };
    }
}
