package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.VantagePoint.HOST_NETWORK;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.probe.EchoLine;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The reference data plane over real connections; what it decides in every case is in {@link KubeProxyTest}. */
@Timeout(60)
class EmbeddedLabTest {

    private static EmbeddedLab lab;

    @BeforeAll
    static void open() {
        lab = new EmbeddedLab(new EmbeddedLab.Options(Duration.ofHours(1), Optional.empty(), 11));
    }

    @AfterAll
    static void close() {
        lab.close();
    }

    @Test
    void everyVantagePointHasClientsWithAddressesOfTheirOwn() {
        assertThat(lab.clients(POD))
                .hasSize(3)
                .allSatisfy(c -> assertThat(c.node()).isPresent());
        assertThat(lab.clients(HOST_NETWORK))
                .hasSize(3)
                .allSatisfy(c -> assertThat(c.node().map(Node::address)).contains(c.address()));
        assertThat(lab.clients(OFF_CLUSTER))
                .hasSize(4)
                .allSatisfy(c -> assertThat(c.node()).isEmpty());
        Set<String> addresses = new HashSet<>();
        for (var from : io.kubeecho.lab.VantagePoint.values()) {
            lab.clients(from).forEach(c -> addresses.add(c.address()));
        }
        assertThat(addresses).hasSize(10);
    }

    @Test
    void aPodSeesTheClientPodsOwnAddressThroughAClusterIp() {
        try (Service service = lab.create(ServiceSpec.clusterIp())) {
            for (Client client : lab.clients(POD)) {
                assertThat(lines(client, service.clusterIp(), 30)).allSatisfy(line -> {
                    assertThat(line.clientIp()).isEqualTo(client.address());
                    assertThat(line.host()).isEqualTo(service.clusterIp().host());
                });
            }
        }
    }

    @Test
    void aClusterIpIsOutOfReachFromOutside() {
        try (Service service = lab.create(ServiceSpec.clusterIp())) {
            Client outsider = lab.clients(OFF_CLUSTER).get(0);
            assertThat(hanging(outsider, service.clusterIp()))
                    .isInstanceOfSatisfying(
                            Dialed.Broken.class, b -> assertThat(b.failure()).isEqualTo(Failure.TIMEOUT));
        }
    }

    @Test
    void underClusterEveryNodesPortAnswersAndThePodSeesThatNode() {
        try (Service service = lab.create(ServiceSpec.nodePort(CLUSTER))) {
            Client outsider = lab.clients(OFF_CLUSTER).get(0);
            for (Node entry : lab.nodes()) {
                assertThat(lines(outsider, service.nodePort(entry, outsider), 5))
                        .allSatisfy(line -> assertThat(line.clientIp()).isEqualTo(entry.address()));
            }
        }
    }

    @Test
    void underLocalANodeWithoutEndpointsIsSilentForOutsidersAndServesPodsAndNodes() {
        Node empty = lab.nodes().get(2);
        try (Service service = lab.create(ServiceSpec.nodePort(LOCAL))) {
            Client outsider = lab.clients(OFF_CLUSTER).get(0);
            assertThat(hanging(outsider, service.nodePort(empty, outsider)))
                    .isInstanceOfSatisfying(
                            Dialed.NotConnected.class,
                            n -> assertThat(n.failure()).isEqualTo(Failure.TIMEOUT));

            Client pod = lab.clients(POD).get(0);
            assertThat(lines(pod, service.nodePort(empty, pod), 5))
                    .allSatisfy(line -> assertThat(line.clientIp()).isEqualTo(pod.address()));
            Client host = lab.clients(HOST_NETWORK).get(0);
            assertThat(lines(host, service.nodePort(empty, host), 5))
                    .allSatisfy(line -> assertThat(line.clientIp()).isEqualTo(empty.address()));
        }
    }

