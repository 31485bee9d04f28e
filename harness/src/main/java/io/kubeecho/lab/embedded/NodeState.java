package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** What a node's data plane has and knows: its place, its clock, its luck and its affinity lists, which no other node knows. */
final class NodeState {

    private final KubeProxy.Setting setting;
    private final Balancer balancer;
    private final Map<ListKey, RecentList> recent = new HashMap<>();

    /** KUBE-SEP's name: a list is one Service port's and one endpoint's, and all front ends share it. */
    private record ListKey(String service, String endpoint) {}

    NodeState(KubeProxy.Setting setting) {
        this.setting = setting;
        this.balancer = setting.variation().balancer(setting.random());
    }

    Node node() {
        return setting.node();
    }

    String podGateway() {
        return setting.podGateway();
    }

    RandomGenerator random() {
        return setting.random();
    }

    Variation variation() {
        return setting.variation();
    }

    Balancer balancer() {
        return balancer;
    }

    /** By a monotonic clock. */
    long nanos() {
        return setting.nanoClock().getAsLong();
    }

    /** The affinity list of one endpoint of a Service, which begins empty. */
    RecentList listOf(ServiceRules rules, Endpoint endpoint) {
        return recent.computeIfAbsent(new ListKey(rules.service(), endpoint.name()), key -> new RecentList());
    }

    /** Drops the lists of a Service but those of the endpoints of these names. */
    void dropLists(String service, Predicate<String> kept) {
        recent.keySet().removeIf(key -> key.service().equals(service) && !kept.test(key.endpoint()));
    }
}
