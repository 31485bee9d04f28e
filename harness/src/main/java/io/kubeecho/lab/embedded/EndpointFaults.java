package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.embedded.Scope.Reach.CONNECTION;
import static io.kubeecho.lab.embedded.Scope.Reach.ENDPOINT;
import static io.kubeecho.lab.embedded.Scope.Reach.NODE;

import io.kubeecho.lab.Endpoint;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Endpoints that come and go unnoticed, ways to them that are closed, and health check ports that say what is not so. */
final class EndpointFaults {

    private EndpointFaults() {}

    /** Has the health check port say this, whatever there is. */
    private static FaultKind.Breakage healthIs(int status) {
        return (at, where) -> new Steps(at) {
            @Override
            KubeProxy.Health health(int localEndpoints) {
                return new KubeProxy.Health(status, localEndpoints);
            }
        };
    }

    private static ServiceRules with(ServiceRules rules, List<Endpoint> endpoints) {
        return new ServiceRules(rules.service(), rules.spec(), endpoints);
    }

    static final List<FaultKind> KINDS = List.of(
            FaultKind.of(
                            "added-endpoint-ignored",
                            "an endpoint that is added to a Service never gets a connection",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                ServiceRules replaced(ServiceRules before, ServiceRules changed) {
                                    return before.endpoints().isEmpty()
                                            ? changed
                                            : with(
                                                    changed,
                                                    changed.endpoints().stream()
                                                            .filter(before.endpoints()::contains)
                                                            .toList());
                                }
                            })
                    .foundBy("AFF-ADD", "", "node-2"),
            FaultKind.of(
                            "removed-endpoint-stays",
                            "an endpoint that is removed from a Service goes on getting connections",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                ServiceRules replaced(ServiceRules before, ServiceRules changed) {
                                    return with(
                                            changed,
                                            Stream.concat(before.endpoints().stream(), changed.endpoints().stream())
                                                    .distinct()
                                                    .toList());
                                }
                            })
                    .foundBy("AFF-DEL", "", "node-2"),
            FaultKind.of(
                            "endpoint-out-of-reach",
                            "connections that are sent to an endpoint do not arrive",
                            ENDPOINT,
                            (at, where) -> new Steps(at) {
                                @Override
                                Decision forward(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
                                    return where.covers(rules, endpoint)
                                            ? new Decision.Drop()
                                            : super.forward(endpoint, rules, arrival);
                                }
                            })
                    .foundBy("NONE-CIP", "endpoint-2", "node-2:to-node-1", "node-1:to-node-2", "cluster-ip:10%")
                    .foundBy("ETP-C", "node-port:node-3", "load-balancer:from-outside")
                    .foundBy("ETP-L+", "under-local:endpoint-1"),
            FaultKind.of(
                            "syn-lost",
                            "the first SYN of a new connection is lost, which costs a second",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                private int lost;

                                @Override
                                boolean isSynLost() {
                                    // the next one arrives, or nobody would ever connect
                                    lost++;
                                    return lost % 2 == 1;
                                }
                            })
                    .foundBy("NONE-CIP", "cluster-ip", "cluster-ip:node-2", "cluster-ip:5%")
                    .foundBy("ETP-C", "node-port:from-outside"),
            FaultKind.of(
                            "health-check-says-no",
                            "the health check port says 503 with local endpoints too",
                            NODE,
                            healthIs(503))
                    .foundBy("HCNP", "", "node-2"),
            FaultKind.of(
                            "health-check-stale",
                            "the health check port goes on counting the endpoints that a node had at first",
                            NODE,
                            (at, where) -> new Steps(at) {
                                private final Map<String, Integer> first = new HashMap<>();

                                @Override
                                int healthyEndpoints(ServiceRules rules) {
                                    return first.computeIfAbsent(
                                            rules.service(), service -> super.healthyEndpoints(rules));
                                }
                            })
                    .foundBy("HCNP", "", "node-1"),
            FaultKind.of(
                            "health-check-always-ok",
                            "the health check port says 200 without a local endpoint too",
                            NODE,
                            healthIs(200))
                    .foundBy("HCNP", "", "node-3"),
            FaultKind.of(
                            "health-check-counts-all-nodes",
                            "the health check port counts the endpoints of all nodes",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                int healthyEndpoints(ServiceRules rules) {
                                    return rules.endpoints().size();
                                }
                            })
                    .foundBy("HCNP", "", "node-2"),
            FaultKind.of(
                            "health-check-outlives-local",
                            "the health check port stays open when the policy is changed to Cluster",
                            NODE,
                            (at, where) -> new Steps(at) {
                                private final Set<String> opened = new HashSet<>();

                                @Override
                                boolean hasHealthCheck(ServiceRules rules) {
                                    if (super.hasHealthCheck(rules)) {
                                        opened.add(rules.service());
                                    }
                                    return opened.contains(rules.service());
                                }
                            })
                    .foundBy("HCNP", "", "node-2"));
}
