package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.embedded.Arrival.Origin.NODE;
import static io.kubeecho.lab.embedded.Arrival.Origin.OUTSIDE;
import static io.kubeecho.lab.embedded.Arrival.Origin.POD;
import static io.kubeecho.lab.embedded.Arrival.Through.CLUSTER_IP;
import static io.kubeecho.lab.embedded.Arrival.Through.LOAD_BALANCER;
import static io.kubeecho.lab.embedded.Arrival.Through.NODE_PORT;
import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each kind of fault claims happens in the data plane, in made-up time and without a network; and every fault that has
 * a name, in whatever place, shows in one of the histories that are tried here, only on its nodes.
 */
class FaultsInTheDataPlaneTest {

    private static final ServiceSpec STICKY = ServiceSpec.loadBalancer(CLUSTER).withClientIpAffinity(Plane.T);
    private static final ServiceSpec NONE = ServiceSpec.loadBalancer(CLUSTER);
    private static final ServiceSpec STICKY_LOCAL = STICKY.with(LOCAL);
    private static final ServiceSpec NONE_LOCAL = NONE.with(LOCAL);

    /** The histories of the reference, by node. */
    private static final Map<Integer, List<String>> RIGHT = new HashMap<>();

    /** What each kind does where it is everywhere. */
    private static final Map<String, Consumer<Plane>> CLAIMS = new TreeMap<>();

