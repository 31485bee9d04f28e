package io.kubeecho.lab.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The names of the faults; what they do is in the scenarios' FaultMatrixTest. */
class FaultTest {

    @ParameterizedTest
    @EnumSource(Fault.class)
    void aFaultIsFoundByTheNameItShows(Fault fault) {
        assertThat(Fault.of(fault.id())).isEqualTo(fault);
        assertThat(fault.id()).matches("[a-z-]+");
        assertThat(fault.description()).isNotBlank();
    }

    @Test
    void anUnknownNameIsAnsweredWithTheKnownOnes() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Fault.of("gremlins"))
                .withMessageStartingWith(
                        "unknown fault 'gremlins'; known are affinity-ignored, affinity-never-expires, ");
    }
}
