package io.kubeecho.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.Failure;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.stats.Power;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Data planes that are broken for one endpoint, one node, one kind of client or a share of connections are found out and
 * the message says where; those that differ in what Kubernetes leaves open pass. In made-up time, on a lab without a network.
 */
class VerdictsTest {

    private static final int SEEDS = 2;

    /** What is broken, which scenario finds it at the default level, and what it says of where. */
    private enum Broken {
        ONE_ENDPOINT_FORGETS("AFF-CIP", "only echo-1-2") {
            @Override
            void in(ReferencePlane plane) {
                plane.forgetting((visit, endpoint) -> endpoint.name().equals("echo-1-2"));
            }
        },
        ONE_NODE_FORGETS("AFF-CIP", "only through node-2") {
            @Override
            void in(ReferencePlane plane) {
                plane.forgetting((visit, endpoint) -> visit.node().equals("node-2"));
            }
        },
        THE_HOST_NETWORK_HAS_NO_AFFINITY("AFF-CIP", "only clients on the host network") {
            @Override
            void in(ReferencePlane plane) {
                plane.forgetting(
                        (visit, endpoint) -> visit.connection().client().vantagePoint() == VantagePoint.HOST_NETWORK);
            }
        },
        ONE_IN_A_HUNDRED_FORGOTTEN("AFF-CIP", "") {
            @Override
            void in(ReferencePlane plane) {
                plane.forgetting((visit, endpoint) -> plane.random().nextInt(100) == 0);
            }
        },
        ONE_IN_TWENTY_FORGOTTEN_BY_ONE_ENDPOINT_ON_ONE_NODE("AFF-NP", "only through node-3") {
            @Override
            void in(ReferencePlane plane) {
                plane.forgetting((visit, endpoint) -> visit.node().equals("node-3")
                        && endpoint.name().equals("echo-2-1")
                        && plane.random().nextInt(20) == 0);
            }
        },
        ONE_OF_SIXTEEN_ADDRESSES_FORGOTTEN("AFF-CIP", "") {
            @Override
            void in(ReferencePlane plane) {
                plane.forgetting(
                        (visit, endpoint) -> Math.floorMod(visit.address().hashCode(), 16) == 3);
            }
        },
        ONE_ENDPOINT_NEVER_REACHED_WITH_AFFINITY("AFF-CIP", "echo-2-2") {
            @Override
            void in(ReferencePlane plane) {
                plane.picking((visit, eligible) -> {
                    List<Endpoint> others = eligible.stream()
                            .filter(e -> !e.name().equals("echo-2-2"))
                            .toList();
                    return others.get(plane.random().nextInt(others.size()));
                });
            }
        },
        ONE_ENDPOINT_NEVER_REACHED_THROUGH_ONE_NODE("AFF-LB", "through node-3") {
            @Override
            void in(ReferencePlane plane) {
                plane.picking((visit, eligible) -> {
                    List<Endpoint> others = eligible.stream()
                            .filter(e ->
                                    !visit.node().equals("node-3") || !e.name().equals("echo-2-2"))
                            .toList();
                    return others.get(plane.random().nextInt(others.size()));
                });
            }
        },
        ONE_NODE_EXPIRES_LATE("EXPIRE", "node-2") {
            @Override
            void in(ReferencePlane plane) {
                plane.remembering(
                        (visit, configured) -> visit.node().equals("node-2") ? configured.plusSeconds(30) : configured);
            }
        },
        TWO_NODES_NEVER_EXPIRE("EXPIRE", "node-2") {
            @Override
            void in(ReferencePlane plane) {
                plane.remembering(
                        (visit, configured) -> visit.node().equals("node-1") ? configured : Duration.ofDays(1));
            }
        },
        EIGHT_PER_CENT_LATE("EXPIRE", "") {
            @Override
            void in(ReferencePlane plane) {
                plane.remembering(
                        (visit, configured) -> configured.multipliedBy(108).dividedBy(100));
            }
        },
        EIGHT_PER_CENT_EARLY("HOLD", "") {
            @Override
            void in(ReferencePlane plane) {
                plane.remembering(
                        (visit, configured) -> configured.multipliedBy(92).dividedBy(100));
            }
        },
        ONE_NODE_EXPIRES_EARLY("HOLD", "only through node-3") {
            @Override
            void in(ReferencePlane plane) {
                plane.remembering(
                        (visit, configured) -> visit.node().equals("node-3") ? configured.dividedBy(2) : configured);
            }
        },
        ONE_PAIR_OF_NODES_LOSES_THE_SOURCE("SRC-CIP", "only through node-1") {
            @Override
            void in(ReferencePlane plane) {
                plane.masking((visit, endpoint, address) ->
                        visit.node().equals("node-1") && endpoint.node().name().equals("node-3")
                                ? "192.168.0.1"
                                : address);
            }
        },
        LOSS_OF_ONE_IN_TWENTY("AFF-CIP", "not answered") {
            @Override
            void in(ReferencePlane plane) {
                plane.losing(0.05);
            }
        };

        private final String scenario;
        private final String says;

        Broken(String scenario, String says) {
            this.scenario = scenario;
            this.says = says;
        }

        abstract void in(ReferencePlane plane);
    }

