package io.kubeecho.lab.embedded;

/** A hash of short texts, such as addresses, that differ in a digit and shall not look alike. */
final class Hash {

    private Hash() {}

    /** Spreads a text over so many buckets, in another way for each seed. */
    static int of(String text, long seed, int buckets) {
        long mixed = seed ^ 0x9e3779b97f4a7c15L;
        for (int i = 0; i < text.length(); i++) {
            mixed = mixed(mixed ^ text.charAt(i));
        }
        return (int) Math.floorMod(mixed, (long) buckets);
    }

    /** MurmurHash3's 64-bit finalizer: each bit of the input changes each of the output in half of all cases. */
    private static long mixed(long bits) {
        long mixed = (bits ^ (bits >>> 33)) * 0xff51afd7ed558ccdL;
        mixed = (mixed ^ (mixed >>> 33)) * 0xc4ceb9fe1a85ec53L;
        return mixed ^ (mixed >>> 33);
    }
}
