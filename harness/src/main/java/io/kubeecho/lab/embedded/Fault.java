package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/** Plausible bugs of a data plane, each one step of {@link KubeProxy} done wrong. */
public enum Fault {
    AFFINITY_IGNORED("sessionAffinity: ClientIP is accepted and has no effect (kubernetes#55429)") {
        @Override
        KubeProxy proxy(Node node, RandomGenerator random, LongSupplier nanoClock) {
            return new KubeProxy(node, random, nanoClock) {
                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    return Optional.empty();
                }
            };
        }
    },
    AFFINITY_NEVER_EXPIRES("timeoutSeconds has no effect, a client stays for good (kube-router#882)") {
        @Override
        KubeProxy proxy(Node node, RandomGenerator random, LongSupplier nanoClock) {
            return new KubeProxy(node, random, nanoClock) {
                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    return super.affinityTimeout(rules).map(configured -> Duration.ofDays(1));
                }
            };
        }
    },
    AFFINITY_EXPIRES_AT_HALF("a client is forgotten after half of timeoutSeconds") {
        @Override
        KubeProxy proxy(Node node, RandomGenerator random, LongSupplier nanoClock) {
            return new KubeProxy(node, random, nanoClock) {
                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    return super.affinityTimeout(rules).map(configured -> configured.dividedBy(2));
                }
            };
        }
    },
    LOCAL_FORWARDS_TO_REMOTE("externalTrafficPolicy: Local also reaches pods on other nodes") {
        @Override
        KubeProxy proxy(Node node, RandomGenerator random, LongSupplier nanoClock) {
            return new KubeProxy(node, random, nanoClock) {
                @Override
                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                    return rules.endpoints();
                }
            };
        }
    },
    LOCAL_MASQUERADES("externalTrafficPolicy: Local hides the client's address") {
        @Override
        KubeProxy proxy(Node node, RandomGenerator random, LongSupplier nanoClock) {
            return new KubeProxy(node, random, nanoClock) {
                @Override
                boolean isMasqueraded(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
                    return arrival.through() == Arrival.Through.NODE_PORT
                            || super.isMasqueraded(endpoint, rules, arrival);
                }
            };
        }
    },
    ENDPOINT_NEVER_CHOSEN("one ready endpoint of a Service never gets a connection (kubernetes#55603)") {
        @Override
        KubeProxy proxy(Node node, RandomGenerator random, LongSupplier nanoClock) {
            return new KubeProxy(node, random, nanoClock) {
                @Override
                Endpoint pick(List<Endpoint> eligible) {
                    return super.pick(eligible.size() > 1 ? eligible.subList(0, eligible.size() - 1) : eligible);
                }
            };
        }
    };

    private final String description;

    Fault(String description) {
        this.description = description;
    }

    abstract KubeProxy proxy(Node node, RandomGenerator random, LongSupplier nanoClock);

    /** The name users type: lower case with hyphens. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String description() {
        return description;
    }

    /** @throws IllegalArgumentException naming the known faults */
    public static Fault of(String id) {
        return Arrays.stream(values())
                .filter(f -> f.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown fault '" + id + "'; known are "
                        + String.join(
                                ", ", Arrays.stream(values()).map(Fault::id).toList())));
    }
}
