package io.kubeecho.evidence;

import io.kubeecho.probe.Observation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * One step of a scenario and every connection made in it.
 *
 * @param name what the step was for
 */
public record Phase(String name, Instant started, Duration took, List<Observation> observations) {
    public Phase {
        observations = List.copyOf(observations);
    }
}
