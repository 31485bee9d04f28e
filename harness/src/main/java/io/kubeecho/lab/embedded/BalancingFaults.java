package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.embedded.Scope.Reach.CONNECTION;
import static io.kubeecho.lab.embedded.Scope.Reach.ENDPOINT;
import static io.kubeecho.lab.embedded.Scope.Reach.NODE;

import io.kubeecho.lab.Endpoint;
import java.util.List;

/** New connections that do not reach every endpoint, and open ones that do not stay. */
final class BalancingFaults {

    private BalancingFaults() {}

    static final List<FaultKind> KINDS = List.of(
            FaultKind.of(
                            "endpoint-never-chosen",
                            "the last ready endpoint of a Service never gets a connection (kubernetes#55603)",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                                    return super.pick(
                                            rules,
                                            arrival,
                                            eligible.size() > 1 ? eligible.subList(0, eligible.size() - 1) : eligible);
                                }
                            })
                    .foundBy("NONE-CIP", "", "node-2", "cluster-ip")
                    .foundBy("NONE-NP", "node-port")
                    .foundBy("NONE-LB", "load-balancer")
                    .foundBy("AFF-CIP", "with-affinity"),
            FaultKind.of(
                            "one-endpoint-only",
                            "connections lead to one endpoint alone",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                                    return eligible.get(0);
                                }
                            })
                    .foundBy("NONE-LB", "load-balancer")
                    .foundBy("NONE-NP", "node-port:node-2")
                    .foundBy("NONE-CIP", "cluster-ip:node-2"),
            FaultKind.of(
                            "held-connection-cut",
                            "an open connection is closed when its affinity runs out",
                            ENDPOINT,
                            (at, where) -> new Steps(at) {
                                @Override
                                Decision.Carriage carriage(ServiceRules rules, Endpoint endpoint) {
                                    return affinityTimeout(rules)
                                            .filter(timeout -> where.covers(rules, endpoint))
                                            .<Decision.Carriage>map(Decision.Carriage.CutAfter::new)
                                            .orElseGet(() -> super.carriage(rules, endpoint));
                                }
                            })
                    .foundBy("KEEPALIVE", "", "node-2", "endpoint-2", "10%"),
            FaultKind.of(
                            "held-connection-moved",
                            "an open connection goes on to another pod when its affinity has run out",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                Decision.Carriage carriage(ServiceRules rules, Endpoint endpoint) {
                                    return affinityTimeout(rules)
                                            .<Decision.Carriage>map(Decision.Carriage.DecidedAgainAfter::new)
                                            .orElseGet(() -> super.carriage(rules, endpoint));
                                }
                            })
                    .foundBy("KEEPALIVE", "", "node-2"));
}
