package io.kubeecho.scenario;

import static java.util.stream.Collectors.toSet;

import io.kubeecho.evidence.Cell;
import io.kubeecho.stats.Proportion;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Where a rule is broken and where it is not, in the words of the field: "only through node-2", "only echo-1-2". */
final class Blame {

    /** That elsewhere it is broken as well and was not seen; for words, where a verdict stands already. */
    private static final double DOUBT = 1e-3;

    private Blame() {}

    /** @return as "only through node-2, only echo-1-2"; empty where it is broken everywhere, or where it cannot be told */
    static String of(List<Cell> cells) {
        List<String> words = new ArrayList<>();
        only(cells, Cell::way, words, way -> "only by " + way);
        only(cells, Cell::entryNode, words, node -> "only through " + (node.isEmpty() ? "the load balancer" : node));
        only(cells, Cell::client, words, Blame::clients);
        if (!sameAsEntry(cells)) {
            only(cells, Cell::clientNode, words, node -> node.isEmpty() ? "" : "only clients on " + node);
        }
        only(answered(cells), Cell::endpoint, words, endpoint -> "only " + endpoint);
        return String.join(", ", words.stream().filter(w -> !w.isEmpty()).toList());
    }

    private static String clients(String vantagePoint) {
        return switch (vantagePoint) {
            case "pod" -> "only clients in pods";
            case "host network" -> "only clients on the host network";
            default -> "only clients off the cluster";
        };
    }

    private static void only(
            List<Cell> cells, Function<Cell, String> dimension, List<String> words, Function<String, String> phrase) {
        Set<String> broken =
                cells.stream().filter(c -> c.broken() > 0).map(dimension).collect(toSet());
        if (broken.size() != 1) {
            return;
        }
        String value = broken.iterator().next();
        List<Cell> here =
                cells.stream().filter(c -> dimension.apply(c).equals(value)).toList();
        long tried = here.stream().mapToLong(Cell::tried).sum();
        long failed = here.stream().mapToLong(Cell::broken).sum();
        long elsewhere = cells.stream().mapToLong(Cell::tried).sum() - tried;
        double atLeast = Proportion.of(failed, tried).lower();
        if (elsewhere > 0 && Math.pow(1 - atLeast, (double) elsewhere) < DOUBT) {
            words.add(phrase.apply(value));
        }
    }

    /** What nobody answered belongs to no endpoint, so it cannot tell which of them is broken. */
    private static List<Cell> answered(List<Cell> cells) {
        return cells.stream().anyMatch(c -> c.broken() > 0 && c.endpoint().isEmpty())
                ? List.of()
                : cells.stream().filter(c -> !c.endpoint().isEmpty()).toList();
    }

    private static boolean sameAsEntry(List<Cell> cells) {
        return cells.stream()
                .allMatch(c -> c.clientNode().isEmpty() || c.clientNode().equals(c.entryNode()));
    }
}
