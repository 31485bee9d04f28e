package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One node's kube-proxy in iptables mode, as of Kubernetes 1.20: the rules of the Services, and a function from a new
 * connection to what becomes of it. Its affinity lists are the node's own: no other node knows them.
 *
 * <p>Each step is a method that a {@link Fault} may replace; together they are the reference that the scenarios are tried
 * against. The chains are named in the comments: what a Service has is KUBE-SVC, with one KUBE-SEP for each endpoint,
 * and KUBE-XLB in front of it for {@code externalTrafficPolicy: Local}.
 */
class KubeProxy {

    private final Setting setting;
    private final Map<String, ServiceRules> installed = new HashMap<>();
    private final Map<ListKey, RecentList> recent = new HashMap<>();

    /**
     * Where a proxy runs.
     *
     * @param podGateway the node's own address on the network of its pods, which the bridge has
     * @param nanoClock a monotonic clock, as {@link System#nanoTime()}
     */
    record Setting(Node node, String podGateway, RandomGenerator random, LongSupplier nanoClock) {}

    /** KUBE-SEP's name: a list is one Service port's and one endpoint's, and all front ends share it. */
    private record ListKey(String service, String endpoint) {}

    KubeProxy(Setting setting) {
        this.setting = setting;
    }

    final Node node() {
        return setting.node();
    }

    /**
     * Takes a Service's rules as they are now, all in one step as {@code iptables-restore} does. A list lives for as long
     * as there is a rule that names it: through changes of the policy and of other endpoints, and not through a time
     * without affinity or without its endpoint.
     */
    final synchronized void sync(ServiceRules changed) {
        ServiceRules before = installed.get(changed.service());
        ServiceRules rules = before == null ? changed : replaced(before, changed);
        installed.put(rules.service(), rules);
        recent.keySet().removeIf(key -> key.service().equals(rules.service()) && !isNamed(key, before, rules));
    }

    /** Removes a Service's rules and lists. */
    final synchronized void remove(String service) {
        installed.remove(service);
        recent.keySet().removeIf(key -> key.service().equals(service));
    }

    /** Decides about one new connection. Packets of an open one follow conntrack and are not asked about. */
    final synchronized Decision decide(String service, Arrival arrival) {
        ServiceRules rules = installed.get(service);
        if (rules == null) {
            return new Decision.Refuse();
        }
        Optional<Decision> turnedAway = turnedAway(rules, arrival);
        if (turnedAway.isPresent()) {
            return turnedAway.get();
        }
        List<Endpoint> eligible = eligible(rules, arrival);
        Endpoint endpoint = remembered(rules, arrival, eligible).orElseGet(() -> pick(rules, arrival, eligible));
        remember(rules, arrival, endpoint);
        return forward(endpoint, rules, arrival);
    }

    /** How everybody who arrives like this is turned away; empty where connections are forwarded. */
    final synchronized Optional<Decision> turnedAway(String service, Arrival arrival) {
        ServiceRules rules = installed.get(service);
        return rules == null ? Optional.of(new Decision.Refuse()) : turnedAway(rules, arrival);
    }

    /** How many endpoints this node's health check port counts; empty where the Service has no such port. */
    final synchronized Optional<Health> health(String service) {
        ServiceRules rules = installed.get(service);
        return rules != null && hasHealthCheck(rules) ? Optional.of(health(healthyEndpoints(rules))) : Optional.empty();
    }

    /** The answer of a health check port. */
    record Health(int status, int localEndpoints) {}

    private Optional<Decision> turnedAway(ServiceRules rules, Arrival arrival) {
        if (rules.endpoints().isEmpty()) {
            return Optional.of(withoutEndpoints());
        }
        // the end of KUBE-XLB where there is nobody to go to: KUBE-MARK-DROP
        return eligible(rules, arrival).isEmpty() ? Optional.of(new Decision.Drop()) : Optional.empty();
    }

    /** The rules that follow from a change; there is nothing of the old ones in them. */
    ServiceRules replaced(ServiceRules before, ServiceRules changed) {
        return changed;
    }

    /** Whether a list of the Service outlives a change of its rules. */
    boolean isListKept(ServiceRules before, ServiceRules now) {
        return affinityTimeout(before).isPresent() && affinityTimeout(now).isPresent();
    }

    /** A Service without any endpoint has a REJECT in the filter table, whatever its policy. */
    Decision withoutEndpoints() {
        return new Decision.Refuse();
    }

