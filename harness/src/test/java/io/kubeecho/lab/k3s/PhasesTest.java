package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PhasesTest {

    @Test
    void aPhaseTookWhatPassedSinceTheOneBefore() {
        AtomicLong clock = new AtomicLong(5_000_000_000L);
        Phases phases = new Phases(clock::get);

        clock.addAndGet(340_000_000L);
        phases.ended("network");
        clock.addAndGet(12_000_000_000L);
        phases.ended("server");
        assertThat(phases.line()).isEqualTo("network 0.3 s, server 12.0 s");

        clock.addAndGet(1_000_000_000L);
        phases.ended("scenarios");
        assertThat(phases.line()).as("what was said is not said again").isEqualTo("scenarios 1.0 s");
    }
}
