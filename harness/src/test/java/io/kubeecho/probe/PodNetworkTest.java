package io.kubeecho.probe;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodNetworkTest {

    @ParameterizedTest
    @CsvSource({
        "10.0.1.5, 10.0.1.254, true",
        "10.0.1.5, 10.0.2.5, false",
        "10.0.1.5, 10.0.10.5, false",
        "fd00:10:244:1::5, fd00:10:244:1::1, true",
        "fd00:10:244:1::5, FD00:10:244:1:0:0:0:1, true",
        "fd00:10:244:1::5, fd00:10:244:2::1, false",
        "fd00:10:244:1::5, 2001:db8::1, false",
        "fd00:10:244:1::5, 10.0.1.254, false",
        "10.0.1.5, '', false",
        "a.b, a.c, false"
    })
    void neighboursShareTheBlockThatANodeIsGiven(String one, String other, boolean neighbours) {
        assertThat(PodNetwork.areNeighbours(one, other)).isEqualTo(neighbours);
        assertThat(PodNetwork.areNeighbours(other, one)).isEqualTo(neighbours);
    }
}
