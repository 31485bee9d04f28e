package io.kubeecho.load.drive;

import java.util.Arrays;

/** Sends that are due and wait for a client, oldest first. For one thread. */
final class Backlog {

    private long[] ring = new long[1024];
    private int first;
    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    int size() {
        return size;
    }

    void add(long intended) {
        if (size == ring.length) {
            long[] larger = Arrays.copyOf(ring, ring.length * 2);
            // what had wrapped around the end follows it now
            System.arraycopy(ring, 0, larger, ring.length, first);
            ring = larger;
        }
        ring[(first + size) & (ring.length - 1)] = intended;
        size++;
    }

    /** The oldest; there must be one. */
    long peek() {
        return ring[first];
    }

    /** Takes the oldest; there must be one. */
    long poll() {
        long intended = ring[first];
        first = (first + 1) & (ring.length - 1);
        size--;
        return intended;
    }
}
