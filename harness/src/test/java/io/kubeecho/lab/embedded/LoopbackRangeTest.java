package io.kubeecho.lab.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.kubeecho.lab.LabException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LoopbackRangeTest {

    @Test
    void rangesThatAreHeldAtOnceDoNotMeet() {
        List<LoopbackRange> held =
                Stream.generate(LoopbackRange::claim).limit(5).toList();
        Set<String> addresses = new HashSet<>();
        held.forEach(range -> addresses.add(range.address(1, 1)));
        held.forEach(LoopbackRange::close);
        assertThat(addresses)
                .hasSize(5)
                .allSatisfy(address -> assertThat(address).matches("127\\.\\d+\\.1\\.1"));
    }

    @Test
    void aRangeIsFreeAgainWhenClosed() {
        // far more than there are, so none may stay claimed
        for (int i = 0; i < 300; i++) {
            LoopbackRange.claim().close();
        }
    }

    @Test
    void aClaimIsASocketThatTheKernelTakesBack() throws Exception {
        String claimed;
        try (LoopbackRange range = LoopbackRange.claim()) {
            claimed = range.address(1, 1).replaceAll("\\.1\\.1$", ".0.1") + ":10000";
            assertThat(Listening.sockets()).contains(claimed);
        }
        assertThat(Listening.sockets()).doesNotContain(claimed);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 0", "255, 1", "1, 255"})
    void anAddressOutsideTheRangeIsNotMadeUp(int network, int host) {
        try (LoopbackRange range = LoopbackRange.claim()) {
            assertThatExceptionOfType(LabException.class).isThrownBy(() -> range.address(network, host));
        }
    }
}
