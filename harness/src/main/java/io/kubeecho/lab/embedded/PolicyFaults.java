package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.embedded.Scope.Reach.CONNECTION;
import static io.kubeecho.lab.embedded.Scope.Reach.ENDPOINT;
import static io.kubeecho.lab.embedded.Scope.Reach.FRONT_END;
import static io.kubeecho.lab.embedded.Scope.Reach.NODE;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.ServiceSpec;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Traffic policies that are not kept, and addresses that pods should see and do not. */
final class PolicyFaults {

    private PolicyFaults() {}

    /** Hides the addresses of clients that arrive in this way from the endpoints that it is put to. */
    private static FaultKind.Breakage masquerading(Predicate<Arrival> whom) {
        return (at, where) -> new Steps(at) {
            @Override
            boolean isMasqueraded(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
                return (whom.test(arrival) && where.covers(rules, endpoint))
                        || super.isMasqueraded(endpoint, rules, arrival);
            }
        };
    }

    static final List<FaultKind> KINDS = List.of(
            FaultKind.of(
                            "local-forwards-to-remote",
                            "externalTrafficPolicy: Local also reaches pods on other nodes",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                                    return rules.endpoints();
                                }
                            })
                    .foundBy("ETP-L+", "", "node-port", "load-balancer", "node-2", "1%", "flapping"),
            FaultKind.of(
                            "local-empty-node-forwards",
                            "under externalTrafficPolicy: Local a node without an endpoint forwards to others",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                                    List<Endpoint> local = super.eligible(rules, arrival);
                                    return local.isEmpty() ? rules.endpoints() : local;
                                }
                            })
                    .foundBy("ETP-L-", "", "node-port", "load-balancer", "10%", "1%"),
            FaultKind.of(
                            "local-masquerades",
                            "externalTrafficPolicy: Local hides the client's address",
                            ENDPOINT,
                            masquerading(Arrival::isExternal))
                    .foundBy("ETP-L+", "", "node-port", "load-balancer", "node-2", "endpoint-1", "1%"),
            FaultKind.of(
                            "local-drops",
                            "under externalTrafficPolicy: Local a node with endpoints drops what comes from outside",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                                    return isExternalLocal(rules, arrival) ? List.of() : super.eligible(rules, arrival);
                                }
                            })
                    .foundBy("ETP-L+", "", "node-2", "load-balancer", "10%"),
            FaultKind.of(
                            "local-drops-pods",
                            "under externalTrafficPolicy: Local pods of a node without an endpoint are dropped like"
                                    + " outsiders (kubernetes#131765)",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                                    return arrival.isExternal() && rules.isLocal()
                                            ? localOf(rules.endpoints())
                                            : super.eligible(rules, arrival);
                                }
                            })
                    .foundBy("ETP-L-POD", "load-balancer", "load-balancer:from-pods"),
            FaultKind.of(
                            "local-misses-new-endpoints",
                            "under externalTrafficPolicy: Local a node does not notice that a pod has come to it",
                            NODE,
                            (at, where) -> new Steps(at) {
                                private final Map<String, List<Endpoint>> first = new HashMap<>();

                                @Override
                                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                                    List<Endpoint> known = first.computeIfAbsent(
                                            rules.service(), service -> localOf(rules.endpoints()));
                                    return isExternalLocal(rules, arrival)
                                            ? super.eligible(rules, arrival).stream()
                                                    .filter(known::contains)
                                                    .toList()
                                            : super.eligible(rules, arrival);
                                }
                            })
                    .foundBy("ETP-L-MOVE", "", "node-2"),
            FaultKind.of(
                            "cluster-empty-node-drops",
                            "under externalTrafficPolicy: Cluster a node without an endpoint drops what comes from"
                                    + " outside",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                                    return arrival.isExternal()
                                                    && arrival.origin() == Arrival.Origin.OUTSIDE
                                                    && localOf(rules.endpoints())
                                                            .isEmpty()
                                            ? List.of()
                                            : super.eligible(rules, arrival);
                                }
                            })
                    .foundBy("ETP-C", "", "node-port", "load-balancer"),
            FaultKind.of(
                            "affinity-change-not-applied",
                            "sessionAffinity stays what it was when the Service was made",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                ServiceRules replaced(ServiceRules before, ServiceRules changed) {
                                    return new ServiceRules(
                                            changed.service(),
                                            new ServiceSpec(
                                                    changed.spec().type(),
                                                    before.spec().sessionAffinity(),
                                                    changed.spec().externalTrafficPolicy()),
                                            changed.endpoints());
                                }
                            })
                    .foundBy("SWITCH", "", "node-2"),
            FaultKind.of(
                            "cluster-stays-local",
                            "externalTrafficPolicy: Cluster reaches only the pods of a node that has some",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                                    List<Endpoint> local = localOf(rules.endpoints());
                                    return arrival.isExternal() && !local.isEmpty()
                                            ? local
                                            : super.eligible(rules, arrival);
                                }
                            })
                    .foundBy("ETP-C", "", "node-port", "load-balancer", "node-2"),
            FaultKind.of(
                            "policy-change-not-applied",
                            "externalTrafficPolicy stays what it was when the Service was made",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                ServiceRules replaced(ServiceRules before, ServiceRules changed) {
                                    return new ServiceRules(
                                            changed.service(),
                                            changed.spec().with(before.spec().externalTrafficPolicy()),
                                            changed.endpoints());
                                }
                            })
                    .foundBy("ETP-FLIP", "", "node-2"),
            FaultKind.of(
                            "cluster-ip-masquerades-pods",
                            "pods behind a ClusterIP do not see the address of their client pod",
                            ENDPOINT,
                            masquerading(arrival -> !arrival.isExternal()))
                    .foundBy("SRC-CIP", "", "node-2", "endpoint-3", "node-2:to-node-1", "node-1:to-node-2", "1%"),
            FaultKind.of(
                            "hairpin-dropped",
                            "a pod does not reach itself through its Service (kubernetes#20475)",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                Decision forward(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
                                    return isHairpin(endpoint, arrival)
                                            ? new Decision.Drop()
                                            : super.forward(endpoint, rules, arrival);
                                }
                            })
                    .foundBy("HAIRPIN", "", "cluster-ip", "node-2", "node-port", "load-balancer"),
            FaultKind.of(
                            "forwarded-for-added",
                            "a proxy on the way adds an X-Forwarded-For to requests",
                            ENDPOINT,
                            (at, where) -> new Steps(at) {
                                @Override
                                Decision.Carriage carriage(ServiceRules rules, Endpoint endpoint) {
                                    return where.covers(rules, endpoint)
                                            ? new Decision.Carriage.WithForwardedFor()
                                            : super.carriage(rules, endpoint);
                                }
                            })
                    .foundBy("XFF", "", "cluster-ip", "node-port", "load-balancer"),
            FaultKind.of(
                            "no-endpoints-drops",
                            "a Service without endpoints leaves its clients waiting instead of refusing them",
                            FRONT_END,
                            (at, where) -> new Steps(at) {
                                @Override
                                Decision withoutEndpoints(Arrival arrival) {
                                    return new Decision.Drop();
                                }
                            })
                    .foundBy(
                            "NOEP",
                            "",
                            "cluster-ip",
                            "node-port",
                            "load-balancer",
                            "node-port:node-3",
                            "from-outside"));
}
