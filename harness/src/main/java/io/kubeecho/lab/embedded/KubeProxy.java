package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * One node's kube-proxy in iptables mode, as a function from a new connection to what becomes of it. Its affinity lists
 * are the node's own: no other node knows them.
 *
 * <p>Each step is a method that a {@link Fault} may replace; together they are the reference that the scenarios are tried
 * against.
 */
class KubeProxy {

    private final Node node;
    private final RandomGenerator random;
    private final LongSupplier nanoClock;
    private final Map<ListKey, RecentList> recent = new HashMap<>();

    private record ListKey(String service, String endpoint) {}

    /** @param nanoClock a monotonic clock, as {@link System#nanoTime()} */
    KubeProxy(Node node, RandomGenerator random, LongSupplier nanoClock) {
        this.node = node;
        this.random = random;
        this.nanoClock = nanoClock;
    }

    final Node node() {
        return node;
    }

    /** Decides about one new connection. Packets of an open one follow conntrack and are not asked about. */
    final synchronized Decision decide(ServiceRules rules, Arrival arrival) {
        if (rules.endpoints().isEmpty()) {
            return new Decision.Refuse();
        }
        List<Endpoint> eligible = eligible(rules, arrival);
        if (eligible.isEmpty()) {
            return new Decision.Drop();
        }
        Endpoint endpoint = remembered(rules, arrival, eligible).orElseGet(() -> pick(eligible));
        remember(rules, arrival, endpoint);
        return new Decision.Forward(endpoint, sourceSeenBy(endpoint, rules, arrival));
    }

    /**
     * All endpoints, or this node's own under {@code externalTrafficPolicy: Local}. That policy is about traffic from
     * outside: what comes from pods and from nodes still reaches every endpoint.
     */
    List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
        return isExternalLocal(rules, arrival) ? localOf(rules.endpoints()) : rules.endpoints();
    }

    /** The endpoint that the affinity lists name, asked in the order of the chain; the first hit wins. */
    Optional<Endpoint> remembered(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
        return affinityTimeout(rules)
                .flatMap(timeout -> eligible.stream()
                        .filter(e -> listOf(rules, e).check(arrival.sourceAddress(), timeout, now()))
                        .findFirst());
    }

    /** {@code -m statistic --mode random}: even, and independent of what came before. */
    Endpoint pick(List<Endpoint> eligible) {
        return eligible.get(random.nextInt(eligible.size()));
    }

    /** Every new connection stamps the list again, so the window slides. */
    void remember(ServiceRules rules, Arrival arrival, Endpoint endpoint) {
        if (affinityTimeout(rules).isPresent()) {
            listOf(rules, endpoint).set(arrival.sourceAddress(), now());
        }
    }

    /** The node's address where the source is masqueraded, else the client's own. */
    String sourceSeenBy(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
        return isMasqueraded(endpoint, rules, arrival) ? node.address() : arrival.sourceAddress();
    }

    /** How long an endpoint is remembered for a client; empty without affinity. */
    Optional<Duration> affinityTimeout(ServiceRules rules) {
        return rules.spec().sessionAffinity() instanceof SessionAffinity.ClientIP clientIp
                ? Optional.of(clientIp.timeout())
                : Optional.empty();
    }

    /**
     * A node port masquerades everybody, or under Local only the nodes themselves; a ClusterIP masquerades what does not
     * come from a pod ({@code --cluster-cidr}); and a pod that reaches itself is masqueraded always, or it would answer
     * itself directly.
     */
    boolean isMasqueraded(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
        if (endpoint.address().equals(arrival.sourceAddress())) {
            return true;
        }
        return switch (arrival.through()) {
            case CLUSTER_IP -> arrival.origin() != Arrival.Origin.POD;
            case NODE_PORT ->
                rules.spec().externalTrafficPolicy() == ExternalTrafficPolicy.CLUSTER
                        || arrival.origin() == Arrival.Origin.NODE;
        };
    }

    final boolean isExternalLocal(ServiceRules rules, Arrival arrival) {
        return arrival.through() == Arrival.Through.NODE_PORT
                && arrival.origin() == Arrival.Origin.OUTSIDE
                && rules.spec().externalTrafficPolicy() == ExternalTrafficPolicy.LOCAL;
    }

    final List<Endpoint> localOf(List<Endpoint> endpoints) {
        return endpoints.stream().filter(e -> e.node().equals(node)).toList();
    }

    private RecentList listOf(ServiceRules rules, Endpoint endpoint) {
        return recent.computeIfAbsent(new ListKey(rules.service(), endpoint.name()), key -> new RecentList());
    }

    private long now() {
        return nanoClock.getAsLong();
    }
}
