package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KubeletSettingsTest {

    private static final String ALLOWED = "--kubelet-arg=fail-cgroupv1=false";

    @ParameterizedTest
    @CsvSource({
        "rancher/k3s:v1.36.4-k3s1, 1, true",
        "rancher/k3s:v1.31.2-k3s1, 1, true",
        "rancher/k3s:v1.30.9-k3s1, 1, false", // its kubelet would end on a flag that it does not know
        "rancher/k3s:v1.36.4-k3s1, 2, false",
        "registry.internal:5000/nodes:latest, 1, true",
        "registry.internal:5000/nodes, 1, true"
    })
    void cgroupVersionOneIsAllowedWhereAKubeletAsks(String image, String cgroupVersion, boolean allowed) {
        assertThat(KubeletSettings.of(image, cgroupVersion).arguments().contains(ALLOWED))
                .isEqualTo(allowed);
    }

    @Test
    void aDiskThatIsNearlyFullEvictsNoPods() {
        assertThat(KubeletSettings.of("rancher/k3s:v1.36.4-k3s1", "2").arguments())
                .anyMatch(
                        argument -> argument.contains("eviction-hard=") && argument.contains("memory.available<100Mi"));
    }
}