    /**
     * All endpoints (KUBE-SVC), or this node's own (KUBE-XLB) under {@code externalTrafficPolicy: Local}. That policy is
     * about traffic from outside: what comes from pods and from this node itself still reaches every endpoint, and what
     * comes from another node is outside.
     */
    List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
        return isExternalLocal(rules, arrival) ? localOf(rules.endpoints()) : rules.endpoints();
    }

    /**
     * The endpoint that the affinity lists name ({@code -m recent --rcheck --seconds T --reap}), asked in the order of
     * the chain; the first hit wins.
     */
    Optional<Endpoint> remembered(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
        return affinityTimeout(rules)
                .flatMap(timeout -> eligible.stream()
                        .filter(e -> listOf(rules, e).check(affinityKey(arrival), timeout, now()))
                        .findFirst());
    }

    /** {@code -m statistic --mode random}: even, and independent of what came before. */
    Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
        return eligible.get(setting.random().nextInt(eligible.size()));
    }

    /** {@code -m recent --set} in KUBE-SEP: every new connection stamps the list again, so the window slides. */
    void remember(ServiceRules rules, Arrival arrival, Endpoint endpoint) {
        if (affinityTimeout(rules).isPresent()) {
            listOf(rules, endpoint).set(affinityKey(arrival), now());
        }
    }

    /** What an affinity list knows a client by: its address before any masquerading, without its port. */
    String affinityKey(Arrival arrival) {
        return arrival.sourceAddress();
    }

    /** How long an endpoint is remembered for a client; empty without affinity. */
    Optional<Duration> affinityTimeout(ServiceRules rules) {
        return rules.spec().sessionAffinity() instanceof SessionAffinity.ClientIP clientIp
                ? Optional.of(clientIp.timeout())
                : Optional.empty();
    }

    /** DNAT, and where it is marked for it, masquerading. */
    Decision forward(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
        return new Decision.Forward(endpoint, sourceSeenBy(endpoint, rules, arrival), carriage(rules));
    }

    /**
     * The client's own address, or where that is masqueraded the one of the interface on which the packet leaves: the
     * bridge's for a pod of this node, else the node's.
     */
    final String sourceSeenBy(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
        if (!isMasqueraded(endpoint, rules, arrival)) {
            return arrival.sourceAddress();
        }
        return endpoint.node().equals(node()) ? setting.podGateway() : node().address();
    }

    /**
     * What comes to a node port or a load balancer's address is masqueraded, or under Local only what comes from the node
     * itself; of what comes to a ClusterIP, what does not come from a pod ({@code ! -s} the cluster's range); and a pod
     * that reaches itself (hairpin), or it would answer itself directly.
     */
    boolean isMasqueraded(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
        if (isHairpin(endpoint, arrival)) {
            return true;
        }
        return arrival.isExternal()
                ? !rules.isLocal() || arrival.origin() == Arrival.Origin.NODE
                : arrival.origin() != Arrival.Origin.POD;
    }

    /** A packet filter does not touch what a connection carries. */
    Decision.Carriage carriage(ServiceRules rules) {
        return new Decision.Carriage.Untouched();
    }

    /** {@code healthCheckNodePort} is of type LoadBalancer under Local alone. */
    boolean hasHealthCheck(ServiceRules rules) {
        return rules.spec().type() == ServiceSpec.Type.LOAD_BALANCER && rules.isLocal();
    }

    /** The endpoints on this node. */
    int healthyEndpoints(ServiceRules rules) {
        return localOf(rules.endpoints()).size();
    }

    /** 200 where there is a local endpoint, else 503. */
    Health health(int localEndpoints) {
        return new Health(localEndpoints > 0 ? 200 : 503, localEndpoints);
    }

    final boolean isExternalLocal(ServiceRules rules, Arrival arrival) {
        return arrival.isExternal() && arrival.origin() == Arrival.Origin.OUTSIDE && rules.isLocal();
    }

    static boolean isHairpin(Endpoint endpoint, Arrival arrival) {
        return endpoint.address().equals(arrival.sourceAddress());
    }

    final List<Endpoint> localOf(List<Endpoint> endpoints) {
        return endpoints.stream().filter(e -> e.node().equals(node())).toList();
    }

    private boolean isNamed(ListKey key, @Nullable ServiceRules before, ServiceRules now) {
        return before != null
                && isListKept(before, now)
                && now.endpoints().stream().anyMatch(e -> e.name().equals(key.endpoint()));
    }

    private RecentList listOf(ServiceRules rules, Endpoint endpoint) {
        return recent.computeIfAbsent(new ListKey(rules.service(), endpoint.name()), key -> new RecentList());
    }

    private long now() {
        return setting.nanoClock().getAsLong();
    }
}
