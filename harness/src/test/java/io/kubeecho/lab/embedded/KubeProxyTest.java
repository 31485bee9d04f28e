package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.embedded.Arrival.Origin.OUTSIDE;
import static io.kubeecho.lab.embedded.Arrival.Origin.POD;
import static io.kubeecho.lab.embedded.Arrival.Through.CLUSTER_IP;
import static io.kubeecho.lab.embedded.Arrival.Through.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class KubeProxyTest {

    private static final Duration T = Duration.ofSeconds(10);
    private static final String CLIENT = "10.0.0.99";

    private static final Node NODE_1 = new Node("node-1", "192.168.0.1");
    private static final Node NODE_2 = new Node("node-2", "192.168.0.2");
    private static final Node NODE_3 = new Node("node-3", "192.168.0.3");
    private static final String GATEWAY_1 = "10.0.1.254";
    private static final List<Endpoint> ENDPOINTS = List.of(
            new Endpoint("echo-1-1", "10.0.1.1", NODE_1),
            new Endpoint("echo-1-2", "10.0.1.2", NODE_1),
            new Endpoint("echo-2-1", "10.0.2.1", NODE_2),
            new Endpoint("echo-2-2", "10.0.2.2", NODE_2));

    private final AtomicLong clock = new AtomicLong();
    private final Random random = new Random(1);

    /** What the reference decides in every case: the table of kube-proxy's iptables chains. */
    @ParameterizedTest(name = "{0} through {1} under {2}, at {3}: reaches {4}, pod sees {5}")
    @CsvSource({
        // a ClusterIP knows no external traffic policy, and masquerades what is no pod
        "POD,     CLUSTER_IP, CLUSTER, node-1, all,   client",
        "POD,     CLUSTER_IP, CLUSTER, node-3, all,   client",
        "POD,     CLUSTER_IP, LOCAL,   node-1, all,   client",
        "POD,     CLUSTER_IP, LOCAL,   node-3, all,   client",
        "NODE,    CLUSTER_IP, CLUSTER, node-1, all,   node",
        "NODE,    CLUSTER_IP, LOCAL,   node-3, all,   node",
        "OUTSIDE, CLUSTER_IP, CLUSTER, node-1, all,   node",
        "OUTSIDE, CLUSTER_IP, LOCAL,   node-3, all,   node",
        // a node port under Cluster masquerades everybody
        "POD,     NODE_PORT,  CLUSTER, node-1, all,   node",
        "POD,     NODE_PORT,  CLUSTER, node-3, all,   node",
        "NODE,    NODE_PORT,  CLUSTER, node-1, all,   node",
        "NODE,    NODE_PORT,  CLUSTER, node-3, all,   node",
        "OUTSIDE, NODE_PORT,  CLUSTER, node-1, all,   node",
        "OUTSIDE, NODE_PORT,  CLUSTER, node-3, all,   node",
        // under Local, pods and nodes are still served by all: pods as they are, nodes masqueraded
        "POD,     NODE_PORT,  LOCAL,   node-1, all,   client",
        "POD,     NODE_PORT,  LOCAL,   node-3, all,   client",
        "NODE,    NODE_PORT,  LOCAL,   node-1, all,   node",
        "NODE,    NODE_PORT,  LOCAL,   node-3, all,   node",
        // and what comes from outside is local and keeps its address, or is dropped
        "OUTSIDE, NODE_PORT,  LOCAL,   node-1, local, client",
        "OUTSIDE, NODE_PORT,  LOCAL,   node-2, local, client",
        "OUTSIDE, NODE_PORT,  LOCAL,   node-3, none,  -",
        // a load balancer's address is treated as a node port is
        "POD,     LOAD_BALANCER, CLUSTER, node-1, all,   node",
        "POD,     LOAD_BALANCER, CLUSTER, node-3, all,   node",
        "NODE,    LOAD_BALANCER, CLUSTER, node-1, all,   node",
        "NODE,    LOAD_BALANCER, CLUSTER, node-3, all,   node",
        "OUTSIDE, LOAD_BALANCER, CLUSTER, node-1, all,   node",
        "OUTSIDE, LOAD_BALANCER, CLUSTER, node-3, all,   node",
        "POD,     LOAD_BALANCER, LOCAL,   node-1, all,   client",
        "POD,     LOAD_BALANCER, LOCAL,   node-3, all,   client",
        "NODE,    LOAD_BALANCER, LOCAL,   node-1, all,   node",
        "NODE,    LOAD_BALANCER, LOCAL,   node-3, all,   node",
        "OUTSIDE, LOAD_BALANCER, LOCAL,   node-1, local, client",
        "OUTSIDE, LOAD_BALANCER, LOCAL,   node-2, local, client",
        "OUTSIDE, LOAD_BALANCER, LOCAL,   node-3, none,  -",
    })
    void theTruthTable(
            Arrival.Origin origin,
            Arrival.Through through,
            ExternalTrafficPolicy policy,
            String at,
            String reaches,
            String seen) {
        Node node = List.of(NODE_1, NODE_2, NODE_3).stream()
                .filter(n -> n.name().equals(at))
                .findFirst()
                .orElseThrow();
        KubeProxy proxy = proxy(node);
        Set<Decision> decisions = decisions(proxy, rules(policy), arrival(CLIENT, origin, through));

        if (reaches.equals("none")) {
            assertThat(decisions).containsExactly(new Decision.Drop());
            return;
        }
        Set<Decision> expected = ENDPOINTS.stream()
                .filter(e -> reaches.equals("all") || e.node().equals(node))
                .map(e -> new Decision.Forward(e, seen.equals("client") ? CLIENT : masqueradeOf(node, e)))
                .collect(Collectors.toSet());
        assertThat(decisions).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource(Arrival.Through.class)
    void aPodThatReachesItselfIsMasqueraded(Arrival.Through through) {
        Endpoint self = ENDPOINTS.get(0);
        Set<Decision> decisions = decisions(proxy(NODE_1), rules(CLUSTER), arrival(self.address(), POD, CLUSTER_IP));
        assertThat(decisions)
                .contains(new Decision.Forward(self, GATEWAY_1))
                .contains(new Decision.Forward(ENDPOINTS.get(1), self.address()));
        assertThat(decisions(proxy(NODE_1), rules(LOCAL), arrival(self.address(), POD, through)))
                .contains(new Decision.Forward(self, GATEWAY_1));
    }

    @ParameterizedTest
    @EnumSource(ExternalTrafficPolicy.class)
    void withoutEndpointsEverybodyIsRefused(ExternalTrafficPolicy policy) {
        ServiceRules empty = new ServiceRules("svc", ServiceSpec.nodePort(policy), List.of());
        for (Arrival.Origin origin : Arrival.Origin.values()) {
            for (Arrival.Through through : Arrival.Through.values()) {
                assertThat(decisions(proxy(NODE_1), empty, arrival(CLIENT, origin, through)))
                        .containsExactly(new Decision.Refuse());
            }
        }
    }

    @Test
    void withoutAffinityThePickIsEvenAndIndependent() {
        KubeProxy proxy = proxy(NODE_1);
        ServiceRules rules = rules(CLUSTER);
        long[] counts = new long[ENDPOINTS.size()];
        int returned = 0;
        int last = -1;
        int connections = 8_000;
        for (int i = 0; i < connections; i++) {
            int pod = ENDPOINTS.indexOf(forwarded(proxy, rules, CLIENT, CLUSTER_IP));
            counts[pod]++;
            returned += pod == last ? 1 : 0;
            last = pod;
        }
        assertThat(LongStream.of(counts).boxed()).allSatisfy(c -> assertThat(c).isBetween(1_850L, 2_150L));
        assertThat(returned).isBetween(1_850, 2_150);
    }

    @Test
    void everyConnectionRefreshesTheWindow() {
        KubeProxy proxy = proxy(NODE_1);
        Endpoint first = forwarded(proxy, sticky("svc"), CLIENT, CLUSTER_IP);
        for (int i = 0; i < 50; i++) {
            clock.addAndGet(T.toNanos());
            assertThat(forwarded(proxy, sticky("svc"), CLIENT, CLUSTER_IP)).isEqualTo(first);
        }
    }

    @Test
    void aNanosecondBeyondTheTimeoutTheClientIsBalancedAnew() {
        KubeProxy proxy = proxy(NODE_1);
        Set<Endpoint> seen = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            seen.add(forwarded(proxy, sticky("svc"), CLIENT, CLUSTER_IP));
            clock.addAndGet(T.toNanos() + 1);
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(ENDPOINTS);
    }

    @Test
    void theFrontEndsOfOneServiceShareTheirAffinity() {
        KubeProxy proxy = proxy(NODE_1);
        for (int i = 0; i < 30; i++) {
            String client = "10.0.3." + i;
            Endpoint through = forwarded(proxy, sticky("svc"), client, CLUSTER_IP);
            assertThat(forwarded(proxy, sticky("svc"), client, NODE_PORT)).isEqualTo(through);
        }
    }

    @Test
    void servicesDoNotShareTheirAffinity() {
        KubeProxy proxy = proxy(NODE_1);
        Set<Endpoint> seen = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            seen.add(forwarded(proxy, sticky("svc-" + i), CLIENT, CLUSTER_IP));
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(ENDPOINTS);
    }

    @Test
    void nodesDoNotShareTheirAffinity() {
        KubeProxy one = proxy(NODE_1);
        Set<Endpoint> others = new HashSet<>();
        Endpoint first = forwarded(one, sticky("svc"), CLIENT, CLUSTER_IP);
        for (int i = 0; i < 60; i++) {
            others.add(forwarded(proxy(NODE_2), sticky("svc"), CLIENT, CLUSTER_IP));
            assertThat(forwarded(one, sticky("svc"), CLIENT, CLUSTER_IP)).isEqualTo(first);
        }
        assertThat(others).containsExactlyInAnyOrderElementsOf(ENDPOINTS);
    }

    @Test
    void clientsAreToldApartByAddress() {
        KubeProxy proxy = proxy(NODE_1);
        Set<Endpoint> seen = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            seen.add(forwarded(proxy, sticky("svc"), "10.0.3." + i, CLUSTER_IP));
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(ENDPOINTS);
    }

    @Test
    void aListHoldsAHundredClientsPerEndpointAndThenLosesTheOldest() {
        KubeProxy proxy = proxy(NODE_1);
        List<Endpoint> only = ENDPOINTS.subList(0, 1);
        ServiceRules single = new ServiceRules("svc", stickySpec(), only);
        ServiceRules all = new ServiceRules("svc", stickySpec(), ENDPOINTS);
        // a hundred and one clients on one endpoint's list
        for (int i = 0; i <= RecentList.CAPACITY; i++) {
            forwarded(proxy, single, "client-" + i, CLUSTER_IP);
        }
        for (int i = 1; i <= RecentList.CAPACITY; i++) {
            assertThat(forwarded(proxy, all, "client-" + i, CLUSTER_IP))
                    .as("client-%d is still remembered", i)
                    .isEqualTo(only.get(0));
        }
        // while the first is balanced anew, and so goes back to where it was only once in four
        Set<Endpoint> anew = new HashSet<>();
        for (int i = 0; i < 60; i++) {
            KubeProxy fresh = proxy(NODE_1);
            for (int c = 0; c <= RecentList.CAPACITY; c++) {
                forwarded(fresh, single, "client-" + c, CLUSTER_IP);
            }
            anew.add(forwarded(fresh, all, "client-0", CLUSTER_IP));
        }
        assertThat(anew).containsExactlyInAnyOrderElementsOf(ENDPOINTS);
    }

    @Test
    void affinityHoldsAmongTheLocalEndpointsUnderLocal() {
        KubeProxy proxy = proxy(NODE_1);
        ServiceRules rules = new ServiceRules("svc", ServiceSpec.nodePort(LOCAL).withClientIpAffinity(T), ENDPOINTS);
        Arrival arrival = arrival("203.0.113.7", OUTSIDE, NODE_PORT);
        Decision first = decide(proxy, rules, arrival);
        assertThat(first)
                .isInstanceOfSatisfying(
                        Decision.Forward.class, f -> assertThat(f.to().node()).isEqualTo(NODE_1));
        for (int i = 0; i < 30; i++) {
            assertThat(decide(proxy, rules, arrival)).isEqualTo(first);
        }
    }

    @Test
    void whatComesFromAnotherNodeIsOutside() {
        Arrival fromNode2 = arrival(NODE_2.address(), OUTSIDE, NODE_PORT);
        assertThat(decisions(proxy(NODE_3), rules(LOCAL), fromNode2)).containsExactly(new Decision.Drop());
        assertThat(decisions(proxy(NODE_1), rules(LOCAL), fromNode2))
                .containsExactlyInAnyOrder(
                        new Decision.Forward(ENDPOINTS.get(0), NODE_2.address()),
                        new Decision.Forward(ENDPOINTS.get(1), NODE_2.address()));
    }

    @Test
    void aServiceThatIsGoneRefuses() {
        KubeProxy proxy = proxy(NODE_1);
        Arrival arrival = arrival(CLIENT, POD, CLUSTER_IP);
        decide(proxy, rules(CLUSTER), arrival);
        proxy.remove("svc");
        assertThat(proxy.decide("svc", arrival)).isEqualTo(new Decision.Refuse());
    }

    /** Tells whether a client that had been on the first endpoint is remembered there after the changes in between. */
    private boolean isRememberedAfter(ServiceRules... changes) {
        for (int i = 0; i < 60; i++) {
            KubeProxy proxy = proxy(NODE_1);
            forwarded(proxy, new ServiceRules("svc", stickySpec(), ENDPOINTS.subList(0, 1)), CLIENT, CLUSTER_IP);
            Stream.of(changes).forEach(proxy::sync);
            if (!forwarded(proxy, sticky("svc"), CLIENT, CLUSTER_IP).equals(ENDPOINTS.get(0))) {
                return false;
            }
        }
        return true;
    }

    @Test
    void affinityOutlivesOtherEndpointsAndAChangeOfThePolicyOrTheTimeout() {
        assertThat(isRememberedAfter(
                        sticky("svc"),
                        new ServiceRules("svc", stickySpec(), ENDPOINTS.subList(0, 2)),
                        new ServiceRules("svc", stickySpec().with(LOCAL), ENDPOINTS),
                        new ServiceRules(
                                "svc", ServiceSpec.nodePort(CLUSTER).withClientIpAffinity(T.plus(T)), ENDPOINTS)))
                .isTrue();
    }

    @Test
    void affinityDoesNotOutliveATimeWithoutItOrWithoutItsEndpoint() {
        assertThat(isRememberedAfter(rules(CLUSTER))).isFalse();
        assertThat(isRememberedAfter(new ServiceRules("svc", stickySpec(), ENDPOINTS.subList(1, 4))))
                .isFalse();
    }

    @Test
    void theHealthCheckCountsLocalEndpointsAndExistsUnderLocalAlone() {
        ServiceRules local = new ServiceRules("svc", ServiceSpec.loadBalancer(LOCAL), ENDPOINTS);
        assertThat(health(NODE_1, local)).contains(new KubeProxy.Health(200, 2));
        assertThat(health(NODE_3, local)).contains(new KubeProxy.Health(503, 0));
        assertThat(health(NODE_1, new ServiceRules("svc", ServiceSpec.loadBalancer(LOCAL), List.of())))
                .contains(new KubeProxy.Health(503, 0));
        assertThat(health(NODE_1, new ServiceRules("svc", ServiceSpec.loadBalancer(CLUSTER), ENDPOINTS)))
                .isEmpty();
        assertThat(health(NODE_1, rules(LOCAL))).isEmpty();
    }

    private Optional<KubeProxy.Health> health(Node node, ServiceRules rules) {
        KubeProxy proxy = proxy(node);
        proxy.sync(rules);
        return proxy.health(rules.service());
    }

    private KubeProxy proxy(Node node) {
        return new KubeProxy(new KubeProxy.Setting(node, gatewayOf(node), random, clock::get));
    }

    private static String gatewayOf(Node node) {
        return "10.0." + node.name().substring("node-".length()) + ".254";
    }

    /** The address of the interface on which a packet to an endpoint leaves its node. */
    private static String masqueradeOf(Node node, Endpoint to) {
        return to.node().equals(node) ? gatewayOf(node) : node.address();
    }

    private static Arrival arrival(String source, Arrival.Origin origin, Arrival.Through through) {
        return new Arrival(source, 40_000, origin, through);
    }

    private static Decision decide(KubeProxy proxy, ServiceRules rules, Arrival arrival) {
        proxy.sync(rules);
        return proxy.decide(rules.service(), arrival);
    }

    private static ServiceRules rules(ExternalTrafficPolicy policy) {
        return new ServiceRules("svc", ServiceSpec.nodePort(policy), ENDPOINTS);
    }

    private static ServiceSpec stickySpec() {
        return ServiceSpec.nodePort(CLUSTER).withClientIpAffinity(T);
    }

    private static ServiceRules sticky(String service) {
        return new ServiceRules(service, stickySpec(), ENDPOINTS);
    }

    private static Endpoint forwarded(KubeProxy proxy, ServiceRules rules, String client, Arrival.Through through) {
        return ((Decision.Forward) decide(proxy, rules, arrival(client, POD, through))).to();
    }

    /** All that may become of a connection: with no affinity and this many tries, nothing that may happen is missed. */
    private static Set<Decision> decisions(KubeProxy proxy, ServiceRules rules, Arrival arrival) {
        Set<Decision> seen = new HashSet<>();
        for (int i = 0; i < 200; i++) {
            seen.add(decide(proxy, rules, arrival));
        }
        return seen;
    }
}
