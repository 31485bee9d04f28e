package io.kubeecho.scenario;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Many clients come to every node, one after another, and then again, the last first. A node that keeps the latest so many
 * clients of each endpoint still knows those that come back first, and none of the others: coming back in the same order,
 * each would find that the one before it had taken its place.
 */
final class ThereAndBack {

    /** Clients that come at the same time, so that their order is not known. */
    private static final int TURN = 16;

    private final List<Node> nodes;
    private final Map<String, Visitor> visitors = new TreeMap<>();
    private final Map<String, String> first;
    private final Map<String, String> second;

    /** @param turn from 0, in the order of coming */
    private record Visitor(Node node, int turn) {}

    /**
     * How many clients of an endpoint a node kept. Where it has forgotten any, of the endpoint that was the first of which it
     * did: those that it forgets come to others, and take places there that were not full.
     *
     * @param clients of this endpoint that came to the node
     * @param moved of the node's clients, when they came back; one in so many endpoints returns by luck and is not among them
     * @param atLeast those of the endpoint that came after the last that moved: all of them where none has
     * @param atMost with those that came together with it
     */
    record Kept(Node node, String endpoint, int clients, int moved, int atLeast, int atMost) {
        boolean isFull() {
            return moved > 0;
        }
    }

    /** @throws Failed if a connection was not answered by one of the Service's pods, beyond what a network may lose */
    ThereAndBack(Trial trial, List<Client> clients, Service service, List<Node> nodes, Rule rule) {
        this.nodes = nodes;
        List<Supplier<List<Observation>>> turns = new ArrayList<>();
        for (int turn = 0; turn * TURN < clients.size(); turn++) {
            List<Entry> together = new ArrayList<>();
            for (Client client : clients.subList(turn * TURN, Math.min(clients.size(), (turn + 1) * TURN))) {
                for (Node node : nodes) {
                    Entry entry = Entry.nodePort(client, service, node);
                    visitors.put(entry.name(), new Visitor(node, turn));
                    together.add(entry);
                }
            }
            turns.add(trial.spaced(together, 1));
        }
        first = podOfEntry(trial, "all come", turns, rule);
        Collections.reverse(turns);
        second = podOfEntry(trial, "all come again, the last first", turns, rule);
    }

    private static Map<String, String> podOfEntry(
            Trial trial, String phase, List<Supplier<List<Observation>>> turns, Rule rule) {
        List<Observation> seen = trial.observe(
                phase, () -> turns.stream().flatMap(turn -> turn.get().stream()).toList());
        rule.check(seen).ifPresent(breach -> trial.fail(seen, breach));
        return Rules.podOfEntry(seen);
    }

    /** How many were asked for both times, on all nodes. */
    int count() {
        return (int) first.keySet().stream().filter(second::containsKey).count();
    }

    int moved() {
        return (int) first.keySet().stream().filter(this::hasMoved).count();
    }

    private boolean hasMoved(String entry) {
        String now = second.get(entry);
        return now != null && !now.equals(first.get(entry));
    }

    /** Of each node that clients came to. */
    List<Kept> kept() {
        return nodes.stream().flatMap(node -> kept(node).stream()).toList();
    }

    private Optional<Kept> kept(Node node) {
        Map<String, List<String>> byEndpoint = first.keySet().stream()
                .filter(second::containsKey)
                .filter(entry -> visitorOf(entry).node().equals(node))
                .collect(groupingBy(entry -> String.valueOf(first.get(entry)), TreeMap::new, toList()));
        int moved = (int) byEndpoint.values().stream()
                .flatMap(List::stream)
                .filter(this::hasMoved)
                .count();
        Comparator<List<String>> fewest = comparing(List::size);
        Comparator<List<String>> firstForgotten =
                comparing((List<String> entries) -> lastMoved(entries)).reversed();
        return byEndpoint.entrySet().stream()
                .min(Map.Entry.comparingByValue(moved > 0 ? firstForgotten : fewest))
                .map(endpoint -> kept(node, endpoint.getKey(), endpoint.getValue(), moved));
    }

    private Kept kept(Node node, String endpoint, List<String> entries, int moved) {
        int last = lastMoved(entries);
        int after =
                (int) entries.stream().filter(e -> visitorOf(e).turn() > last).count();
        int together =
                (int) entries.stream().filter(e -> visitorOf(e).turn() == last).count();
        return new Kept(node, endpoint, entries.size(), moved, after, Math.max(after, after + together - 1));
    }

    /** The turn of the last that came and moved; -1 where none has. */
    private int lastMoved(List<String> entries) {
        return entries.stream()
                .filter(this::hasMoved)
                .mapToInt(entry -> visitorOf(entry).turn())
                .max()
                .orElse(-1);
    }

    private Visitor visitorOf(String entry) {
        Visitor visitor = visitors.get(entry);
        if (visitor == null) {
            throw new IllegalStateException("nobody came as " + entry);
        }
        return visitor;
    }
}
