package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.embedded.Arrival.Origin.NODE;
import static io.kubeecho.lab.embedded.Arrival.Origin.OUTSIDE;
import static io.kubeecho.lab.embedded.Arrival.Origin.POD;
import static io.kubeecho.lab.embedded.Arrival.Through.CLUSTER_IP;
import static io.kubeecho.lab.embedded.Arrival.Through.LOAD_BALANCER;
import static io.kubeecho.lab.embedded.Arrival.Through.NODE_PORT;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each scope on the kind of fault that can be limited by all of them: a client that had been remembered is balanced anew
 * inside, and stays outside.
 */
class ScopeTest {

    /** So many clients that none of them is back on its pod by luck alone, nor is a share of 10 % missed. */
    private static final int CLIENTS = 300;

    @Test
    void everywhereWithoutAny() {
        assertThat(moving("affinity-lost"))
                .containsExactlyInAnyOrder("node-1", "node-2", "node-3", "CLUSTER_IP", "NODE_PORT", "LOAD_BALANCER");
    }

    @ParameterizedTest
    @ValueSource(strings = {"node-1", "node-2", "node-3"})
    void onANode(String node) {
        assertThat(moving("affinity-lost:" + node)).contains(node).doesNotContainAnyElementsOf(without(node));
    }

    private static Set<String> without(String node) {
        Set<String> others = new TreeSet<>(Set.of("node-1", "node-2", "node-3"));
        others.remove(node);
        return others;
    }

    @Test
    void onTwoNodes() {
        assertThat(moving("affinity-lost:node-1+3"))
                .contains("node-1", "node-3")
                .doesNotContain("node-2");
    }

    @Test
    void throughOneWayIn() {
        for (Arrival.Through way : Arrival.Through.values()) {
            String word = way.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
            assertThat(moving("affinity-lost:" + word))
                    .filteredOn(cell -> !cell.startsWith("node"))
                    .containsExactly(way.name());
        }
    }

    @Test
    void forOneKindOfClient() {
        for (Arrival.Origin origin : Arrival.Origin.values()) {
            String word = new Scope.From(origin).word();
            for (Arrival.Origin from : Arrival.Origin.values()) {
                assertThat(moved(new Plane("affinity-lost:" + word), 1, sticky(), from, NODE_PORT) > 0)
                        .as("%s, from %s", word, from)
                        .isEqualTo(from == origin);
            }
        }
    }

    @Test
    void onlyUnderLocal() {
        ServiceSpec local = sticky().with(ExternalTrafficPolicy.LOCAL);
        assertThat(moved(new Plane("affinity-lost:under-local"), 1, local, OUTSIDE, NODE_PORT))
                .isPositive();
        assertThat(moved(new Plane("affinity-lost:under-local"), 1, local, POD, CLUSTER_IP))
                .isZero();
        assertThat(moved(new Plane("affinity-lost:under-local"), 1, sticky(), OUTSIDE, NODE_PORT))
                .isZero();
    }

    @Test
    void onlyWithAffinity() {
        Plane plane = new Plane("endpoint-never-chosen:with-affinity");
        assertThat(reached(plane, sticky())).hasSize(3);
        assertThat(reached(plane, sticky().withoutAffinity())).hasSize(4);
    }

    private static Set<String> reached(Plane plane, ServiceSpec spec) {
        plane.sync("svc", spec);
        Set<String> reached = new TreeSet<>();
        for (int i = 0; i < CLIENTS; i++) {
            reached.add(plane.endpoint(1, "svc", "client-" + i, POD, CLUSTER_IP));
        }
        return reached;
    }

    @Test
    void forOneEndpoint() {
        Plane plane = new Plane("affinity-lost:endpoint-2");
        plane.sync("svc", sticky());
        int forgotten = 0;
        for (int i = 0; i < CLIENTS; i++) {
            String first = plane.endpoint(1, "svc", "client-" + i, POD, CLUSTER_IP);
            String next = plane.endpoint(1, "svc", "client-" + i, POD, CLUSTER_IP);
            if (!first.equals(Plane.ENDPOINTS.get(1).name())) {
                assertThat(next).isEqualTo(first);
            } else if (!next.equals(first)) {
                forgotten++;
            }
        }
        assertThat(forgotten).isPositive();
    }

    @Test
    void towardsOneNode() {
        Plane plane = new Plane("cluster-ip-masquerades-pods:node-2:to-node-1");
        plane.sync("svc", ServiceSpec.clusterIp());
        for (int node = 1; node <= 3; node++) {
            for (int i = 0; i < 50; i++) {
                Decision.Forward forward = (Decision.Forward) plane.decide(node, "svc", "client", POD, CLUSTER_IP);
                boolean hidden = node == 2 && forward.to().node().name().equals("node-1");
                assertThat(forward.sourceAddress().equals("client"))
                        .as("%d to %s", node, forward.to())
                        .isEqualTo(!hidden);
            }
        }
    }

