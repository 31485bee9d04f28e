package io.kubeecho.load.rollout;

import java.util.Arrays;

/** How many things happened in each hundredth of a second, over a time as short as an interval. For one thread. */
public final class SlotCounts {

    /** The grain, in nanoseconds: fine beside what a data plane needs to follow, and little to keep. */
    public static final long SLOT_NANOS = 10_000_000;

    private long firstSlot;
    private int[] counts = {};

    /** One more, not before the first one. */
    public void add(long atNanos) {
        long slot = Math.floorDiv(atNanos, SLOT_NANOS);
        if (counts.length == 0) {
            firstSlot = slot;
            counts = new int[16];
        }
        int index = (int) Math.max(0, slot - firstSlot);
        if (index >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(index + 1, 2 * counts.length));
        }
        counts[index]++;
    }

    /** How many lie in slots that begin at that time or later: too few by what is in the slot of the time itself. */
    long from(long nanos) {
        long slot = -Math.floorDiv(-nanos, SLOT_NANOS) - firstSlot;
        long sum = 0;
        for (int i = (int) Math.min(counts.length, Math.max(0, slot)); i < counts.length; i++) {
            sum += counts[i];
        }
        return sum;
    }
}
