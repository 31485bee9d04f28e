package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Plausible bugs of a data plane, each one step of {@link KubeProxy} done wrong. */
public enum Fault {
    AFFINITY_IGNORED("sessionAffinity: ClientIP is accepted and has no effect") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    return Optional.empty();
                }
            };
        }
    },
    AFFINITY_NEVER_EXPIRES("timeoutSeconds has no effect, a client stays for good (kube-router#882)") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    return super.affinityTimeout(rules).map(configured -> Duration.ofDays(1));
                }
            };
        }
    },
    AFFINITY_EXPIRES_AT_HALF("a client is forgotten after half of timeoutSeconds") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    return super.affinityTimeout(rules).map(configured -> configured.dividedBy(2));
                }
            };
        }
    },
    AFFINITY_EXPIRES_AT_DOUBLE("a client is forgotten only after twice timeoutSeconds") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    return super.affinityTimeout(rules).map(configured -> configured.multipliedBy(2));
                }
            };
        }
    },
    AFFINITY_ROUNDED_UP_TO_MINUTES("timeoutSeconds is taken for minutes, rounded up (kubernetes#35677)") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    return super.affinityTimeout(rules)
                            .map(configured -> Duration.ofMinutes(configured.toMinutes() + 1));
                }
            };
        }
    },
    AFFINITY_WINDOW_FIXED("timeoutSeconds runs from the first connection, later ones do not renew it") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                void remember(ServiceRules rules, Arrival arrival, Endpoint endpoint) {
                    if (remembered(rules, arrival, rules.endpoints()).isEmpty()) {
                        super.remember(rules, arrival, endpoint);
                    }
                }
            };
        }
    },
    AFFINITY_BY_PORT("affinity is kept by address and port, so that every connection is a new client") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                String affinityKey(Arrival arrival) {
                    return arrival.sourceAddress() + ":" + arrival.sourcePort();
                }
            };
        }
    },
    AFFINITY_SHARED_BY_ALL("all clients of a node share one affinity, as behind a masquerading hop in front of it") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                String affinityKey(Arrival arrival) {
                    return "anybody";
                }
            };
        }
    },
    AFFINITY_IGNORED_UNDER_LOCAL("affinity has no effect under externalTrafficPolicy: Local (kubernetes#55429)") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Optional<Endpoint> remembered(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                    return isExternalLocal(rules, arrival)
                            ? Optional.empty()
                            : super.remembered(rules, arrival, eligible);
                }
            };
        }
    },
    NODE_PORT_IGNORES_AFFINITY("affinity has no effect through a node port") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Optional<Endpoint> remembered(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                    return arrival.through() == Arrival.Through.NODE_PORT
                            ? Optional.empty()
                            : super.remembered(rules, arrival, eligible);
                }
            };
        }
    },
    LOAD_BALANCER_IGNORES_AFFINITY("affinity has no effect through a load balancer's address") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Optional<Endpoint> remembered(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                    return arrival.through() == Arrival.Through.LOAD_BALANCER
                            ? Optional.empty()
                            : super.remembered(rules, arrival, eligible);
                }
            };
        }
    },
    AFFINITY_LOST_WITH_ENDPOINTS("a change of the endpoints makes every client be forgotten (kubernetes#13299)") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                boolean isListKept(ServiceRules before, ServiceRules now) {
                    return super.isListKept(before, now) && before.endpoints().equals(now.endpoints());
                }
            };
        }
    },
    AFFINITY_TO_REMOVED_ENDPOINT("a client is kept on its endpoint after that is gone (kubernetes#110302)") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                private final Map<String, Endpoint> last = new HashMap<>();

                @Override
                Optional<Endpoint> remembered(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                    Optional<Endpoint> gone = Optional.ofNullable(last.get(key(rules, arrival)))
                            .filter(endpoint -> affinityTimeout(rules).isPresent())
                            .filter(endpoint -> !rules.endpoints().contains(endpoint));
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
            };
        }
    },
    AFFINITY_OUTLIVES_NONE("a Service that is changed to sessionAffinity: None goes on keeping its clients") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                private final Map<String, Duration> configured = new HashMap<>();

                @Override
                Optional<Duration> affinityTimeout(ServiceRules rules) {
                    super.affinityTimeout(rules).ifPresent(timeout -> configured.put(rules.service(), timeout));
                    return Optional.ofNullable(configured.get(rules.service()));
                }
            };
        }
    },
    NODE_PORT_PINS_CLIENTS("a node port keeps each client on a pod by a hash, whatever sessionAffinity says") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                    return arrival.through() == Arrival.Through.NODE_PORT
                            ? eligible.get(Math.floorMod(arrival.sourceAddress().hashCode(), eligible.size()))
                            : super.pick(rules, arrival, eligible);
                }
            };
        }
    },
    LOAD_BALANCER_USES_ONE_ENDPOINT("a load balancer's address leads to one endpoint alone") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                    return arrival.through() == Arrival.Through.LOAD_BALANCER
                            ? eligible.get(0)
                            : super.pick(rules, arrival, eligible);
                }
            };
        }
    },
    ENDPOINT_NEVER_CHOSEN("one ready endpoint of a Service never gets a connection (kubernetes#55603)") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
                    return super.pick(
                            rules, arrival, eligible.size() > 1 ? eligible.subList(0, eligible.size() - 1) : eligible);
                }
            };
        }
    },
    LOCAL_FORWARDS_TO_REMOTE("externalTrafficPolicy: Local also reaches pods on other nodes") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                    return rules.endpoints();
                }
            };
        }
    },
    LOCAL_EMPTY_NODE_FORWARDS("under externalTrafficPolicy: Local a node without an endpoint forwards to others") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                    List<Endpoint> local = super.eligible(rules, arrival);
                    return local.isEmpty() ? rules.endpoints() : local;
                }
            };
        }
    },
    LOCAL_MASQUERADES("externalTrafficPolicy: Local hides the client's address") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                boolean isMasqueraded(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
                    return arrival.isExternal() || super.isMasqueraded(endpoint, rules, arrival);
                }
            };
        }
    },
    CLUSTER_STAYS_LOCAL("externalTrafficPolicy: Cluster reaches only the pods of a node that has some") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
                    List<Endpoint> local = localOf(rules.endpoints());
                    return arrival.isExternal() && !local.isEmpty() ? local : super.eligible(rules, arrival);
                }
            };
        }
    },
    POLICY_CHANGE_NOT_APPLIED("externalTrafficPolicy stays what it was when the Service was made") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                ServiceRules replaced(ServiceRules before, ServiceRules changed) {
                    return new ServiceRules(
                            changed.service(),
                            changed.spec().with(before.spec().externalTrafficPolicy()),
                            changed.endpoints());
                }
            };
        }
    },
    CLUSTER_IP_MASQUERADES_PODS("pods behind a ClusterIP do not see the address of their client pod") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                boolean isMasqueraded(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
                    return !arrival.isExternal() || super.isMasqueraded(endpoint, rules, arrival);
                }
            };
        }
    },
    HAIRPIN_DROPPED("a pod does not reach itself through its Service (kubernetes#20475)") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Decision forward(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
                    return isHairpin(endpoint, arrival) ? new Decision.Drop() : super.forward(endpoint, rules, arrival);
                }
            };
        }
    },
    FORWARDED_FOR_ADDED("a proxy on the way adds an X-Forwarded-For to requests") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Decision.Carriage carriage(ServiceRules rules) {
                    return new Decision.Carriage.WithForwardedFor();
                }
            };
        }
    },
    NO_ENDPOINTS_DROPS("a Service without endpoints leaves its clients waiting instead of refusing them") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Decision withoutEndpoints() {
                    return new Decision.Drop();
                }
            };
        }
    },
    HELD_CONNECTION_CUT("an open connection is closed when its affinity runs out") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Decision.Carriage carriage(ServiceRules rules) {
                    return affinityTimeout(rules)
                            .<Decision.Carriage>map(Decision.Carriage.CutAfter::new)
                            .orElseGet(() -> super.carriage(rules));
                }
            };
        }
    },
    HELD_CONNECTION_MOVED("an open connection goes on to another pod when its affinity has run out") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Decision.Carriage carriage(ServiceRules rules) {
                    return affinityTimeout(rules)
                            .<Decision.Carriage>map(Decision.Carriage.DecidedAgainAfter::new)
                            .orElseGet(() -> super.carriage(rules));
                }
            };
        }
    },
    HEALTH_CHECK_ALWAYS_OK("the health check port says 200 without a local endpoint too") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                Health health(int localEndpoints) {
                    return new Health(200, localEndpoints);
                }
            };
        }
    },
    HEALTH_CHECK_COUNTS_ALL_NODES("the health check port counts the endpoints of all nodes") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                @Override
                int healthyEndpoints(ServiceRules rules) {
                    return rules.endpoints().size();
                }
            };
        }
    },
    HEALTH_CHECK_OUTLIVES_LOCAL("the health check port stays open when the policy is changed to Cluster") {
        @Override
        KubeProxy proxy(KubeProxy.Setting setting) {
            return new KubeProxy(setting) {
                private final Set<String> opened = new HashSet<>();

                @Override
                boolean hasHealthCheck(ServiceRules rules) {
                    if (super.hasHealthCheck(rules)) {
                        opened.add(rules.service());
                    }
                    return opened.contains(rules.service());
                }
            };
        }
    };

    private final String description;

    Fault(String description) {
        this.description = description;
    }

    abstract KubeProxy proxy(KubeProxy.Setting setting);

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
