package io.kubeecho.scenario;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Whether new clients reach every pod through every node although each of them, having affinity, shows only one. Ends as
 * soon as all are reached; while one is missing, more clients come to new Services.
 *
 * <p>Identical Services are independent for a balancer that picks at random. One that goes round starts alike on each, and
 * some hashes leave out the Service's address: there only the clients of one Service, or of one address, count.
 */
final class Reach {

    /** Services that are made in search of a pod that nobody has reached. */
    private static final int MOST_BATCHES = 20;

    private final Trial trial;
    private final Set<String> pods;
    private final Map<String, Entry> entries = new HashMap<>();
    private final List<Observation> first = new ArrayList<>();

    private Reach(Trial trial, Collection<Endpoint> endpoints) {
        this.trial = trial;
        this.pods = endpoints.stream().map(Endpoint::name).collect(toSet());
    }

    /**
     * @param seen what clients have been observed to reach
     * @param more new entries for every node
     * @throws Failed if a pod is not reached through a node
     * @throws Inconclusive if the clients are too few to tell
     */
    static void requireAll(
            Trial trial,
            Collection<Endpoint> endpoints,
            List<Entry> entries,
            List<Observation> seen,
            Supplier<List<Entry>> more) {
        Reach reach = new Reach(trial, endpoints);
        reach.add(entries, seen);
        trial.trials(t -> t.everyPodReached(reach.pods.size()));
        for (int batch = 1; !reach.missing().isEmpty(); batch++) {
            reach.judge(batch > MOST_BATCHES);
            List<Entry> fresh = more.get();
            reach.add(fresh, trial.programmed(fresh, endpoints));
        }
    }

    private void add(List<Entry> more, List<Observation> seen) {
        more.forEach(e -> entries.put(e.name(), e));
        Set<String> known = first.stream().map(Observation::entry).collect(toSet());
        for (Observation o : seen) {
            if (o.result() instanceof Answered && entries.containsKey(o.entry()) && known.add(o.entry())) {
                first.add(o);
            }
        }
    }

    private Map<String, Set<String>> missing() {
        Map<String, Set<String>> missing = new TreeMap<>();
        byNode().forEach((node, picks) -> {
            Set<String> none = new TreeSet<>(pods);
            picks.forEach(o -> none.remove(Rules.from(o)));
            if (!none.isEmpty()) {
                missing.put(node, none);
            }
        });
        return missing;
    }

    private Map<String, List<Observation>> byNode() {
        return first.stream()
                .collect(groupingBy(
                        o -> entry(o).way().entry().map(Node::name).orElse("the load balancer"),
                        TreeMap::new,
                        toList()));
    }

    private void judge(boolean last) {
        Map<String, List<Observation>> byNode = byNode();
        missing().forEach((node, none) -> {
            List<Observation> picks = byNode.getOrDefault(node, List.of());
            long count = independent(picks);
            String seen = "no new client got to %s through %s, of %d with %d addresses at %d Services"
                    .formatted(
                            none,
                            node,
                            picks.size(),
                            picks.stream()
                                    .map(Observation::clientAddress)
                                    .distinct()
                                    .count(),
                            picks.stream()
                                    .map(o -> entry(o).service())
                                    .distinct()
                                    .count());
            if (trial.thresholds().missed(pods.size(), none.size(), count)
                    <= trial.thresholds().falseAlarm()) {
                trial.fail(first, new Breach(seen, "a ready pod gets no client as long as there is affinity"));
            }
            if (last) {
                throw new Inconclusive(
                        seen + "; the balancer treats Services or addresses alike, so that these are too few to tell");
            }
        });
    }

    /** How many of the picks were made independently, at least. */
    private long independent(List<Observation> picks) {
        Map<String, List<String>> perService = picks.stream()
                .collect(groupingBy(o -> entry(o).service().name(), TreeMap::new, mapping(Rules::from, toList())));
        long largest = perService.values().stream().mapToLong(List::size).max().orElse(0);
        boolean alike = perService.values().stream()
                        .filter(p -> p.size() == largest)
                        .map(p -> p.stream().sorted().toList())
                        .distinct()
                        .count()
                == 1;
        // one that goes round has reached all pods with as many clients of a Service as there are pods
        if (alike && largest < pods.size()) {
            return largest;
        }
        Map<String, Set<String>> perAddress = new HashMap<>();
        picks.forEach(o -> perAddress
                .computeIfAbsent(o.clientAddress(), address -> new HashSet<>())
                .add(Rules.from(o)));
        boolean byAddress = perAddress.values().stream().allMatch(p -> p.size() == 1);
        return byAddress ? perAddress.size() : picks.size();
    }

    private Entry entry(Observation o) {
        return requireNonNull(entries.get(o.entry()), "only what is known is added");
    }

    /**
     * That the clients of a Service through a node are told apart. Where every Service shows them all on one pod, luck
     * would have had to strike for each client but the first.
     */
    static Rule toldApart(Trial trial, Collection<Entry> entries) {
        Map<String, Entry> byName = entries.stream().collect(toMap(Entry::name, e -> e));
        return window -> {
            Map<String, Map<String, Map<String, Set<String>>>> pods = new TreeMap<>();
            for (Observation o : window) {
                Entry entry = byName.get(o.entry());
                if (entry != null && o.result() instanceof Answered) {
                    pods.computeIfAbsent(
                                    entry.way().entry().map(Node::name).orElse("the load balancer"),
                                    n -> new TreeMap<>())
                            .computeIfAbsent(entry.service().name(), s -> new TreeMap<>())
                            .computeIfAbsent(o.entry(), e -> new TreeSet<>())
                            .add(Rules.from(o));
                }
            }
            for (Map.Entry<String, Map<String, Map<String, Set<String>>>> node : pods.entrySet()) {
                long followers = node.getValue().values().stream()
                        .mapToLong(e -> e.size() - 1L)
                        .sum();
                boolean together = node.getValue().values().stream()
                        .allMatch(e -> e.values().stream()
                                        .flatMap(Set::stream)
                                        .distinct()
                                        .count()
                                == 1);
                int k = (int) node.getValue().values().stream()
                        .flatMap(e -> e.values().stream().flatMap(Set::stream))
                        .distinct()
                        .count();
                if (together
                        && k > 1
                        && Math.pow(k, (double) -followers)
                                <= trial.thresholds().falseAlarm()) {
                    return Optional.of(new Breach(
                            "on each of %d Services all clients through %s are on one pod"
                                    .formatted(node.getValue().size(), node.getKey()),
                            "affinity does not tell clients apart: whoever comes first decides for everybody"));
                }
            }
            return Optional.empty();
        };
    }
}