    static {
        CLAIMS.put(
                "affinity-lost",
                plane -> assertThat(moved(plane, STICKY, Duration.ZERO)).isBetween(0.5, 0.95));
        CLAIMS.put(
                "affinity-never-expires",
                plane -> assertThat(moved(plane, STICKY, Plane.T.multipliedBy(50)))
                        .isZero());
        CLAIMS.put(
                "affinity-lists-short",
                plane -> assertThat(moved(plane, STICKY, Duration.ZERO)).isBetween(0.5, 0.95));
        CLAIMS.put("affinity-expires-at-half", plane -> expiresAt(plane, 0.5));
        CLAIMS.put("affinity-expires-at-double", plane -> expiresAt(plane, 2));
        // T is 10 s
        CLAIMS.put("affinity-rounded-up-to-minutes", plane -> expiresAt(plane, 6));
        CLAIMS.put("affinity-expires-8-percent-early", plane -> expiresAt(plane, 0.92));
        CLAIMS.put("affinity-expires-8-percent-late", plane -> expiresAt(plane, 1.08));
        CLAIMS.put(
                "affinity-by-port",
                plane -> assertThat(moved(plane, STICKY, Duration.ZERO)).isBetween(0.5, 0.95));
        CLAIMS.put("affinity-shared-by-all", plane -> {
            plane.sync("svc", STICKY);
            assertThat(reached(plane, 1, POD, CLUSTER_IP)).hasSize(1);
        });
        CLAIMS.put("affinity-to-a-pair", plane -> {
            plane.sync("svc", STICKY);
            assertThat(IntStream.range(0, 50)
                            .mapToObj(i -> plane.endpoint(1, "svc", "client", POD, CLUSTER_IP))
                            .collect(toSet()))
                    .hasSize(2);
        });
        CLAIMS.put("affinity-lost-with-endpoints", plane -> {
            assertThat(movedAfter(
                            plane, () -> plane.sync("svc", STICKY, Plane.ENDPOINTS.subList(0, 3)), Plane.ENDPOINTS))
                    .isPositive();
        });
        CLAIMS.put("affinity-lost-at-delete", plane -> {
            plane.sync("svc", STICKY, Plane.ENDPOINTS.subList(0, 3));
            assertThat(movedAfter(plane, () -> plane.sync("svc", STICKY), Plane.ENDPOINTS.subList(0, 3)))
                    .as("at an addition")
                    .isZero();
            assertThat(movedAfter(
                            plane, () -> plane.sync("svc", STICKY, Plane.ENDPOINTS.subList(0, 3)), Plane.ENDPOINTS))
                    .as("those whose endpoint stays")
                    .isPositive();
        });
        CLAIMS.put("affinity-to-removed-endpoint", plane -> {
            plane.sync("svc", STICKY, Plane.ENDPOINTS.subList(0, 1));
            String first = plane.endpoint(1, "svc", "client", POD, CLUSTER_IP);
            plane.sync("svc", STICKY, Plane.ENDPOINTS.subList(1, 4));
            assertThat(plane.endpoint(1, "svc", "client", POD, CLUSTER_IP)).isEqualTo(first);
        });
        CLAIMS.put("affinity-outlives-none", plane -> {
            plane.sync("svc", STICKY);
            plane.sync("svc", NONE);
            assertThat(movedOf(plane, Duration.ZERO)).isZero();
        });
        CLAIMS.put("affinity-change-not-applied", plane -> {
            plane.sync("svc", STICKY);
            plane.sync("svc", NONE);
            assertThat(movedOf(plane, Duration.ZERO)).isZero();
            plane.sync("other", NONE);
            plane.sync("other", STICKY);
            assertThat(IntStream.range(0, 50)
                            .mapToObj(i -> plane.endpoint(1, "other", "client", POD, CLUSTER_IP))
                            .distinct())
                    .hasSize(4);
        });
        CLAIMS.put("endpoint-never-chosen", plane -> {
            plane.sync("svc", NONE);
            assertThat(reached(plane, 1, POD, CLUSTER_IP)).containsExactly("echo-1-1", "echo-1-2", "echo-2-1");
        });
        CLAIMS.put("one-endpoint-only", plane -> {
            plane.sync("svc", NONE);
            assertThat(reached(plane, 1, POD, CLUSTER_IP)).containsExactly("echo-1-1");
        });
        CLAIMS.put(
                "held-connection-cut",
                plane -> assertThat(forward(plane, STICKY, POD, CLUSTER_IP).carriage())
                        .isEqualTo(new Decision.Carriage.CutAfter(Plane.T)));
        CLAIMS.put(
                "held-connection-moved",
                plane -> assertThat(forward(plane, STICKY, POD, CLUSTER_IP).carriage())
                        .isEqualTo(new Decision.Carriage.DecidedAgainAfter(Plane.T)));
        CLAIMS.put("local-forwards-to-remote", plane -> {
            plane.sync("svc", NONE_LOCAL);
            assertThat(reached(plane, 1, OUTSIDE, NODE_PORT)).hasSize(4);
            assertThat(reached(plane, 3, OUTSIDE, LOAD_BALANCER)).hasSize(4);
        });
        CLAIMS.put("local-empty-node-forwards", plane -> {
            plane.sync("svc", NONE_LOCAL);
            assertThat(reached(plane, 1, OUTSIDE, NODE_PORT)).hasSize(2);
            assertThat(reached(plane, 3, OUTSIDE, NODE_PORT)).hasSize(4);
        });
        CLAIMS.put(
                "local-masquerades",
                plane -> assertThat(
                                forward(plane, NONE_LOCAL, OUTSIDE, NODE_PORT).sourceAddress())
                        .isEqualTo(Plane.gatewayOf(Plane.NODES.get(0))));
        CLAIMS.put("local-drops", plane -> {
            plane.sync("svc", NONE_LOCAL);
            assertThat(plane.decide(1, "svc", "client", OUTSIDE, NODE_PORT)).isEqualTo(new Decision.Drop());
            assertThat(reached(plane, 1, POD, NODE_PORT)).hasSize(4);
        });
        CLAIMS.put("local-drops-pods", plane -> {
            plane.sync("svc", NONE_LOCAL);
            assertThat(plane.decide(3, "svc", "client", POD, LOAD_BALANCER)).isEqualTo(new Decision.Drop());
            assertThat(reached(plane, 3, POD, CLUSTER_IP)).hasSize(4);
        });
        CLAIMS.put("local-misses-new-endpoints", plane -> {
            plane.sync("svc", NONE_LOCAL, Plane.ENDPOINTS.subList(0, 1));
            plane.decide(1, "svc", "client", OUTSIDE, NODE_PORT);
            plane.decide(2, "svc", "client", OUTSIDE, NODE_PORT);
            plane.sync("svc", NONE_LOCAL);
            assertThat(reached(plane, 1, OUTSIDE, NODE_PORT)).containsExactly("echo-1-1");
            assertThat(plane.decide(2, "svc", "client", OUTSIDE, NODE_PORT)).isEqualTo(new Decision.Drop());
            assertThat(reached(plane, 2, POD, CLUSTER_IP)).hasSize(4);
        });
        CLAIMS.put("cluster-empty-node-drops", plane -> {
            plane.sync("svc", NONE);
            assertThat(plane.decide(3, "svc", "client", OUTSIDE, NODE_PORT)).isEqualTo(new Decision.Drop());
            assertThat(reached(plane, 1, OUTSIDE, NODE_PORT)).hasSize(4);
        });
        CLAIMS.put("cluster-stays-local", plane -> {
            plane.sync("svc", NONE);
            assertThat(reached(plane, 1, OUTSIDE, NODE_PORT)).hasSize(2);
            assertThat(reached(plane, 3, OUTSIDE, NODE_PORT)).hasSize(4);
        });
        CLAIMS.put("policy-change-not-applied", plane -> {
            plane.sync("svc", NONE);
            plane.sync("svc", NONE_LOCAL);
            assertThat(reached(plane, 1, OUTSIDE, NODE_PORT)).hasSize(4);
        });
        CLAIMS.put(
                "cluster-ip-masquerades-pods",
                plane -> assertThat(forward(plane, NONE, POD, CLUSTER_IP).sourceAddress())
                        .isNotEqualTo("client"));
        CLAIMS.put("hairpin-dropped", plane -> {
            plane.sync("svc", NONE);
            String self = Plane.ENDPOINTS.get(0).address();
            Set<Decision> seen = IntStream.range(0, 100)
                    .mapToObj(i -> plane.decide(1, "svc", self, POD, CLUSTER_IP))
                    .collect(toSet());
            assertThat(seen).hasSize(4).contains(new Decision.Drop());
        });
        CLAIMS.put(
                "forwarded-for-added",
                plane -> assertThat(forward(plane, NONE, POD, CLUSTER_IP).carriage())
                        .isEqualTo(new Decision.Carriage.WithForwardedFor()));
        CLAIMS.put("no-endpoints-drops", plane -> {
            plane.sync("svc", NONE, List.of());
            assertThat(plane.decide(1, "svc", "client", POD, CLUSTER_IP)).isEqualTo(new Decision.Drop());
        });
        CLAIMS.put("added-endpoint-ignored", plane -> {
            plane.sync("svc", NONE, Plane.ENDPOINTS.subList(0, 2));
            plane.sync("svc", NONE);
            assertThat(reached(plane, 1, POD, CLUSTER_IP)).containsExactly("echo-1-1", "echo-1-2");
            plane.sync("late", NONE, List.of());
            plane.sync("late", NONE);
            assertThat(plane.endpoint(1, "late", "client", POD, CLUSTER_IP)).isNotBlank();
        });
        CLAIMS.put("removed-endpoint-stays", plane -> {
            plane.sync("svc", NONE);
            plane.sync("svc", NONE, Plane.ENDPOINTS.subList(0, 1));
            assertThat(reached(plane, 1, POD, CLUSTER_IP)).hasSize(4);
        });
        CLAIMS.put("endpoint-out-of-reach", plane -> {
            plane.sync("svc", NONE);
            assertThat(plane.decide(1, "svc", "client", POD, CLUSTER_IP)).isEqualTo(new Decision.Drop());
        });
        CLAIMS.put("syn-lost", plane -> {
            plane.sync("svc", NONE);
            Arrival arrival = new Arrival("client", 1, POD, CLUSTER_IP);
            assertThat(IntStream.range(0, 4).mapToObj(i -> plane.on(1).isSynLost("svc", arrival)))
                    .containsExactly(true, false, true, false);
        });
        CLAIMS.put("health-check-always-ok", plane -> {
            plane.sync("svc", NONE_LOCAL);
            assertThat(plane.on(3).health("svc")).contains(new KubeProxy.Health(200, 0));
        });
        CLAIMS.put("health-check-counts-all-nodes", plane -> {
            plane.sync("svc", NONE_LOCAL);
            assertThat(plane.on(3).health("svc")).contains(new KubeProxy.Health(200, 4));
        });
        CLAIMS.put("health-check-outlives-local", plane -> {
            plane.sync("svc", NONE_LOCAL);
            assertThat(plane.on(1).health("svc")).isPresent();
            plane.sync("svc", NONE);
            assertThat(plane.on(1).health("svc")).isPresent();
        });
        CLAIMS.put("health-check-says-no", plane -> {
            plane.sync("svc", NONE_LOCAL);
            assertThat(plane.on(1).health("svc")).contains(new KubeProxy.Health(503, 2));
        });
        CLAIMS.put("health-check-stale", plane -> {
            plane.sync("svc", NONE_LOCAL);
            plane.on(1).health("svc");
            plane.sync("svc", NONE_LOCAL, List.of());
            assertThat(plane.on(1).health("svc")).contains(new KubeProxy.Health(200, 2));
        });
    }

