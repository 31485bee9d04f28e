package io.kubeecho.lab.embedded;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * What the API leaves open and data planes do in their own ways. None of these is a fault, so no scenario may FAIL for one,
 * as long as no profile names another. The methods say what is different from kube-proxy's iptables mode, the reference.
 */
public enum Variation {
    RANDOM("each new connection picks an endpoint at random: kube-proxy's iptables mode, the reference"),
    ROUND_ROBIN("each node takes the endpoints of a Service in turn, and begins with the first (IPVS rr, kube-router,"
            + " Antrea)") {
        @Override
        Balancer balancer(RandomGenerator random) {
            return new Balancer.RoundRobin();
        }
    },
    SOURCE_HASH("a hash of the client's address alone picks the endpoint, with affinity and without (IPVS sh)") {
        @Override
        Balancer balancer(RandomGenerator random) {
            return new Balancer.SourceHash();
        }
    },
    MAGLEV("a hash that leaves out the Service's address, so that identical Services are alike (Cilium with Maglev)") {
        @Override
        Balancer balancer(RandomGenerator random) {
            return new Balancer.Maglev();
        }
    },
    UNEVEN_WEIGHTS("the last endpoint of a Service gets a tenth of what each of the others gets") {
        @Override
        Balancer balancer(RandomGenerator random) {
            return new Balancer.Weighted(random);
        }
    },
    FIXED_WINDOW("timeoutSeconds runs from a client's first connection, and later ones do not renew it (Antrea)") {
        @Override
        boolean isWindowRenewed() {
            return false;
        }
    },
    TIME_WAIT_FLOOR("a client is remembered for " + TimeWait.FLOOR.toMillis()
            + " ms at least, whatever timeoutSeconds says (IPVS, whose floor is about 120 s)") {
        @Override
        Duration kept(Duration timeout) {
            return timeout.compareTo(TimeWait.FLOOR) < 0 ? TimeWait.FLOOR : timeout;
        }
    },
    SOCKET_LEVEL("clients in the cluster are balanced when they connect, in their own network namespace, by whatever"
            + " address; nothing of theirs is masqueraded, and each front end remembers apart (Cilium's socket"
            + " load balancing)") {
        @Override
        boolean isSocketLevel() {
            return true;
        }
    },
    LOCAL_REFUSES("under externalTrafficPolicy: Local a node without an endpoint refuses instead of dropping") {
        @Override
        Decision withoutLocalEndpoints() {
            return new Decision.Refuse();
        }
    },
    LOCAL_UNREACHABLE(
            "under externalTrafficPolicy: Local a node without an endpoint answers with ICMP host unreachable") {
        @Override
        Decision withoutLocalEndpoints() {
            return new Decision.Unreachable();
        }
    },
    NO_ENDPOINTS_UNREACHABLE(
            "a Service without endpoints answers at once with ICMP host unreachable instead of port unreachable") {
        @Override
        Decision withoutEndpoints() {
            return new Decision.Unreachable();
        }
    },
    LOST_SYNS("one SYN in a thousand is lost, and sent again after a second") {
        @Override
        double lostSyns() {
            return 1e-3;
        }
    },
    SLOW_CONTROL_PLANE("each node follows a change only after some 0.4 to 0.8 s, in a time of its own") {
        @Override
        boolean isSlow() {
            return true;
        }

        @Override
        Duration lag(RandomGenerator random) {
            return Duration.ofMillis(random.nextInt(400, 800));
        }
    },
    HEALTH_AT_HEALTHZ_ONLY("the health check port answers at /healthz alone, and 404 elsewhere") {
        @Override
        HealthAnswers healthAnswers() {
            return new HealthAnswers(false, true);
        }
    },
    HEALTH_IN_PLAIN_TEXT("the health check port answers with a word instead of JSON") {
        @Override
        HealthAnswers healthAnswers() {
            return new HealthAnswers(true, false);
        }
    };

    private final String description;

    /**
     * How a health check port answers.
     *
     * @param anyPath or only /healthz
     * @param json or a word
     */
    record HealthAnswers(boolean anyPath, boolean json) {}

    /** A class of its own, since the constants come before all else in an enum. */
    private static final class TimeWait {
        /** IPVS's is 120 s, which nobody waits for here. */
        static final Duration FLOOR = Duration.ofMillis(1_500);
    }

    Variation(String description) {
        this.description = description;
    }

    /** One for each node. */
    Balancer balancer(RandomGenerator random) {
        return new Balancer.AtRandom(random);
    }

    /** Whether a client's later connections start its timeout again. */
    boolean isWindowRenewed() {
        return true;
    }

    /** For how long a client is remembered where so much was asked for. */
    Duration kept(Duration timeout) {
        return timeout;
    }

    /** Whether clients inside the cluster are balanced where they are, and not where their packets come to. */
    boolean isSocketLevel() {
        return false;
    }

    Decision withoutEndpoints() {
        return new Decision.Refuse();
    }

    Decision withoutLocalEndpoints() {
        return new Decision.Drop();
    }

    /** The share of SYNs that are lost, from 0 to below 1. */
    double lostSyns() {
        return 0;
    }

    /** Whether nodes take their time to follow a change. */
    boolean isSlow() {
        return false;
    }

    /** How long a node takes to follow a change; zero for at once. */
    Duration lag(RandomGenerator random) {
        return Duration.ZERO;
    }

    HealthAnswers healthAnswers() {
        return new HealthAnswers(true, true);
    }

    /** The name users type: lower case with hyphens. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String description() {
        return description;
    }

    /** @throws IllegalArgumentException with one line that names some */
    public static Variation of(String id) {
        List<String> known = Arrays.stream(values()).map(Variation::id).toList();
        return Arrays.stream(values())
                .filter(v -> v.id().equals(id))
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("unknown variation '%s'; did you mean %s? 'kube-echo list' has all"
                                .formatted(id, String.join(" or ", Likeness.nearest(id, known)))));
    }
}
