package io.kubeecho.scenario;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.kubeecho.lab.Node;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.stats.Power;
import io.kubeecho.stats.Threshold;
import io.kubeecho.stats.Thresholds;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Connections until every cell of the grid has as many as its verdict needs, in rounds, each judged strictly with all that
 * came before it. A clear breach ends it early; one that is rare is followed to the end, so that the report can say where
 * it is and where it is not.
 */
final class Sample {

    private static final int FIRST_ROUND = 4;
    private static final int LARGEST_ROUND = 32;

    /** So many breaches tell where they are; more would only cost time. */
    private static final int CLEAR = 40;

    /** A cell that gets no connections in so many times its number of them is another rule's affair. */
    private static final int PATIENCE = 4;

    /**
     * @param perCell connections of one kind of client on one node, by one way in through one node, that belong to one
     *     endpoint
     * @param perMargin connections through any node, and of any kind of client
     */
    record Size(Threshold perCell, Threshold perMargin) {}

    private record Group(String client, String clientNode, String way, String entryNode) {
        static Group of(Entry e) {
            return new Group(
                    e.client().vantagePoint().toString(),
                    e.client().node().map(Node::name).orElse(""),
                    e.way().kind().toString(),
                    e.way().entry().map(Node::name).orElse(""));
        }
    }

    private record Place(Group group, String endpoint) {}

    private final Trial trial;
    private final List<Entry> entries;
    private final Set<String> endpoints;
    private final boolean sticky;
    private final Size size;
    private final List<Observation> taken = new ArrayList<>();
    private final Map<String, Integer> rowsDone = new HashMap<>();

    private Sample(Trial trial, List<Entry> entries, Set<String> endpoints, boolean sticky, Size size) {
        this.trial = trial;
        this.entries = entries;
        this.endpoints = endpoints;
        this.sticky = sticky;
        this.size = size;
    }

    /** Of clients that stay on their pod, as long as they do. */
    static Sample ofStickyClients(Trial trial, List<Entry> entries, Size size) {
        return new Sample(trial, entries, Set.of(), true, size);
    }

    /** Of clients whose every connection may reach any of these. */
    static Sample ofBalancedClients(Trial trial, List<Entry> entries, Collection<String> endpoints, Size size) {
        return new Sample(trial, entries, Set.copyOf(endpoints), false, size);
    }

    /**
     * @param before what was observed already and counts
     * @param rule for all connections, those before included
     * @return all of them
     * @throws Failed if they broke it
     */
    List<Observation> judged(List<Observation> before, Rule rule) {
        taken.addAll(before);
        List<Entry> open = entries;
        int round = FIRST_ROUND;
        while (!open.isEmpty()) {
            List<Observation> more = trial.observe("judge", trial.spaced(open, round));
            taken.addAll(more);
            int connections = round;
            open.forEach(e -> rowsDone.merge(e.name(), connections, Integer::sum));
            Optional<Breach> breach = rule.check(taken);
            if (breach.isPresent() && isClear(breach.get())) {
                trial.fail(taken, breach.get());
            }
            open = wanting();
            round = next(open);
        }
        rule.check(taken).ifPresent(breach -> trial.fail(taken, breach));
        return taken;
    }

    private static boolean isClear(Breach breach) {
        boolean unanswered =
                breach.culprits().stream().anyMatch(c -> c.connection().result() instanceof Observation.Unanswered);
        return unanswered || breach.culprits().size() >= CLEAR;
    }

    private List<Entry> wanting() {
        Map<String, Entry> byName = entries.stream().collect(toMap(Entry::name, e -> e));
        Map<Place, Integer> perPlace = new HashMap<>();
        Map<String, Integer> perMargin = new HashMap<>();
        Map<String, String> podOf = new HashMap<>();
        Map<Group, Integer> perGroup = new HashMap<>();
        for (Observation o : taken) {
            Entry entry = byName.get(o.entry());
            if (entry == null || !(o.result() instanceof Answered answered)) {
                continue;
            }
            String pod = answered.line().from();
            // of a client that stays, the first connection shows nothing
            if (podOf.put(o.entry(), pod) == null && sticky) {
                continue;
            }
            Group group = Group.of(entry);
            perPlace.merge(new Place(group, pod), 1, Integer::sum);
            perGroup.merge(group, 1, Integer::sum);
            perMargin.merge("through " + group.entryNode(), 1, Integer::sum);
            perMargin.merge(group.client(), 1, Integer::sum);
        }
        int cell = size.perCell().trials();
        int margin = size.perMargin().trials();
        Set<String> wanting = new HashSet<>();
        for (Entry e : entries) {
            Group group = Group.of(e);
            String pod = podOf.get(e.name());
            boolean own = sticky
                    ? pod != null && perPlace.getOrDefault(new Place(group, pod), 0) < cell
                    : endpoints.stream().anyMatch(p -> perPlace.getOrDefault(new Place(group, p), 0) < cell)
                            && perGroup.getOrDefault(group, 0) < PATIENCE * cell * endpoints.size();
            boolean shared = perMargin.getOrDefault("through " + group.entryNode(), 0) < margin
                    || perMargin.getOrDefault(group.client(), 0) < margin;
            if (own || shared) {
                wanting.add(e.name());
            }
        }
        // what nobody answers cannot be waited for
        int most = PATIENCE * Math.max(cell, margin);
        return entries.stream()
                .filter(e -> wanting.contains(e.name()))
                .filter(e -> rowsDone.getOrDefault(e.name(), 0) < most)
                .toList();
    }

    /** As many as the fewest still lack, so that none gets many more than it needs. */
    private int next(List<Entry> open) {
        Map<Group, Long> entriesOf = open.stream().collect(groupingBy(Group::of, counting()));
        long most = entriesOf.values().stream().mapToLong(Long::longValue).max().orElse(1);
        long wanted = size.perCell().trials() / most;
        return (int) Math.max(FIRST_ROUND, Math.min(LARGEST_ROUND, wanted / 2));
    }

    /** What a PASS would have found, for its words. */
    static String wouldHaveFound(String what, Power power) {
        return "would have found %s for %s of new connections through any node or of any kind of client, or for %s in any cell"
                .formatted(what, Thresholds.percent(power.share()), Thresholds.percent(power.cellShare()));
    }
}