    @TestFactory
    List<DynamicTest> whatIsBrokenIsFoundAndTheMessageSaysWhere() {
        return List.of(Broken.values()).stream()
                .flatMap(broken -> IntStream.range(0, SEEDS)
                        .mapToObj(seed -> DynamicTest.dynamicTest(broken + ", seed " + seed, () -> {
                            FakeLab lab = patient();
                            ReferencePlane plane = ReferencePlane.of(lab, seed);
                            broken.in(plane);
                            ScenarioResult result =
                                    Runs.of(lab.with(plane), broken.scenario).result(broken.scenario);
                            assertThat(result.verdict()).as(result.seen()).isEqualTo(Verdict.FAIL);
                            assertThat(result.seen()).contains(broken.says);
                        })))
                .toList();
    }

    /** What Kubernetes leaves open. */
    private enum Permitted {
        RANDOM {
            @Override
            void in(ReferencePlane plane) {
                // as it is
            }
        },
        ROUND_ROBIN_PER_NODE_AND_SERVICE {
            @Override
            void in(ReferencePlane plane) {
                Map<String, Integer> next = new HashMap<>();
                plane.picking((visit, eligible) ->
                        eligible.get(next.merge(visit.node() + visit.service(), 1, Integer::sum) % eligible.size()));
            }
        },
        WEIGHTS {
            @Override
            void in(ReferencePlane plane) {
                plane.picking((visit, eligible) -> {
                    // the last gets half as much as the others
                    int tickets = 2 * eligible.size() - 1;
                    return eligible.get(plane.random().nextInt(tickets) / 2);
                });
            }
        },
        SOURCE_HASH {
            @Override
            void in(ReferencePlane plane) {
                plane.picking((visit, eligible) ->
                        eligible.get(Math.floorMod(scattered(visit.address() + visit.service()), eligible.size())));
            }
        },
        SOURCE_HASH_WITHOUT_THE_SERVICE {
            @Override
            void in(ReferencePlane plane) {
                plane.picking(
                        (visit, eligible) -> eligible.get(Math.floorMod(scattered(visit.address()), eligible.size())));
            }
        },
        LOSS_OF_ONE_IN_A_THOUSAND {
            @Override
            void in(ReferencePlane plane) {
                plane.losing(0.001);
            }
        };

        abstract void in(ReferencePlane plane);

        private static int scattered(String text) {
            // Java's own hash of such strings is nearly a count, which would be a round robin
            long mixed = text.hashCode() * 0x9E3779B97F4A7C15L;
            return (int) (mixed >>> 33);
        }
    }

    /** A source hash can hide what some scenarios look for; then they say so. */
    private static final Set<Permitted> HIDING =
            Set.of(Permitted.SOURCE_HASH, Permitted.SOURCE_HASH_WITHOUT_THE_SERVICE);

    @ParameterizedTest
    @EnumSource(Permitted.class)
    void whatKubernetesLeavesOpenNeverFails(Permitted permitted) {
        for (int seed = 0; seed < SEEDS; seed++) {
            FakeLab lab = patient();
            ReferencePlane plane = ReferencePlane.of(lab, seed);
            permitted.in(plane);
            Runs runs = Runs.of(lab.with(plane), Power.QUICK);
            assertThat(runs.results()).hasSameSizeAs(Catalogue.all()).allSatisfy(r -> {
                assertThat(r.verdict()).as("%s with seed: %s", r.id(), r.seen()).isNotEqualTo(Verdict.FAIL);
                if (!HIDING.contains(permitted)) {
                    assertThat(r.verdict()).as(r.id() + ": " + r.seen()).isIn(Verdict.PASS, Verdict.INFO);
                }
            });
        }
    }

    /** A node takes a load balancer's address over when it has heard of it, which is later than that of the ClusterIP. */
    @Test
    void eachWayInIsWaitedForByItself() {
        FakeLab lab = patient();
        ReferencePlane plane = ReferencePlane.of(lab);
        Map<String, Integer> dropped = new HashMap<>();
        lab.with(connection -> connection.service().isLoadBalancer(connection.host())
                        && dropped.merge(connection.host(), 1, Integer::sum) <= 30
                ? FakeLab.failed(Failure.TIMEOUT, "timed out")
                : plane.reply(connection));

        assertThat(Runs.of(lab, Power.QUICK).results())
                .allSatisfy(r ->
                        assertThat(r.verdict()).as("%s: %s", r.id(), r.seen()).isIn(Verdict.PASS, Verdict.INFO));
    }

    @Test
    void everyPassSaysWhatItWouldHaveFound() {
        FakeLab lab = patient();
        assertThat(Runs.of(lab.with(ReferencePlane.of(lab)), "AFF-CIP")
                        .result("AFF-CIP")
                        .seen())
                .endsWith(
                        "would have found affinity that is lost for 1 % of new connections through any node or of any kind of"
                                + " client, or for 5 % in any cell");
    }

    @Test
    void theGridHasEveryCellAndEnoughInEach() {
        FakeLab lab = patient();
        ScenarioResult result =
                Runs.of(lab.with(ReferencePlane.of(lab)), "AFF-CIP").result("AFF-CIP");
        // pods and the host network on three nodes, to four pods
        assertThat(result.findings().cells())
                .hasSizeBetween(20, 24)
                .allSatisfy(c -> assertThat(c.tried()).isGreaterThanOrEqualTo(362))
                .allSatisfy(c -> assertThat(c.broken()).isZero());
        assertThat(result.findings().programming()).hasSize(1);
        assertThat(result.findings().estimates())
                .anySatisfy(e -> assertThat(e.what()).isEqualTo("broken share of affinity"));
    }

    /** With the crowd of the embedded lab. */
    private static FakeLab patient() {
        FakeLab lab = new FakeLab().withCrowd(80);
        return lab.with(lab.timing().withConvergence(Duration.ofSeconds(2)));
    }
}
