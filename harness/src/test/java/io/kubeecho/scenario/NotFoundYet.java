package io.kubeecho.scenario;

import io.kubeecho.lab.embedded.Fault;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The faults that the scenarios do not find yet, or not in every run, each with the reason. Nothing else is excused; and
 * whoever teaches a scenario to find one is told to take it off here.
 */
final class NotFoundYet {

    private static final Map<String, String> REASONS = new LinkedHashMap<>();

    private NotFoundYet() {}

    private static void add(String reason, String... faults) {
        for (String fault : faults) {
            if (REASONS.put(Fault.of(fault).id(), reason) != null) {
                throw new IllegalStateException(fault + " is listed twice");
            }
        }
    }

    static {
        add(
                "the effective timeout is not measured",
                "affinity-expires-8-percent-early",
                "affinity-expires-8-percent-early:node-2",
                "affinity-expires-8-percent-late",
                "affinity-expires-8-percent-late:node-2");
        add(
                "what is wrong at one node or two is not looked for apart from the others",
                "affinity-lost:node-2",
                "affinity-lost:node-1+2",
                "affinity-lost:node-port:node-3",
                "affinity-never-expires:node-2",
                "affinity-never-expires:node-2+3",
                "affinity-expires-at-half:node-2",
                "affinity-expires-at-double:node-2",
                "affinity-expires-at-double:node-1+2",
                "affinity-by-port:node-3",
                "affinity-lost-with-endpoints:node-2",
                "affinity-lost-at-delete:node-2",
                "affinity-to-removed-endpoint:node-2",
                "affinity-outlives-none:node-2",
                "endpoint-never-chosen:node-2",
                "one-endpoint-only:node-port:node-2",
                "one-endpoint-only:cluster-ip:node-2",
                "held-connection-cut:node-2",
                "held-connection-moved:node-2",
                "local-forwards-to-remote:node-2",
                "local-masquerades:node-2",
                "cluster-stays-local:node-2",
                "policy-change-not-applied:node-2",
                "affinity-change-not-applied:node-2",
                "local-drops:node-2",
                "health-check-says-no:node-2",
                "cluster-ip-masquerades-pods:node-2",
                "hairpin-dropped:node-2",
                "no-endpoints-drops:node-port:node-3",
                "health-check-always-ok:node-3",
                "health-check-counts-all-nodes:node-2",
                "health-check-outlives-local:node-2");
        add(
                "what is wrong for one endpoint is waited for in silence, or not looked for apart from the others",
                "affinity-lost:endpoint-2",
                "affinity-lost:under-local:endpoint-1",
                "affinity-never-expires:endpoint-2",
                "affinity-expires-at-half:endpoint-2",
                "held-connection-cut:endpoint-2",
                "local-masquerades:endpoint-1",
                "cluster-ip-masquerades-pods:endpoint-3",
                "endpoint-never-chosen:with-affinity",
                "affinity-lost-at-delete");
        add(
                "no scenario does this yet",
                "local-drops-pods:load-balancer",
                "local-drops-pods:load-balancer:from-pods",
                "local-misses-new-endpoints",
                "local-misses-new-endpoints:node-2",
                "health-check-stale",
                "health-check-stale:node-1");
        add(
                "an added pod that nobody reaches is INCONCLUSIVE",
                "added-endpoint-ignored",
                "added-endpoint-ignored:node-2");
        add(
                "connections that fail, or cost a second, are not counted apart",
                "removed-endpoint-stays",
                "removed-endpoint-stays:node-2",
                "endpoint-out-of-reach:endpoint-2",
                "endpoint-out-of-reach:node-2:to-node-1",
                "endpoint-out-of-reach:node-1:to-node-2",
                "endpoint-out-of-reach:cluster-ip:10%",
                "endpoint-out-of-reach:node-port:node-3",
                "endpoint-out-of-reach:load-balancer:from-outside",
                "endpoint-out-of-reach:under-local:endpoint-1",
                "syn-lost:cluster-ip",
                "syn-lost:cluster-ip:node-2",
                "syn-lost:cluster-ip:5%",
                "syn-lost:node-port:from-outside");
        add(
                "not every pair of a client's node and an endpoint's carries traffic",
                "cluster-ip-masquerades-pods:node-2:to-node-1",
                "cluster-ip-masquerades-pods:node-1:to-node-2");
        add(
                "clients on the host network, and more than a few addresses, are not among those who try",
                "affinity-lost:from-host-network",
                "affinity-lost:from-pods",
                "affinity-lost:from-outside",
                "affinity-lost:1-of-16-clients");
        add(
                "samples are sized for what is broken everywhere and always",
                "affinity-lost:flapping",
                "affinity-lost:first-3",
                "affinity-lost:every-200",
                "affinity-lost:10%",
                "affinity-lost:1%",
                "affinity-lost:node-2:5%",
                "affinity-lost:load-balancer:1%",
                "affinity-expires-at-half:10%",
                "affinity-to-a-pair",
                "held-connection-cut:10%",
                "local-drops:10%",
                "local-forwards-to-remote:1%",
                "local-forwards-to-remote:flapping",
                "local-empty-node-forwards:10%",
                "local-empty-node-forwards:1%",
                "local-masquerades:1%",
                "cluster-ip-masquerades-pods:1%");
        add(
                "this way in is not tried",
                "local-drops:load-balancer",
                "cluster-empty-node-drops:node-port",
                "cluster-empty-node-drops:load-balancer",
                "affinity-shared-by-all:node-port",
                "affinity-shared-by-all:load-balancer",
                "local-forwards-to-remote:node-port",
                "local-forwards-to-remote:load-balancer",
                "local-empty-node-forwards:node-port",
                "local-empty-node-forwards:load-balancer",
                "local-masquerades:node-port",
                "local-masquerades:load-balancer",
                "cluster-stays-local:node-port",
                "cluster-stays-local:load-balancer",
                "hairpin-dropped:node-port",
                "hairpin-dropped:load-balancer",
                "forwarded-for-added:node-port",
                "forwarded-for-added:load-balancer",
                "no-endpoints-drops:cluster-ip",
                "no-endpoints-drops:node-port",
                "no-endpoints-drops:load-balancer",
                "no-endpoints-drops:from-outside");
    }

    /** Why a fault is not found yet; empty where it must be found. */
    static Optional<String> reason(Fault fault) {
        return Optional.ofNullable(REASONS.get(fault.id()));
    }
}
