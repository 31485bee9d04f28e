package io.kubeecho.scenario;

import static java.util.Comparator.comparing;

import io.kubeecho.evidence.Cell;
import io.kubeecho.lab.Node;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Where connections were tried and where they broke a rule, cell by cell; nothing is averaged over cells. */
final class Grid {

    private static final class Count {
        private long tried;
        private long broken;
    }

    private final Map<String, Entry> entries = new TreeMap<>();
    private final Map<Cell, Count> counts = new TreeMap<>(comparing(Cell::toString));

    /** What the connections of an entry belong to. */
    void know(Collection<Entry> more) {
        more.forEach(e -> entries.put(e.name(), e));
    }

    void tried(Collection<Observation> connections) {
        connections.forEach(o ->
                count(o, o.result() instanceof Answered a ? a.line().from() : "").tried++);
    }

    void broken(Breach breach) {
        breach.culprits().forEach(c -> count(c.connection(), c.endpoint()).broken++);
    }

    private Count count(Observation connection, String endpoint) {
        Entry entry = entries.get(connection.entry());
        return counts.computeIfAbsent(
                entry == null
                        ? new Cell("", "", "", "", endpoint, 0, 0)
                        : new Cell(
                                entry.client().vantagePoint().toString(),
                                entry.client().node().map(Node::name).orElse(""),
                                entry.way().kind().toString(),
                                entry.way().entry().map(Node::name).orElse(""),
                                endpoint,
                                0,
                                0),
                cell -> new Count());
    }

    /** A move is counted where it began, so a cell that forgot everything may have more of them than answers. */
    List<Cell> cells() {
        return counts.entrySet().stream()
                .map(e -> new Cell(
                        e.getKey().client(),
                        e.getKey().clientNode(),
                        e.getKey().way(),
                        e.getKey().entryNode(),
                        e.getKey().endpoint(),
                        Math.max(e.getValue().tried, e.getValue().broken),
                        e.getValue().broken))
                .toList();
    }
}