    @Test
    void affinityHoldsOverRealConnections() {
        try (Service service = lab.create(ServiceSpec.clusterIp().withClientIpAffinity(Duration.ofHours(1)))) {
            for (Client client : lab.clients(POD)) {
                assertThat(lines(client, service.clusterIp(), 20).stream().map(EchoLine::from))
                        .hasSize(20)
                        .containsOnly(
                                lines(client, service.clusterIp(), 1).get(0).from());
            }
        }
    }

    @Test
    void aServiceWithoutANodePortSaysSo() {
        try (Service service = lab.create(ServiceSpec.clusterIp())) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> service.nodePort(
                            lab.nodes().get(0), lab.clients(POD).get(0)))
                    .withMessage(service.name() + " has no port on node-1");
        }
    }

    @Test
    void aClosedServiceListensNowhere() throws Exception {
        Set<String> before = Listening.sockets();
        Service service = lab.create(ServiceSpec.nodePort(LOCAL));
        assertThat(Listening.sockets()).contains(service.clusterIp().toString());
        service.close();
        assertThat(Listening.sockets()).isEqualTo(before);
    }

    @Test
    void twoLabsAtOnceDoNotMeetAndLeaveNothingListening() throws Exception {
        Set<String> before = Listening.sockets();
        EmbeddedLab one = new EmbeddedLab(EmbeddedLab.Options.defaults());
        EmbeddedLab other = new EmbeddedLab(EmbeddedLab.Options.defaults());
        try (one;
                other) {
            Service ones = one.create(ServiceSpec.nodePort(LOCAL));
            Service others = other.create(ServiceSpec.nodePort(CLUSTER));
            assertThat(ones.clusterIp()).isNotEqualTo(others.clusterIp());
            assertThat(lines(one.clients(POD).get(0), ones.clusterIp(), 3))
                    .allSatisfy(line -> assertThat(line.clientIp())
                            .isEqualTo(one.clients(POD).get(0).address()));
            assertThat(lines(other.clients(POD).get(0), others.clusterIp(), 3))
                    .allSatisfy(line -> assertThat(line.clientIp())
                            .isEqualTo(other.clients(POD).get(0).address()));
            assertThat(Listening.sockets()).hasSizeGreaterThan(before.size() + 10);
        }
        assertThat(Listening.sockets()).isEqualTo(before);
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        Set<String> before = Listening.sockets();
        EmbeddedLab twice = new EmbeddedLab(EmbeddedLab.Options.defaults());
        twice.create(ServiceSpec.nodePort(LOCAL));
        twice.close();
        twice.close();
        assertThat(Listening.sockets()).isEqualTo(before);
    }

    @Test
    void theDescriptionNamesTheFault() {
        try (EmbeddedLab broken = new EmbeddedLab(EmbeddedLab.Options.defaults().withFault(Fault.AFFINITY_IGNORED))) {
            assertThat(broken.describe().dataPlane())
                    .isEqualTo("reference of kube-proxy iptables, with the fault affinity-ignored");
        }
        assertThat(lab.describe().dataPlane()).isEqualTo("reference of kube-proxy iptables");
    }

    /** A single connection that is expected to hang. */
    private static Dialed.Outcome hanging(Client client, FrontEnd to) {
        return dial(client, to, 1, Duration.ofMillis(1_500)).get(0).outcome();
    }

    private static List<EchoLine> lines(Client client, FrontEnd to, int connections) {
        return dial(client, to, connections, Duration.ofSeconds(20)).stream()
                .map(d -> {
                    assertThat(d.outcome()).isInstanceOf(Dialed.Answered.class);
                    return EchoLine.parse(((Dialed.Answered) d.outcome()).body())
                            .orElseThrow();
                })
                .toList();
    }

    private static List<Dialed> dial(Client client, FrontEnd to, int connections, Duration timeout) {
        DialPlan.Sequence row =
                new DialPlan.Sequence("entry", to.host(), to.port(), Collections.nCopies(connections, Duration.ZERO));
        return client.dial(new DialPlan(List.of(row), timeout, timeout)).join();
    }
}
