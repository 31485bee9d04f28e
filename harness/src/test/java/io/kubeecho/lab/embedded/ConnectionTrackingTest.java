package io.kubeecho.lab.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionTrackingTest {

    @Test
    void dropsOfAllCpusAreAddedUp() {
        assertThat(ConnectionTracking.dropped(List.of(
                        "entries  clashres found drop early_drop",
                        "0003fff9  00000000 00000000 00000ff1 000000d6",
                        "0003fff9  00000000 00000000 0000000f 000000bc")))
                .isEqualTo(0xff1 + 0xf);
    }

    @Test
    void withoutTheColumnNothingIsKnown() {
        assertThat(ConnectionTracking.dropped(List.of("entries found", "1 2"))).isZero();
        assertThat(ConnectionTracking.packetsDropped()).isNotNegative();
    }
}