    static Set<String> kinds() {
        return Fault.named().stream().map(fault -> fault.id().split(":", -1)[0]).collect(toCollection(TreeSet::new));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void whatAKindClaims(String kind) {
        Consumer<Plane> claim = CLAIMS.get(kind);
        assertThat(claim).as("a claim of %s", kind).isNotNull();
        Objects.requireNonNull(claim).accept(new Plane(kind));
    }

    /** A claim that also holds without the fault would say nothing of it. */
    @ParameterizedTest
    @MethodSource("kinds")
    void noClaimHoldsOfTheReference(String kind) {
        boolean holds = true;
        try {
            Objects.requireNonNull(CLAIMS.get(kind)).accept(new Plane(Optional.empty(), 4711));
        } catch (AssertionError | ClassCastException e) {
            holds = false;
        }
        assertThat(holds).isFalse();
    }

    @Test
    void everyClaimHasItsKind() {
        assertThat(CLAIMS.keySet()).isEqualTo(kinds());
    }

    static List<Fault> named() {
        return Fault.named();
    }

    /** A fault that showed nowhere would be found by luck alone; a node that it leaves alone is as ever. */
    @ParameterizedTest
    @MethodSource("named")
    void everyNamedFaultShowsOnItsNodesAndOnNoOther(Fault fault) {
        Map<Integer, Integer> strange = new TreeMap<>();
        for (int node = 1; node <= 3; node++) {
            List<String> right = RIGHT.computeIfAbsent(node, n -> Histories.on(n, new Plane(Optional.empty(), 1)));
            List<String> wrong = Histories.on(node, new Plane(Optional.of(fault), 1));
            strange.put(node, differences(right, wrong));
        }
        assertThat(strange.values().stream().mapToInt(i -> i).sum())
                .as("of %s", fault)
                .isPositive();
        for (int node = 1; node <= 3; node++) {
            if (!fault.where().covers(Plane.NODES.get(node - 1))) {
                assertThat(strange).as("%s, on node-%d", fault, node).containsEntry(node, 0);
            }
        }
    }

    private static int differences(List<String> right, List<String> wrong) {
        int differences = Math.abs(right.size() - wrong.size());
        for (int i = 0; i < Math.min(right.size(), wrong.size()); i++) {
            differences += right.get(i).equals(wrong.get(i)) ? 0 : 1;
        }
        return differences;
    }

    /** Long histories of one node that touch whatever there is to break; the same seed gives the same one again. */
    private static final class Histories {

        private static final int CLIENTS = 10;
        private static final int ROUNDS = 8;

        private final Plane plane;
        private final int node;
        private final List<String> seen = new ArrayList<>();

        private Histories(Plane plane, int node) {
            this.plane = plane;
            this.node = node;
        }

        static List<String> on(int node, Plane plane) {
            Histories histories = new Histories(plane, node);
            for (ServiceSpec spec : List.of(STICKY, NONE, STICKY_LOCAL, NONE_LOCAL)) {
                histories.ofOne(spec);
            }
            return histories.seen;
        }

        private void ofOne(ServiceSpec spec) {
            String service = "svc-" + spec;
            List<Endpoint> few = Plane.ENDPOINTS.subList(0, 3);
            sync(service, spec, List.of());
            sync(service, spec, few);
            rounds(service);
            sync(service, spec, Plane.ENDPOINTS);
            rounds(service);
            sync(service, spec, Plane.ENDPOINTS.subList(1, 4));
            rounds(service);
            sync(service, other(spec), Plane.ENDPOINTS);
            rounds(service);
            sync(service, spec.with(spec.externalTrafficPolicy() == LOCAL ? CLUSTER : LOCAL), Plane.ENDPOINTS);
            rounds(service);
            for (int i = 0; i < 450; i++) {
                connect(service, "client-1", POD, CLUSTER_IP);
            }
            // more than a short list holds, twice
            for (int i = 0; i < 400; i++) {
                connect(service, "one-of-many-" + i % 200, POD, CLUSTER_IP);
            }
            sync(service, spec, List.of());
            connectAll(service, "client-1");
        }

        private static ServiceSpec other(ServiceSpec spec) {
            return spec.sessionAffinity() instanceof ServiceSpec.SessionAffinity.ClientIP
                    ? spec.withoutAffinity()
                    : spec.withClientIpAffinity(Plane.T);
        }

        private void sync(String service, ServiceSpec spec, List<Endpoint> endpoints) {
            plane.sync(service, spec, endpoints);
            seen.add(plane.on(node).health(service).toString());
        }

        private void rounds(String service) {
            List<Duration> pauses = List.of(
                    Duration.ZERO,
                    Plane.T.multipliedBy(55).dividedBy(100),
                    Plane.T.multipliedBy(95).dividedBy(100),
                    Plane.T.multipliedBy(105).dividedBy(100),
                    Plane.T.multipliedBy(150).dividedBy(100),
                    Plane.T.multipliedBy(5),
                    Plane.T.multipliedBy(20),
                    Duration.ZERO);
            for (int round = 0; round < ROUNDS; round++) {
                plane.passes(pauses.get(round));
                for (int client = 0; client < CLIENTS; client++) {
                    connectAll(service, "client-" + client);
                }
            }
            Plane.ENDPOINTS.forEach(endpoint -> {
                if (endpoint.node().equals(Plane.NODES.get(node - 1))) {
                    connectFrom(service, endpoint.address(), POD);
                }
            });
        }

        private void connectAll(String service, String client) {
            connectFrom(service, client, POD);
            connectFrom(service, "node-" + client, NODE);
            connectFrom(service, "out-" + client, OUTSIDE);
        }

        private void connectFrom(String service, String client, Arrival.Origin origin) {
            for (Arrival.Through way : Arrival.Through.values()) {
                connect(service, client, origin, way);
            }
        }

        private void connect(String service, String client, Arrival.Origin origin, Arrival.Through way) {
            Arrival arrival = new Arrival(client, 1, origin, way);
            boolean lost = plane.on(node).isSynLost(service, arrival);
            Decision decision = plane.decide(node, service, client, origin, way);
            seen.add(lost + " " + decision + " of " + plane.on(node).turnedAway(service, arrival));
        }
    }

    /** The share of clients that are on another endpoint when they come back. */
    private static double moved(Plane plane, ServiceSpec spec, Duration pause) {
        plane.sync("svc", spec);
        return movedOf(plane, pause);
    }

    private static double movedOf(Plane plane, Duration pause) {
        int clients = 200;
        Map<String, String> first = new HashMap<>();
        for (int i = 0; i < clients; i++) {
            // no list is full
            first.put("client-" + i, plane.endpoint(1, "svc", "client-" + i, POD, CLUSTER_IP));
        }
        plane.passes(pause);
        return first.entrySet().stream()
                        .filter(e -> !plane.endpoint(1, "svc", e.getKey(), POD, CLUSTER_IP)
                                .equals(e.getValue()))
                        .count()
                / (double) clients;
    }

    private static void expiresAt(Plane plane, double times) {
        Duration at = Duration.ofNanos((long) (Plane.T.toNanos() * times));
        assertThat(moved(plane, STICKY, at.minusNanos(1_000))).as("just before").isZero();
        // until nobody is remembered from before
        plane.passes(Duration.ofDays(2));
        assertThat(movedOf(plane, at.plusNanos(1_000))).as("just after").isBetween(0.5, 0.95);
    }

    /** How many clients of the endpoints that stay have moved by a change. */
    private static long movedAfter(Plane plane, Runnable change, List<Endpoint> before) {
        plane.sync("svc", STICKY, before);
        Map<String, String> first = new HashMap<>();
        for (int i = 0; i < 100; i++) {
            first.put("client-" + i, plane.endpoint(1, "svc", "client-" + i, POD, CLUSTER_IP));
        }
        change.run();
        return first.entrySet().stream()
                .filter(e -> !e.getValue().equals("echo-2-2"))
                .filter(e ->
                        !plane.endpoint(1, "svc", e.getKey(), POD, CLUSTER_IP).equals(e.getValue()))
                .count();
    }

    private static Decision.Forward forward(Plane plane, ServiceSpec spec, Arrival.Origin origin, Arrival.Through way) {
        plane.sync("svc", spec, Plane.ENDPOINTS.subList(0, 1));
        return (Decision.Forward) plane.decide(1, "svc", "client", origin, way);
    }

    private static Set<String> reached(Plane plane, int node, Arrival.Origin origin, Arrival.Through way) {
        return IntStream.range(0, 200)
                .mapToObj(i -> plane.endpoint(node, "svc", "client-" + i, origin, way))
                .collect(toCollection(TreeSet::new));
    }
}
