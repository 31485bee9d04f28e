package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.embedded.Scope.Reach.NODE;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Health check ports that say what is not so. */
final class EndpointFaults {

    private EndpointFaults() {}

    static final List<FaultKind> KINDS = List.of(
            FaultKind.of(
                            "health-check-always-ok",
                            "the health check port says 200 without a local endpoint too",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                KubeProxy.Health health(int localEndpoints) {
                                    return new KubeProxy.Health(200, localEndpoints);
                                }
                            })
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
