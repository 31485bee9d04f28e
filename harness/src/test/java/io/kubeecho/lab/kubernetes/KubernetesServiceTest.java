package io.kubeecho.lab.kubernetes;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.ServiceSpec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KubernetesServiceTest {

    private static final Map<String, String> SELECTOR = Map.of("who", "ever");

    @Test
    void everyLoadBalancerHasAPortOfItsOwn() {
        LoadBalancerPorts ports = new LoadBalancerPorts(new java.util.Random(1));
        List<Integer> given = java.util.stream.IntStream.range(0, 10_000)
                .mapToObj(i -> ports.next())
                .toList();

        // none of those that a node's kernel, its node ports or another controller use
        assertThat(given).doesNotHaveDuplicates().allMatch(port -> port >= 20_000 && port < 30_000);
    }

    @Test
    void aChangeNamesEverythingThatScenariosChange() {
        assertThat(KubernetesService.change(ServiceSpec.nodePort(LOCAL).withClientIpAffinity(Duration.ofSeconds(5))))
                .isEqualTo("{\"spec\":{\"sessionAffinity\":\"ClientIP\","
                        + "\"sessionAffinityConfig\":{\"clientIP\":{\"timeoutSeconds\":5}},"
                        + "\"externalTrafficPolicy\":\"Local\"}}");
    }

    @Test
    void affinityThatEndsTakesItsConfigurationAlong() {
        assertThat(KubernetesService.change(ServiceSpec.loadBalancer(CLUSTER)))
                .isEqualTo("{\"spec\":{\"sessionAffinity\":\"None\",\"sessionAffinityConfig\":null,"
                        + "\"externalTrafficPolicy\":\"Cluster\"}}");
    }

    @Test
    void aClusterIpHasNoExternalPolicyToChange() {
        assertThat(KubernetesService.change(ServiceSpec.clusterIp())).doesNotContain("externalTrafficPolicy");
    }

    @Test
    void aClusterCountsInWholeSeconds() {
        ServiceSpec spec = ServiceSpec.clusterIp().withClientIpAffinity(Duration.ofMillis(1500));
        assertThatThrownBy(() -> KubernetesService.change(spec))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("whole seconds");
    }

    @Test
    void aServiceSelectsWhatItIsTold() {
        Service made =
                KubernetesService.wanted(new Run("x"), "svc-1", ServiceSpec.loadBalancer(LOCAL), SELECTOR, 20_080);
        assertThat(made.getSpec().getSelector()).isEqualTo(SELECTOR);
        assertThat(made.getSpec().getType()).isEqualTo("LoadBalancer");
        assertThat(made.getSpec().getExternalTrafficPolicy()).isEqualTo("Local");
        assertThat(made.getSpec().getSessionAffinity()).isEqualTo("None");
    }

    @Test
    void anAddressOrANameIsIngress() {
        assertThat(LoadBalancers.ingress(new Service())).isEmpty();
        assertThat(LoadBalancers.ingress(new ServiceBuilder()
                        .withNewStatus()
                        .withNewLoadBalancer()
                        .endLoadBalancer()
                        .endStatus()
                        .build()))
                .isEmpty();
        assertThat(LoadBalancers.ingress(given(
                        new LoadBalancerIngressBuilder().withIp("192.0.2.1").build())))
                .contains("192.0.2.1");
        assertThat(LoadBalancers.ingress(given(new LoadBalancerIngressBuilder()
                        .withHostname("lb.example")
                        .build())))
                .contains("lb.example");
    }

    private static Service given(LoadBalancerIngress ingress) {
        return new ServiceBuilder()
                .withNewStatus()
                .withNewLoadBalancer()
                .withIngress(ingress)
                .endLoadBalancer()
                .endStatus()
                .build();
    }
}
