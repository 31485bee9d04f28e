package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The steps by which a node's kube-proxy in iptables mode, as of Kubernetes 1.37, decides about new connections. Together
 * they are the reference that the scenarios are tried against; a {@link Variation} does some in its own way, and a {@link
 * FaultKind} replaces one or two of them by what is wrong.
 *
 * <p>The chains are named in the comments: what a Service has is KUBE-SVC, with one KUBE-SEP for each endpoint; what comes
 * from outside goes through KUBE-EXT, which leads to KUBE-SVL under {@code externalTrafficPolicy: Local}.
 */
class Steps {

    private final NodeState at;

    Steps(NodeState at) {
        this.at = at;
    }

    final NodeState at() {
        return at;
    }

    final Node node() {
        return at.node();
    }

    /** The rules that follow from a change; there is nothing of the old ones in them. */
    ServiceRules replaced(ServiceRules before, ServiceRules changed) {
        return changed;
    }

    /** Whether the lists of a Service outlive a change of its rules, for the endpoints that do. */
    boolean isListKept(ServiceRules before, ServiceRules now) {
        return affinityTimeout(before).isPresent() && affinityTimeout(now).isPresent();
    }

    /** How everybody who arrives like this is turned away; empty where connections are forwarded. */
    final Optional<Decision> turnedAway(ServiceRules rules, Arrival arrival) {
        if (rules.endpoints().isEmpty()) {
            return Optional.of(withoutEndpoints(arrival));
        }
        return eligible(rules, arrival).isEmpty() ? Optional.of(withoutLocalEndpoints()) : Optional.empty();
    }

    /** What becomes of a connection that is not turned away. */
    final Decision forwarded(ServiceRules rules, Arrival arrival) {
        List<Endpoint> eligible = eligible(rules, arrival);
        Endpoint endpoint = remembered(rules, arrival, eligible).orElseGet(() -> pick(rules, arrival, eligible));
        remember(rules, arrival, endpoint);
        return forward(endpoint, rules, arrival);
    }

    /** A Service without any endpoint has a REJECT in the filter table, whatever its policy. */
    Decision withoutEndpoints(Arrival arrival) {
        return at.variation().withoutEndpoints();
    }

    /** KUBE-EXT leads nowhere where there is nobody to go to, and KUBE-EXTERNAL-SERVICES of the filter table drops. */
    Decision withoutLocalEndpoints() {
        return at.variation().withoutLocalEndpoints();
    }

    /**
     * All endpoints (KUBE-SVC), or this node's own (KUBE-SVL) under {@code externalTrafficPolicy: Local}. That policy is
     * about traffic from outside: what comes from pods and from this node itself still reaches every endpoint, and what
     * comes from another node is outside.
     */
    List<Endpoint> eligible(ServiceRules rules, Arrival arrival) {
        return isExternalLocal(rules, arrival) ? localOf(rules.endpoints()) : rules.endpoints();
    }

    /** The endpoint that the affinity lists name, asked in the order of the chain; the first hit wins. */
    Optional<Endpoint> remembered(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
        return eligible.stream().filter(e -> isRemembered(rules, arrival, e)).findFirst();
    }

    /** One endpoint's {@code -m recent --rcheck --seconds T --reap}. */
    boolean isRemembered(ServiceRules rules, Arrival arrival, Endpoint endpoint) {
        return affinityTimeout(rules)
                .map(timeout -> expiry(timeout, rules, endpoint))
                .filter(timeout -> at.listOf(rules, endpoint).check(affinityKey(arrival), timeout, at.nanos()))
                .isPresent();
    }

    /** After how long an endpoint's entry is too old. */
    Duration expiry(Duration timeout, ServiceRules rules, Endpoint endpoint) {
        return timeout;
    }

    Endpoint pick(ServiceRules rules, Arrival arrival, List<Endpoint> eligible) {
        return at.balancer().pick(rules, arrival, eligible);
    }

    /** {@code -m recent --set} in KUBE-SEP: every new connection stamps the list again, so the window slides. */
    void remember(ServiceRules rules, Arrival arrival, Endpoint endpoint) {
        if (affinityTimeout(rules).isPresent()
                && (at.variation().isWindowRenewed() || !isRemembered(rules, arrival, endpoint))) {
            at.listOf(rules, endpoint).set(affinityKey(arrival), at.nanos());
        }
    }

    /** What an affinity list knows a client by: its address before any masquerading, without its port. */
    String affinityKey(Arrival arrival) {
        return at.variation().isSocketLevel()
                ? arrival.sourceAddress() + " through " + arrival.through()
                : arrival.sourceAddress();
    }

    /** How long an endpoint is remembered for a client; empty without affinity. */
    Optional<Duration> affinityTimeout(ServiceRules rules) {
        return rules.spec().sessionAffinity() instanceof SessionAffinity.ClientIP clientIp
                ? Optional.of(at.variation().kept(clientIp.timeout()))
                : Optional.empty();
    }

    /** DNAT, and where it is marked for it, masquerading. */
    Decision forward(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
        return new Decision.Forward(endpoint, sourceSeenBy(endpoint, rules, arrival), carriage(rules, endpoint));
    }

    /**
     * The client's own address, or where that is masqueraded the one of the interface on which the packet leaves: the
     * bridge's for a pod of this node, else the node's.
     */
    final String sourceSeenBy(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
        if (!isMasqueraded(endpoint, rules, arrival)) {
            return arrival.sourceAddress();
        }
        return endpoint.node().equals(node()) ? at.podGateway() : node().address();
    }

    /**
     * What comes to a node port or a load balancer's address is masqueraded, or under Local only what comes from the node
     * itself; of what comes to a ClusterIP, what does not come from a pod ({@code ! -s} the cluster's range); and a pod
     * that reaches itself (hairpin), or it would answer itself directly.
     */
    boolean isMasqueraded(Endpoint endpoint, ServiceRules rules, Arrival arrival) {
        if (at.variation().isSocketLevel() && arrival.origin() != Arrival.Origin.OUTSIDE) {
            // the client's own socket is connected to the endpoint
            return false;
        }
        if (isHairpin(endpoint, arrival)) {
            return true;
        }
        return arrival.isExternal()
                ? !rules.isLocal() || arrival.origin() == Arrival.Origin.NODE
                : arrival.origin() != Arrival.Origin.POD;
    }

    /** Whether a SYN is lost on its way in. */
    boolean isSynLost() {
        double share = at.variation().lostSyns();
        return share > 0 && at.random().nextDouble() < share;
    }

    /** A packet filter does not touch what a connection carries. */
    Decision.Carriage carriage(ServiceRules rules, Endpoint endpoint) {
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
    KubeProxy.Health health(int localEndpoints) {
        return new KubeProxy.Health(localEndpoints > 0 ? 200 : 503, localEndpoints);
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
}
