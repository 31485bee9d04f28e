package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.embedded.Scope.Attempt;
import io.kubeecho.lab.embedded.Scope.Luck;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * One node's kube-proxy: the rules of the Services, and a function from a new connection to what becomes of it. How it
 * decides is in {@link Steps}; where there is a {@link Fault} on this node, it decides by the fault's steps about what the
 * fault's scope covers.
 */
final class KubeProxy {

    private final NodeState state;
    private final Steps sound;
    private final Optional<Broken> broken;
    private final Map<String, ServiceRules> installed = new HashMap<>();

    /**
     * Where a proxy runs.
     *
     * @param podGateway the node's own address on the network of its pods, which the bridge has
     * @param nanoClock a monotonic clock, as {@link System#nanoTime()}
     * @param variation what this data plane does in its own way
     */
    record Setting(Node node, String podGateway, RandomGenerator random, LongSupplier nanoClock, Variation variation) {
        /** Of the reference. */
        Setting(Node node, String podGateway, RandomGenerator random, LongSupplier nanoClock) {
            this(node, podGateway, random, nanoClock, Variation.RANDOM);
        }
    }

    /** The answer of a health check port. */
    record Health(int status, int localEndpoints) {}

    /** What is wrong on this node. */
    private static final class Broken {
        private final Steps steps;
        private final Where where;
        private final Luck luck;
        private final Map<String, Map<String, Long>> countByServiceAndClient = new HashMap<>();

        Broken(Steps steps, Where where, Luck luck) {
            this.steps = steps;
            this.where = where;
            this.luck = luck;
        }

        boolean covers(ServiceRules rules, Arrival arrival, long nanos) {
            long count = countByServiceAndClient
                    .computeIfAbsent(rules.service(), service -> new HashMap<>())
                    .merge(arrival.sourceAddress(), 1L, Long::sum);
            return where.covers(new Attempt(rules, arrival, count, nanos, luck));
        }

        /** The same without counting, for what comes before the connection is there. */
        boolean coversAgain(ServiceRules rules, Arrival arrival, long nanos) {
            long count = countByServiceAndClient
                    .getOrDefault(rules.service(), Map.of())
                    .getOrDefault(arrival.sourceAddress(), 0L);
            return where.covers(new Attempt(rules, arrival, count + 1, nanos, luck));
        }

        boolean mayCover(ServiceRules rules, Arrival arrival, long nanos) {
            return where.mayCover(new Attempt(rules, arrival, 1, nanos, luck));
        }
    }

    KubeProxy(Setting setting) {
        this.state = new NodeState(setting);
        this.sound = new Steps(state);
        this.broken = Optional.empty();
    }

    /** @param seed of what is left to chance in the fault */
    KubeProxy(Setting setting, Fault fault, long seed) {
        this.state = new NodeState(setting);
        this.sound = new Steps(state);
        this.broken = fault.where().covers(setting.node())
                ? Optional.of(new Broken(fault.steps(state), fault.where(), luckOf(setting.node(), seed)))
                : Optional.empty();
    }

    /** What is drawn once is the same on all nodes, and the rest is each node's own. */
    private static Luck luckOf(Node node, long seed) {
        return new Luck(seed, new Random(seed ^ node.name().hashCode()));
    }

    Node node() {
        return state.node();
    }

    /** The steps for what concerns the node as a whole. */
    private Steps nodeSteps() {
        return broken.map(b -> b.steps).orElse(sound);
    }

    /**
     * Takes a Service's rules as they are now, all in one step as {@code iptables-restore} does. A list lives for as long
     * as there is a rule that names it: through changes of the policy and of other endpoints, and not through a time
     * without affinity or without its endpoint.
     */
    synchronized void sync(ServiceRules changed) {
        Optional<ServiceRules> before = Optional.ofNullable(installed.get(changed.service()));
        ServiceRules rules = before.map(b -> nodeSteps().replaced(b, changed)).orElse(changed);
        installed.put(rules.service(), rules);
        boolean kept = before.filter(b -> nodeSteps().isListKept(b, rules)).isPresent();
        state.dropLists(
                rules.service(),
                endpoint ->
                        kept && rules.endpoints().stream().map(Endpoint::name).anyMatch(endpoint::equals));
    }

    /** Removes a Service's rules and lists. */
    synchronized void remove(String service) {
        installed.remove(service);
        state.dropLists(service, endpoint -> false);
        broken.ifPresent(b -> b.countByServiceAndClient.remove(service));
    }

    /** Decides about one new connection. Packets of an open one follow conntrack and are not asked about. */
    synchronized Decision decide(String service, Arrival arrival) {
        ServiceRules rules = installed.get(service);
        if (rules == null) {
            return new Decision.Refuse();
        }
        Steps steps = broken.filter(b -> b.covers(rules, arrival, state.nanos()))
                .map(b -> b.steps)
                .orElse(sound);
        return steps.turnedAway(rules, arrival).orElseGet(() -> steps.forwarded(rules, arrival));
    }

    /** How everybody who arrives like this is turned away; empty where connections, or some of them, are forwarded. */
    synchronized Optional<Decision> turnedAway(String service, Arrival arrival) {
        ServiceRules rules = installed.get(service);
        if (rules == null) {
            return Optional.of(new Decision.Refuse());
        }
        Optional<Decision> soundly = sound.turnedAway(rules, arrival);
        Optional<Broken> here = broken.filter(b -> b.mayCover(rules, arrival, state.nanos()));
        if (here.isEmpty()) {
            return soundly;
        }
        Optional<Decision> brokenly = here.get().steps.turnedAway(rules, arrival);
        return here.get().where.isWhole() ? brokenly : soundly.filter(s -> brokenly.isPresent());
    }

    /** Whether a SYN on its way in is lost, of which each try is another case. */
    synchronized boolean isSynLost(String service, Arrival arrival) {
        ServiceRules rules = installed.get(service);
        if (rules == null) {
            return false;
        }
        return broken.filter(b -> b.coversAgain(rules, arrival, state.nanos()))
                .map(b -> b.steps)
                .orElse(sound)
                .isSynLost();
    }

    /** How many endpoints this node's health check port counts; empty where the Service has no such port. */
    synchronized Optional<Health> health(String service) {
        return Optional.ofNullable(installed.get(service))
                .filter(rules -> nodeSteps().hasHealthCheck(rules))
                .map(rules -> nodeSteps().health(nodeSteps().healthyEndpoints(rules)));
    }
}
