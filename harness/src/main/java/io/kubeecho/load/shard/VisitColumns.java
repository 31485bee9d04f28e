package io.kubeecho.load.shard;

import io.kubeecho.load.measure.Visit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Visits, column by column, which deflates to some seven bytes for each.
 *
 * @param opened when the first connection was begun, in nanoseconds, and for each other how much later than the one before
 * @param flags 1 for a connection's first answer of all, 2 for one that counts; added up
 * @param source as the number of a name, like the following
 */
@SuppressWarnings("ArrayRecordComponent") // written or read once, and never compared
record VisitColumns(long[] opened, int[] flags, int[] source, int[] seen, int[] pod, int[] target) {

    private static final int FIRST = 1;
    private static final int COUNTED = 2;

    static String pack(List<Visit> visits, Names names) {
        if (visits.isEmpty()) {
            return "";
        }
        int n = visits.size();
        VisitColumns columns =
                new VisitColumns(new long[n], new int[n], new int[n], new int[n], new int[n], new int[n]);
        long before = 0;
        for (int i = 0; i < n; i++) {
            Visit v = visits.get(i);
            columns.opened[i] = v.openedNanos() - before;
            before = v.openedNanos();
            columns.flags[i] = (v.first() ? FIRST : 0) + (v.counted() ? COUNTED : 0);
            columns.source[i] = names.numberOf(v.source());
            columns.seen[i] = names.numberOf(v.seenAddress());
            columns.pod[i] = names.numberOf(v.pod());
            columns.target[i] = names.numberOf(v.target());
        }
        try {
            return Packed.of(ShardDocument.JSON.writeValueAsBytes(columns));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * @param shiftNanos how much later this shard began than the load
     * @throws IllegalArgumentException if it is not what was packed
     */
    static List<Visit> unpack(String packed, List<String> names, long shiftNanos) {
        if (packed.isEmpty()) {
            return List.of();
        }
        try {
            return ShardDocument.JSON
                    .readValue(Packed.bytes(packed), VisitColumns.class)
                    .visits(names, shiftNanos);
        } catch (IOException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("visits cannot be read", e);
        }
    }

    private List<Visit> visits(List<String> names, long shiftNanos) {
        List<Visit> visits = new ArrayList<>(opened.length);
        long at = shiftNanos;
        for (int i = 0; i < opened.length; i++) {
            at += opened[i];
            visits.add(new Visit(
                    at,
                    (flags[i] & FIRST) != 0,
                    (flags[i] & COUNTED) != 0,
                    names.get(source[i]),
                    names.get(seen[i]),
                    names.get(pod[i]),
                    names.get(target[i])));
        }
        return visits;
    }
}
