package io.kubeecho.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceSpecTest {

    @Test
    void withoutAWordAServiceHasNoAffinityAndThePolicyCluster() {
        assertThat(ServiceSpec.clusterIp())
                .isEqualTo(new ServiceSpec(
                        ServiceSpec.Type.CLUSTER_IP, new SessionAffinity.None(), ExternalTrafficPolicy.CLUSTER));
        assertThat(ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL).sessionAffinity())
                .isEqualTo(new SessionAffinity.None());
    }

    @Test
    void affinityIsAddedToWhatIsThere() {
        assertThat(ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL).withClientIpAffinity(Duration.ofSeconds(3)))
                .isEqualTo(new ServiceSpec(
                        ServiceSpec.Type.NODE_PORT,
                        new SessionAffinity.ClientIP(Duration.ofSeconds(3)),
                        ExternalTrafficPolicy.LOCAL));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S"})
    void anAffinityTimeoutIsAboveZero(Duration timeout) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServiceSpec.clusterIp().withClientIpAffinity(timeout))
                .withMessageContaining(timeout.toString());
    }

    @Test
    void aMarginLeavesSomethingOfTheTimeout() {
        Duration second = Duration.ofSeconds(1);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Timing(second, second, second, second, second, second, second, second))
                .withMessage("the margin PT1S leaves nothing of the affinity timeout PT1S");
    }
}
