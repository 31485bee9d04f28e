package io.kubeecho.lab.k3s;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A block of IPv4 addresses, as in {@code 172.18.0.0/16}.
 *
 * @param first its first address, as an unsigned 32-bit number
 * @param prefix how many leading bits all of its addresses share
 */
record Cidr(long first, int prefix) {

    private static final Pattern TEXT = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");

    Cidr {
        if (prefix < 0 || prefix > 32 || first < 0 || first >= 1L << 32 || first % (1L << (32 - prefix)) != 0) {
            throw new IllegalArgumentException("no block of addresses starts at %s with /%d".formatted(first, prefix));
        }
    }

    /** @throws IllegalArgumentException if it is none; bits beyond the prefix are dropped */
    static Cidr parse(String text) {
        Matcher m = TEXT.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no block of IPv4 addresses");
        }
        long address = 0;
        for (int i = 1; i <= 4; i++) {
            int octet = Integer.parseInt(m.group(i));
            if (octet > 255) {
                throw new IllegalArgumentException("'" + text + "' is no block of IPv4 addresses");
            }
            address = address << 8 | octet;
        }
        int prefix = Integer.parseInt(m.group(5));
        if (prefix > 32) {
            throw new IllegalArgumentException("'" + text + "' is no block of IPv4 addresses");
        }
        long size = 1L << (32 - prefix);
        return new Cidr(address / size * size, prefix);
    }

    /** How many addresses are in it. */
    long size() {
        return 1L << (32 - prefix);
    }

    /** @param index from 0 */
    String address(long index) {
        if (index < 0 || index >= size()) {
            throw new IndexOutOfBoundsException(this + " has no address number " + index);
        }
        return dotted(first + index);
    }

    Cidr lowerHalf() {
        return new Cidr(first, prefix + 1);
    }

    Cidr upperHalf() {
        return new Cidr(first + size() / 2, prefix + 1);
    }

    @Override
    public String toString() {
        return dotted(first) + "/" + prefix;
    }

    private static String dotted(long address) {
        return "%d.%d.%d.%d".formatted(address >> 24 & 255, address >> 16 & 255, address >> 8 & 255, address & 255);
    }
}