    @Test
    void forAShareOfConnections() {
        Plane plane = new Plane("local-masquerades:10%");
        plane.sync("svc", ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL));
        long hidden = IntStream.range(0, 10_000)
                .filter(i -> !((Decision.Forward) plane.decide(1, "svc", "client", OUTSIDE, NODE_PORT))
                        .sourceAddress()
                        .equals("client"))
                .count();
        assertThat(hidden).isBetween(850L, 1_150L);
    }

    @Test
    void forOneBucketOfTheClients() {
        Plane plane = new Plane("local-masquerades:1-of-16-clients");
        plane.sync("svc", ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL));
        long concerned = 0;
        for (int i = 0; i < 16_000; i++) {
            String client = "127.64.%d.%d".formatted(i / 250, i % 250);
            boolean hidden = isHidden(plane, 1, client);
            assertThat(isHidden(plane, 1, client)).isEqualTo(hidden);
            assertThat(isHidden(plane, 2, client)).as("on another node").isEqualTo(hidden);
            concerned += hidden ? 1 : 0;
        }
        assertThat(concerned).isBetween(850L, 1_150L);
    }

    private static boolean isHidden(Plane plane, int node, String client) {
        return !((Decision.Forward) plane.decide(node, "svc", client, OUTSIDE, NODE_PORT))
                .sourceAddress()
                .equals(client);
    }

    @Test
    void flappingIsWrongForMostOfThreeSecondsAndThenRight() {
        Plane plane = new Plane("local-masquerades:flapping");
        plane.sync("svc", ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL));
        List<Boolean> hidden = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            hidden.add(isHidden(plane, 1, "client"));
            plane.passes(java.time.Duration.ofMillis(10));
        }
        assertThat(hidden.stream().filter(h -> h).count()).isBetween(2_500L, 2_600L);
        long turns = IntStream.range(1, hidden.size())
                .filter(i -> !hidden.get(i).equals(hidden.get(i - 1)))
                .count();
        assertThat(turns).as("in 30 s").isBetween(19L, 21L);
    }

    @Test
    void forTheFirstConnectionsOfEachClient() {
        Plane plane = new Plane("local-masquerades:first-3");
        plane.sync("svc", ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL));
        for (String client : List.of("a", "b")) {
            assertThat(IntStream.range(0, 6).mapToObj(i -> isHidden(plane, 1, client)))
                    .containsExactly(true, true, true, false, false, false);
        }
    }

    @Test
    void forEachSoManythConnectionOfEachClient() {
        Plane plane = new Plane("local-masquerades:every-4");
        plane.sync("svc", ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL));
        for (String client : List.of("a", "b")) {
            assertThat(IntStream.range(0, 8).mapToObj(i -> isHidden(plane, 1, client)))
                    .containsExactly(false, false, false, true, false, false, false, true);
        }
    }

    /** The same seed breaks the same connections, and another others. */
    @Test
    void chanceIsTheSeeds() {
        assertThat(whoIsHidden(7)).isEqualTo(whoIsHidden(7)).isNotEqualTo(whoIsHidden(8));
    }

    private static List<Boolean> whoIsHidden(long seed) {
        Plane plane = new Plane("local-masquerades:10%", seed);
        plane.sync("svc", ServiceSpec.nodePort(ExternalTrafficPolicy.LOCAL));
        return IntStream.range(0, 500)
                .mapToObj(i -> isHidden(plane, 1, "client"))
                .toList();
    }

    private static ServiceSpec sticky() {
        return ServiceSpec.loadBalancer(ExternalTrafficPolicy.CLUSTER).withClientIpAffinity(Plane.T);
    }

    /** The nodes and the ways in where a client that comes back has moved. */
    private static Set<String> moving(String fault) {
        Set<String> moving = new TreeSet<>();
        for (int node = 1; node <= 3; node++) {
            for (Arrival.Through way : List.of(CLUSTER_IP, NODE_PORT, LOAD_BALANCER)) {
                for (Arrival.Origin origin : List.of(POD, NODE, OUTSIDE)) {
                    if (moved(new Plane(fault), node, sticky(), origin, way) > 0) {
                        moving.add("node-" + node);
                        moving.add(way.name());
                    }
                }
            }
        }
        return moving;
    }

    private static long moved(Plane plane, int node, ServiceSpec spec, Arrival.Origin origin, Arrival.Through way) {
        plane.sync("svc", spec);
        return IntStream.range(0, CLIENTS)
                .filter(i -> !plane.endpoint(node, "svc", "client-" + i, origin, way)
                        .equals(plane.endpoint(node, "svc", "client-" + i, origin, way)))
                .count();
    }
}
