package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.VantagePoint.HOST_NETWORK;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Workload;
import io.kubeecho.probe.EchoLine;
import io.vertx.core.json.JsonObject;
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
        Set<String> crowd = new HashSet<>();
        for (var from : io.kubeecho.lab.VantagePoint.values()) {
            lab.crowd(from).forEach(c -> crowd.add(c.address()));
        }
        assertThat(crowd).hasSize(3 * 80 + 3 + 80).containsAll(addresses);
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
                        .allSatisfy(line ->
                                assertThat(line.clientIp()).isIn(entry.address(), podGateway(entry, lab.clients(POD))));
            }
        }
    }

    /** A listener that is closed has to be gone before the next one is opened in its place. */
    @Test
    void aPolicyMayChangeAsOftenAsOneLikes() {
        Node empty = lab.nodes().get(2);
        Client outsider = lab.clients(OFF_CLUSTER).get(0);
        try (Service service = lab.create(ServiceSpec.loadBalancer(LOCAL))) {
            for (int i = 0; i < 200; i++) {
                service.update(ServiceSpec.loadBalancer(CLUSTER));
                service.update(ServiceSpec.loadBalancer(LOCAL));
            }
            service.update(ServiceSpec.loadBalancer(CLUSTER));
            assertThat(lines(outsider, service.nodePort(empty, outsider), 5)).hasSize(5);
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

            Client pod = lab.clients(POD).get(2);
            assertThat(lines(pod, service.nodePort(empty, pod), 5))
                    .allSatisfy(line -> assertThat(line.clientIp()).isEqualTo(pod.address()));
            Client host = lab.clients(HOST_NETWORK).get(2);
            assertThat(lines(host, service.nodePort(empty, host), 5))
                    .allSatisfy(line -> assertThat(line.clientIp()).isEqualTo(empty.address()));
            // and those of other nodes are outside, pods too: the way there hides their address
            for (var from : List.of(POD, HOST_NETWORK)) {
                Client elsewhere = lab.clients(from).get(0);
                assertThat(hanging(elsewhere, service.nodePort(empty, elsewhere)))
                        .isInstanceOf(Dialed.NotConnected.class);
                Node other = lab.nodes().get(1);
                assertThat(lines(elsewhere, service.nodePort(other, elsewhere), 5))
                        .allSatisfy(line -> assertThat(line.clientIp())
                                .isEqualTo(lab.nodes().get(0).address()));
            }
        }
    }

    @Test
    void aLoadBalancersTrafficEntersAtTheNodeThatIsChosen() {
        try (Service service = lab.create(ServiceSpec.loadBalancer(LOCAL))) {
            Client outsider = lab.clients(OFF_CLUSTER).get(0);
            FrontEnd address = service.loadBalancer(outsider);
            for (Node entry : lab.nodes().subList(0, 2)) {
                service.enterAt(entry);
                assertThat(lines(outsider, address, 20)).allSatisfy(line -> {
                    assertThat(line.from()).startsWith("echo-" + entry.name().substring("node-".length()) + "-");
                    assertThat(line.clientIp()).isEqualTo(outsider.address());
                });
            }
            service.enterAt(lab.nodes().get(2));
            assertThat(hanging(outsider, address)).isInstanceOf(Dialed.NotConnected.class);
            // inside the cluster it is the own node's affair
            Client pod = lab.clients(POD).get(2);
            assertThat(lines(pod, service.loadBalancer(pod), 5))
                    .allSatisfy(line -> assertThat(line.clientIp()).isEqualTo(pod.address()));
        }
    }

    @Test
    void anEndpointReachesItselfUnderItsNodesAddress() {
        Client inside = lab.clientIn(lab.endpoints().get(0));
        try (Service service = lab.create(ServiceSpec.clusterIp())) {
            assertThat(lines(inside, service.clusterIp(), 40))
                    .anySatisfy(line -> {
                        assertThat(line.from()).isEqualTo(inside.name());
                        assertThat(line.clientIp()).endsWith(".254");
                    })
                    .filteredOn(line -> !line.from().equals(inside.name()))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line.clientIp()).isEqualTo(inside.address()));
        }
    }

    @Test
    void aServiceFollowsItsWorkloadAndRefusesWithoutOne() {
        Client pod = lab.clients(POD).get(0);
        Client outsider = lab.clients(OFF_CLUSTER).get(0);
        try (Workload workload = lab.deploy(List.of());
                Service service = lab.create(ServiceSpec.nodePort(CLUSTER), workload)) {
            assertThat(refusal(pod, service.clusterIp())).isEqualTo(Failure.REFUSED);
            assertThat(refusal(outsider, service.nodePort(lab.nodes().get(0), outsider)))
                    .isEqualTo(Failure.REFUSED);

            Endpoint first = workload.start(lab.nodes().get(2));
            Endpoint second = workload.start(lab.nodes().get(2));
            assertThat(first.name()).isEqualTo("echo-3-1");
            assertThat(service.endpoints().ready()).containsExactlyInAnyOrder(first.name(), second.name());
            assertThat(lines(pod, service.clusterIp(), 40).stream().map(EchoLine::from))
                    .containsOnly(first.name(), second.name());

            workload.delete(first);
            assertThat(service.endpoints().ready()).containsExactly(second.name());
            assertThat(service.endpoints().changes()).isEqualTo(3);
            assertThat(lines(pod, service.clusterIp(), 10).stream().map(EchoLine::from))
                    .containsOnly(second.name());
            workload.delete(second);
            assertThat(refusal(pod, service.clusterIp())).isEqualTo(Failure.REFUSED);
        }
    }

    @Test
    void theHealthCheckPortAnswersAsKubeProxysDoes() {
        Client outsider = lab.clients(OFF_CLUSTER).get(0);
        try (Service service = lab.create(ServiceSpec.loadBalancer(LOCAL))) {
            Dialed.Answered local = health(service, 0, outsider);
            assertThat(local.status()).isEqualTo(200);
            assertThat(new JsonObject(local.body()))
                    .isEqualTo(new JsonObject(
                            "{\"service\":{\"namespace\":\"default\",\"name\":\"%s\"},\"localEndpoints\":2}"
                                    .formatted(service.name())));
            assertThat(health(service, 2, outsider).status()).isEqualTo(503);

            FrontEnd at = service.healthCheckNodePort(lab.nodes().get(0), outsider);
            service.update(ServiceSpec.loadBalancer(CLUSTER));
            assertThat(refusal(outsider, at)).isEqualTo(Failure.REFUSED);
        }
    }

    @Test
    void aServiceChangesItsAffinityInPlaceAndItsTypeNot() {
        Client pod = lab.clients(POD).get(0);
        try (Service service = lab.create(ServiceSpec.clusterIp())) {
            assertThat(lines(pod, service.clusterIp(), 60).stream()
                            .map(EchoLine::from)
                            .distinct())
                    .hasSize(4);
            service.update(service.spec().withClientIpAffinity(Duration.ofHours(1)));
            assertThat(lines(pod, service.clusterIp(), 60).stream()
                            .map(EchoLine::from)
                            .distinct())
                    .hasSize(1);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> service.update(ServiceSpec.nodePort(CLUSTER)))
                    .withMessage(service.name() + " is of type CLUSTER_IP and cannot become NODE_PORT");
        }
    }

    private static Dialed.Answered health(Service service, int node, Client from) {
        FrontEnd at = service.healthCheckNodePort(lab.nodes().get(node), from);
        return (Dialed.Answered)
                dial(from, at, 1, Duration.ofSeconds(20)).get(0).outcome();
    }

    private static Failure refusal(Client client, FrontEnd to) {
        return ((Dialed.NotConnected)
                        dial(client, to, 1, Duration.ofSeconds(20)).get(0).outcome())
                .failure();
    }

    private static String podGateway(Node node, List<Client> pods) {
        String pod = pods.stream()
                .filter(p -> p.node().equals(Optional.of(node)))
                .findFirst()
                .orElseThrow()
                .address();
        return pod.substring(0, pod.lastIndexOf('.') + 1) + "254";
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
        try (EmbeddedLab broken =
                new EmbeddedLab(EmbeddedLab.Options.defaults().withFault(Fault.of("affinity-lost")))) {
            assertThat(broken.describe().dataPlane())
                    .isEqualTo("reference of kube-proxy iptables, with the fault affinity-lost");
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
