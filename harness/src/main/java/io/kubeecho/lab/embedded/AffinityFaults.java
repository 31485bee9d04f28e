package io.kubeecho.lab.embedded;

import static io.kubeecho.lab.embedded.Scope.Reach.CONNECTION;
import static io.kubeecho.lab.embedded.Scope.Reach.ENDPOINT;
import static io.kubeecho.lab.embedded.Scope.Reach.NODE;

import io.kubeecho.lab.Endpoint;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Clients that do not stay on their pod, or stay too long. */
final class AffinityFaults {

    private AffinityFaults() {}

    static final List<FaultKind> KINDS = List.of(
            FaultKind.of(
                            "affinity-lost",
                            "a new connection does not look for the client in the affinity lists",
                            ENDPOINT,
                            (at, where) -> new Steps(at) {
                                @Override
                                boolean isRemembered(ServiceRules rules, Arrival arrival, Endpoint endpoint) {
                                    return !where.covers(rules, endpoint)
                                            && super.isRemembered(rules, arrival, endpoint);
                                }
                            })
                    .foundBy(
                            "AFF-CIP",
                            "",
                            "node-2",
                            "node-1+2",
                            "endpoint-2",
                            "cluster-ip",
                            "from-pods",
                            "from-host-network",
                            "flapping",
                            "first-3",
                            "every-200",
                            "10%",
                            "1%",
                            "node-2:5%",
                            "1-of-16-clients")
                    .foundBy("AFF-NP", "node-port", "from-outside", "node-port:node-3")
                    .foundBy("AFF-LB", "load-balancer", "load-balancer:1%")
                    .foundBy("AFF-L", "under-local", "under-local:endpoint-1"),
            FaultKind.of(
                            "affinity-lists-short",
                            "a node remembers only 20 clients of an endpoint",
                            ENDPOINT,
                            (at, where) -> new Steps(at) {
                                @Override
                                void remember(ServiceRules rules, Arrival arrival, Endpoint endpoint) {
                                    super.remember(rules, arrival, endpoint);
                                    if (where.covers(rules, endpoint)) {
                                        at.listOf(rules, endpoint).keepLatest(20);
                                    }
                                }
                            })
                    .foundBy("CAPACITY", "", "node-2", "endpoint-2"),
            expiring(
                            "affinity-never-expires",
                            "timeoutSeconds has no effect, a client stays for good (kube-router#882)",
                            timeout -> Duration.ofDays(1))
                    .foundBy("EXPIRE", "", "node-2", "node-2+3", "endpoint-2"),
            expiring(
                            "affinity-expires-at-half",
                            "a client is forgotten after half of timeoutSeconds",
                            timeout -> timeout.dividedBy(2))
                    .foundBy("HOLD", "", "node-2", "endpoint-2", "10%"),
            expiring(
                            "affinity-expires-at-double",
                            "a client is forgotten only after twice timeoutSeconds",
                            timeout -> timeout.multipliedBy(2))
                    .foundBy("EXPIRE", "", "node-2", "node-1+2"),
            expiring(
                            "affinity-rounded-up-to-minutes",
                            "timeoutSeconds is taken for minutes, rounded up (kubernetes#35677)",
                            timeout -> Duration.ofMinutes(timeout.toMinutes() + 1))
                    .foundBy("EXPIRE", ""),
            expiring(
                            "affinity-expires-8-percent-early",
                            "a client is forgotten after 0.92 of timeoutSeconds",
                            timeout -> timeout.multipliedBy(92).dividedBy(100))
                    .foundBy("EXPIRE-EST", "", "node-2"),
            expiring(
                            "affinity-expires-8-percent-late",
                            "a client is forgotten after 1.08 of timeoutSeconds",
                            timeout -> timeout.multipliedBy(108).dividedBy(100))
                    .foundBy("EXPIRE-EST", "", "node-2"),
            FaultKind.of(
                            "affinity-by-port",
                            "affinity is kept by address and port, so that every connection is a new client",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                String affinityKey(Arrival arrival) {
                                    return arrival.sourceAddress() + ":" + arrival.sourcePort();
                                }
                            })
                    .foundBy("AFF-CIP", "", "node-3"),
            FaultKind.of(
                            "affinity-shared-by-all",
                            "all clients of a node share one affinity, as behind a masquerading hop in front of it",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                String affinityKey(Arrival arrival) {
                                    return "anybody";
                                }
                            })
                    .foundBy("AFF-NP", "", "node-port")
                    .foundBy("AFF-LB", "load-balancer"),
            FaultKind.of(
                            "affinity-to-a-pair",
                            "a client is kept on two endpoints in turn instead of on one",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                @Override
                                Optional<Endpoint> remembered(
                                        ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                                    return super.remembered(rules, arrival, eligible)
                                            .map(e -> at.random().nextBoolean()
                                                    ? e
                                                    : eligible.get((eligible.indexOf(e) ^ 1) % eligible.size()));
                                }
                            })
                    .foundBy("AFF-CIP", ""),
            FaultKind.of(
                            "affinity-lost-with-endpoints",
                            "any change of the endpoints makes every client be forgotten (kubernetes#13299)",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                boolean isListKept(ServiceRules before, ServiceRules now) {
                                    return super.isListKept(before, now)
                                            && before.endpoints().equals(now.endpoints());
                                }
                            })
                    .foundBy("AFF-ADD", "", "node-2"),
            FaultKind.of(
                            "affinity-lost-at-delete",
                            "when an endpoint goes, the clients of those that stay are forgotten too",
                            NODE,
                            (at, where) -> new Steps(at) {
                                @Override
                                boolean isListKept(ServiceRules before, ServiceRules now) {
                                    return super.isListKept(before, now)
                                            && now.endpoints().containsAll(before.endpoints());
                                }
                            })
                    .foundBy("AFF-DEL", "", "node-2"),
            FaultKind.of(
                            "affinity-to-removed-endpoint",
                            "a client is kept on its endpoint after that is gone (kubernetes#110302)",
                            CONNECTION,
                            (at, where) -> new Steps(at) {
                                private final Map<String, Endpoint> last = new HashMap<>();

                                @Override
                                Optional<Endpoint> remembered(
                                        ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                                    Optional<Endpoint> gone = Optional.ofNullable(last.get(key(rules, arrival)))
                                            .filter(endpoint ->
                                                    affinityTimeout(rules).isPresent())
                                            .filter(endpoint ->
                                                    !rules.endpoints().contains(endpoint));
                                    return gone.isPresent() ? gone : super.remembered(rules, arrival, eligible);
                                }

                                @Override
                                void remember(ServiceRules rules, Arrival arrival, Endpoint endpoint) {
                                    last.put(key(rules, arrival), endpoint);
                                    super.remember(rules, arrival, endpoint);
                                }

                                private String key(ServiceRules rules, Arrival arrival) {
                                    return rules.service() + " " + affinityKey(arrival);
                                }
                            })
                    .foundBy("AFF-DEL", "", "node-2"),
            FaultKind.of(
                            "affinity-outlives-none",
                            "a Service that is changed to sessionAffinity: None goes on keeping its clients",
                            NODE,
                            (at, where) -> new Steps(at) {
                                private final Map<String, Duration> configured = new HashMap<>();

                                @Override
                                Optional<Duration> affinityTimeout(ServiceRules rules) {
                                    super.affinityTimeout(rules)
                                            .ifPresent(timeout -> configured.put(rules.service(), timeout));
                                    return Optional.ofNullable(configured.get(rules.service()));
                                }
                            })
                    .foundBy("SWITCH", "", "node-2"));

    private static FaultKind expiring(String name, String description, UnaryOperator<Duration> late) {
        return FaultKind.of(name, description, ENDPOINT, (at, where) -> new Steps(at) {
            @Override
            Duration expiry(Duration timeout, ServiceRules rules, Endpoint endpoint) {
                return where.covers(rules, endpoint) ? late.apply(timeout) : timeout;
            }
        });
    }
}
