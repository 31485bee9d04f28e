package io.kubeecho.load.measure;

import java.util.List;

/**
 * Sent from which address, seen as which: one row for each pair.
 *
 * @param connections whose backend said what it saw
 * @param preserved those of them whose source was kept
 * @param unsaid connections whose backend did not say
 * @param rows the most frequent first, at most 1,000
 */
public record Census(long connections, long preserved, long unsaid, List<Row> rows) {

    /** The most rows that are kept. */
    static final int MOST_ROWS = 1_000;

    public Census {
        rows = List.copyOf(rows);
    }

    /** The share of connections whose source was kept, 0 to 1; 1 if there were none. */
    public double preservedShare() {
        return connections == 0 ? 1 : (double) preserved / connections;
    }

    /** How often connections from one address were seen as coming from another, or the same. */
    public record Row(String sentFrom, String seenAs, long connections) {}
}
