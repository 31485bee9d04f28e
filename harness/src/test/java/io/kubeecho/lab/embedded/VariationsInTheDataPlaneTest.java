package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.embedded.Arrival.Origin.NODE;
import static io.kubeecho.lab.embedded.Arrival.Origin.OUTSIDE;
import static io.kubeecho.lab.embedded.Arrival.Origin.POD;
import static io.kubeecho.lab.embedded.Arrival.Through.CLUSTER_IP;
import static io.kubeecho.lab.embedded.Arrival.Through.NODE_PORT;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.kubeecho.lab.ServiceSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What each permitted variation claims happens in the data plane, in made-up time and without a network. */
class VariationsInTheDataPlaneTest {

    private static final ServiceSpec NONE = ServiceSpec.loadBalancer(CLUSTER);
    private static final ServiceSpec STICKY = NONE.withClientIpAffinity(Plane.T);

    @ParameterizedTest
    @EnumSource
    void aVariationIsFoundByTheNameItShows(Variation variation) {
        assertThat(Variation.of(variation.id())).isEqualTo(variation);
        assertThat(variation.description()).isNotBlank();
    }

    @Test
    void anUnknownNameIsAnsweredWithTheNearest() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Variation.of("maglew"))
                .withMessageStartingWith("unknown variation 'maglew'; did you mean maglev or ");
    }

    /** Affinity holds on all of them, or they would be no variations. */
    @ParameterizedTest
    @EnumSource
    void aClientStaysJustInsideTheTimeoutAndEveryEndpointIsReached(Variation variation) {
        Plane plane = new Plane(variation);
        Map<String, Long> reached = new TreeMap<>();
        for (int service = 0; service < 40; service++) {
            plane.sync("svc-" + service, STICKY);
            for (int client = 0; client < 40; client++) {
                String first = plane.endpoint(1, "svc-" + service, "client-" + client, POD, CLUSTER_IP);
                plane.passes(Plane.T.minusMillis(1));
                assertThat(plane.endpoint(1, "svc-" + service, "client-" + client, POD, CLUSTER_IP))
                        .isEqualTo(first);
                plane.passes(Plane.T.multipliedBy(3));
                reached.merge(first, 1L, Long::sum);
            }
        }
        assertThat(reached).hasSize(4);
    }

    @Test
    void roundRobinTakesTheEndpointsInTurnAndBeginsWithTheFirst() {
        Plane plane = new Plane(Variation.ROUND_ROBIN);
        for (String service : List.of("svc-1", "svc-2")) {
            plane.sync(service, NONE);
            for (int node = 1; node <= 2; node++) {
                int at = node;
                assertThat(IntStream.range(0, 5).mapToObj(i -> plane.endpoint(at, service, "c", POD, CLUSTER_IP)))
                        .containsExactly("echo-1-1", "echo-1-2", "echo-2-1", "echo-2-2", "echo-1-1");
            }
        }
    }

    @Test
    void aSourceHashKeepsAClientWithoutAffinityAndSpreadsMany() {
        Plane plane = new Plane(Variation.SOURCE_HASH);
        plane.sync("svc-1", NONE);
        plane.sync("svc-2", NONE);
        Map<String, Long> reached = IntStream.range(0, 400)
                .mapToObj(i -> {
                    String endpoint = plane.endpoint(1, "svc-1", "10.0.3." + i, POD, CLUSTER_IP);
                    assertThat(plane.endpoint(1, "svc-1", "10.0.3." + i, POD, CLUSTER_IP))
                            .isEqualTo(endpoint);
                    assertThat(plane.endpoint(2, "svc-2", "10.0.3." + i, POD, CLUSTER_IP))
                            .as("another Service's, on another node")
                            .isEqualTo(endpoint);
                    return endpoint;
                })
                .collect(groupingBy(e -> e, counting()));
        assertThat(reached).hasSize(4);
        assertThat(reached.values()).allSatisfy(n -> assertThat(n).isBetween(60L, 140L));
    }

    @Test
    void maglevIsAlikeForIdenticalServicesWithAffinityAndEvenOverPortsWithout() {
        Plane plane = new Plane(Variation.MAGLEV);
        plane.sync("svc-1", STICKY);
        plane.sync("svc-2", STICKY);
        for (int i = 0; i < 50; i++) {
            assertThat(plane.endpoint(1, "svc-1", "client-" + i, POD, CLUSTER_IP))
                    .isEqualTo(plane.endpoint(1, "svc-2", "client-" + i, POD, CLUSTER_IP));
        }
        plane.sync("svc-3", NONE);
        Map<String, Long> reached = shares(plane, "svc-3", 4_000);
        assertThat(reached).hasSize(4);
        assertThat(reached.values()).allSatisfy(n -> assertThat(n).isBetween(850L, 1_150L));
    }

    /** What Maglev is for: when an endpoint goes, few of the clients of the others move. */
    @Test
    void maglevMovesFewWhenAnEndpointGoes() {
        Plane plane = new Plane(Variation.MAGLEV);
        plane.sync("all", STICKY);
        plane.sync("three", STICKY, Plane.ENDPOINTS.subList(0, 3));
        long moved = IntStream.range(0, 400)
                .mapToObj(i -> "client-" + i)
                .filter(c -> !plane.endpoint(1, "all", c, POD, CLUSTER_IP).equals("echo-2-2"))
                .filter(c -> !plane.endpoint(1, "all", c, POD, CLUSTER_IP)
                        .equals(plane.endpoint(1, "three", c, POD, CLUSTER_IP)))
                .count();
        assertThat(moved).isLessThan(60);
    }

    @Test
    void withUnevenWeightsTheLastEndpointGetsATenthOfTheOthers() {
        Plane plane = new Plane(Variation.UNEVEN_WEIGHTS);
        plane.sync("svc", NONE);
        Map<String, Long> reached = shares(plane, "svc", 31_000);
        assertThat(reached.get("echo-2-2")).isBetween(850L, 1_150L);
        assertThat(reached.get("echo-1-1")).isBetween(9_600L, 10_400L);
    }

    @Test
    void aFixedWindowRunsFromTheFirstConnection() {
        assertThat(staysFor(new Plane(Variation.FIXED_WINDOW))).isFalse();
        assertThat(staysFor(new Plane(Variation.RANDOM))).isTrue();
    }

    /** Whether clients that come back every T/3 stay for good. */
    private static boolean staysFor(Plane plane) {
        plane.sync("svc", STICKY);
        List<String> seen = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            seen.add(plane.endpoint(1, "svc", "client", POD, CLUSTER_IP));
            plane.passes(Plane.T.dividedBy(3));
        }
        return seen.stream().distinct().count() == 1;
    }

    @Test
    void theFloorHoldsForShortTimeoutsAlone() {
        Variation floor = Variation.TIME_WAIT_FLOOR;
        assertThat(floor.kept(Duration.ofMillis(500))).isEqualTo(Duration.ofMillis(1_500));
        assertThat(floor.kept(Duration.ofSeconds(10))).isEqualTo(Duration.ofSeconds(10));
        Plane plane = new Plane(floor);
        plane.sync("svc", NONE.withClientIpAffinity(Duration.ofMillis(100)));
        String first = plane.endpoint(1, "svc", "client", POD, CLUSTER_IP);
        for (int i = 0; i < 30; i++) {
            plane.passes(Duration.ofMillis(1_499));
            assertThat(plane.endpoint(1, "svc", "client", POD, CLUSTER_IP)).isEqualTo(first);
        }
    }

    @Test
    void atTheSocketNothingInsideIsMasqueradedAndFrontEndsRememberApart() {
        Plane plane = new Plane(Variation.SOCKET_LEVEL);
        plane.sync("svc", STICKY);
        for (Arrival.Origin origin : List.of(POD, NODE)) {
            Decision.Forward forward = (Decision.Forward) plane.decide(1, "svc", "inside", origin, NODE_PORT);
            assertThat(forward.sourceAddress()).isEqualTo("inside");
        }
        assertThat(((Decision.Forward) plane.decide(1, "svc", "out", OUTSIDE, NODE_PORT)).sourceAddress())
                .isNotEqualTo("out");
        assertThat(IntStream.range(0, 60)
                        .filter(i -> plane.endpoint(1, "svc", "client-" + i, POD, CLUSTER_IP)
                                .equals(plane.endpoint(1, "svc", "client-" + i, POD, NODE_PORT)))
                        .count())
                .isLessThan(40);
    }

    @Test
    void howANodeWithoutEndpointsAndAServiceWithoutAnySaysSo() {
        Map<Variation, Decision> local = Map.of(
                Variation.RANDOM, new Decision.Drop(),
                Variation.LOCAL_REFUSES, new Decision.Refuse(),
                Variation.LOCAL_UNREACHABLE, new Decision.Unreachable());
        local.forEach((variation, decision) -> {
            Plane plane = new Plane(variation);
            plane.sync("svc", NONE.with(LOCAL));
            assertThat(plane.decide(3, "svc", "out", OUTSIDE, NODE_PORT)).isEqualTo(decision);
            plane.sync("svc", NONE, List.of());
            assertThat(plane.decide(3, "svc", "out", OUTSIDE, NODE_PORT)).isEqualTo(new Decision.Refuse());
        });
        Plane plane = new Plane(Variation.NO_ENDPOINTS_UNREACHABLE);
        plane.sync("svc", NONE, List.of());
        assertThat(plane.decide(1, "svc", "client", POD, CLUSTER_IP)).isEqualTo(new Decision.Unreachable());
    }

    @Test
    void oneSynInAThousandIsLost() {
        Plane plane = new Plane(Variation.LOST_SYNS);
        plane.sync("svc", NONE);
        Arrival arrival = new Arrival("client", 1, POD, CLUSTER_IP);
        assertThat(IntStream.range(0, 100_000)
                        .filter(i -> plane.on(1).isSynLost("svc", arrival))
                        .count())
                .isBetween(60L, 140L);
    }

    @Test
    void aSlowControlPlaneTakesItsTimeAndOthersNone() {
        Random random = new Random(1);
        assertThat(Variation.SLOW_CONTROL_PLANE.lag(random)).isBetween(Duration.ofMillis(400), Duration.ofMillis(800));
        assertThat(Variation.RANDOM.lag(random)).isZero();
    }

    /** A fault is found in whatever way a data plane balances. */
    @ParameterizedTest
    @EnumSource(names = {"ROUND_ROBIN", "UNEVEN_WEIGHTS", "MAGLEV"})
    void aFaultMayBePutIntoAVariation(Variation variation) {
        Plane plane = new Plane(Optional.of(Fault.of("local-forwards-to-remote")), variation, 1);
        plane.sync("svc", NONE.with(LOCAL));
        assertThat(IntStream.range(0, 200)
                        .mapToObj(i -> plane.endpoint(3, "svc", "out", OUTSIDE, NODE_PORT))
                        .distinct())
                .hasSize(4);
    }

    private static Map<String, Long> shares(Plane plane, String service, int connections) {
        return IntStream.range(0, connections)
                .mapToObj(i -> plane.endpoint(1, service, "client", POD, CLUSTER_IP))
                .collect(groupingBy(e -> e, counting()));
    }
}
