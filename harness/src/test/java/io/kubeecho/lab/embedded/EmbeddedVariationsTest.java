package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import io.kubeecho.lab.ServiceSpec;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What variations and faults look like over real connections, where they are more than a decision of the data plane. */
@Timeout(120)
class EmbeddedVariationsTest {

    private static final EmbeddedLab.Options OPTIONS = EmbeddedLab.Options.defaults();

    @Test
    void unreachableIsWhatTheClientHears() {
        try (EmbeddedLab lab = new EmbeddedLab(OPTIONS.withVariation(Variation.NO_ENDPOINTS_UNREACHABLE));
                Service empty = lab.create(ServiceSpec.nodePort(CLUSTER), lab.deploy(List.of()))) {
            Client pod = lab.clients(POD).get(0);
            assertThat(failure(dial(pod, empty.clusterIp()))).isEqualTo(Failure.UNREACHABLE);
            assertThat(failure(dial(pod, empty.nodePort(lab.nodes().get(1), pod))))
                    .isEqualTo(Failure.UNREACHABLE);
        }
    }

    @Test
    void aNodeWithoutEndpointsMayRefuse() {
        try (EmbeddedLab lab = new EmbeddedLab(OPTIONS.withVariation(Variation.LOCAL_REFUSES));
                Service service = lab.create(ServiceSpec.nodePort(LOCAL))) {
            Client outsider = lab.clients(OFF_CLUSTER).get(0);
            assertThat(failure(dial(outsider, service.nodePort(lab.nodes().get(2), outsider))))
                    .isEqualTo(Failure.REFUSED);
            assertThat(dial(outsider, service.nodePort(lab.nodes().get(0), outsider))
                            .outcome())
                    .isInstanceOf(Dialed.Answered.class);
        }
    }

    @Test
    void aLostSynCostsASecondBeforeTheConnectionIsThere() {
        try (EmbeddedLab lab = new EmbeddedLab(OPTIONS.withFault(Fault.of("syn-lost:cluster-ip:node-2")));
                Service service = lab.create(ServiceSpec.clusterIp())) {
            for (Client pod : lab.clients(POD)) {
                Dialed dialed = dial(pod, service.clusterIp());
                Duration toConnect = Duration.ofNanos(
                        ((Dialed.Answered) dialed.outcome()).establishedNanos() - dialed.startedNanos());
                boolean concerned =
                        pod.node().map(Node::name).filter("node-2"::equals).isPresent();
                assertThat(toConnect.compareTo(Duration.ofSeconds(1)) >= 0)
                        .as("%s after %s", pod.name(), toConnect)
                        .isEqualTo(concerned);
            }
        }
    }

    @Test
    void aSlowControlPlaneIsFollowedLateAndInTheEnd() throws Exception {
        try (EmbeddedLab lab = new EmbeddedLab(OPTIONS.withVariation(Variation.SLOW_CONTROL_PLANE));
                Service service = lab.create(ServiceSpec.nodePort(CLUSTER))) {
            Client pod = lab.clients(POD).get(0);
            assertThat(dial(pod, service.clusterIp()).outcome()).isNotInstanceOf(Dialed.Answered.class);
            Thread.sleep(3_000);
            assertThat(dial(pod, service.clusterIp()).outcome()).isInstanceOf(Dialed.Answered.class);
        }
    }

    @Test
    void atTheSocketAPodIsSeenAsItselfThroughAnotherNodesPort() {
        try (EmbeddedLab lab = new EmbeddedLab(OPTIONS.withVariation(Variation.SOCKET_LEVEL));
                Service service = lab.create(ServiceSpec.nodePort(CLUSTER))) {
            Client pod = lab.clients(POD).get(0);
            assertThat(body(dial(pod, service.nodePort(lab.nodes().get(2), pod))))
                    .contains("ClientIP=" + pod.address());
        }
    }

    @Test
    void aHealthCheckPortMayAnswerInPlainTextAndAtOnePathAlone() {
        try (EmbeddedLab lab = new EmbeddedLab(OPTIONS.withVariation(Variation.HEALTH_IN_PLAIN_TEXT));
                Service service = lab.create(ServiceSpec.loadBalancer(LOCAL))) {
            Client outsider = lab.clients(OFF_CLUSTER).get(0);
            assertThat(body(dial(
                            outsider, service.healthCheckNodePort(lab.nodes().get(0), outsider))))
                    .isEqualTo("ok");
        }
        try (EmbeddedLab lab = new EmbeddedLab(OPTIONS.withVariation(Variation.HEALTH_AT_HEALTHZ_ONLY));
                Service service = lab.create(ServiceSpec.loadBalancer(LOCAL))) {
            Client outsider = lab.clients(OFF_CLUSTER).get(0);
            Dialed dialed =
                    dial(outsider, service.healthCheckNodePort(lab.nodes().get(0), outsider));
            assertThat(((Dialed.Answered) dialed.outcome()).status()).isEqualTo(404);
        }
    }

    @Test
    void aFloorIsInTheTimingOfTheLab() {
        try (EmbeddedLab lab = new EmbeddedLab(OPTIONS.withVariation(Variation.TIME_WAIT_FLOOR))) {
            assertThat(lab.timing().grain()).isEqualTo(Duration.ofMillis(1_005));
            assertThat(lab.describe().dataPlane())
                    .isEqualTo("reference of kube-proxy iptables, varied by time-wait-floor");
        }
    }

    private static String body(Dialed dialed) {
        return ((Dialed.Answered) dialed.outcome()).body();
    }

    private static Failure failure(Dialed dialed) {
        return ((Dialed.NotConnected) dialed.outcome()).failure();
    }

    private static Dialed dial(Client client, FrontEnd to) {
        DialPlan.Sequence one = new DialPlan.Sequence("entry", to.host(), to.port(), List.of(Duration.ZERO));
        return client.dial(new DialPlan(List.of(one), Duration.ofSeconds(15), Duration.ofSeconds(15)))
                .join()
                .get(0);
    }
}
