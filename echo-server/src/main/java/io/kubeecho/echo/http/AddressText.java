package io.kubeecho.echo.http;

import java.net.Inet4Address;
import java.net.InetAddress;

/**
 * An address as {@code ClientIP=} has it: dotted for IPv4, also where it came in over an IPv6 socket as
 * {@code ::ffff:a.b.c.d}, and for IPv6 the canonical text of RFC 5952 without a zone.
 */
public final class AddressText {

    private static final int GROUPS = 8;

    private AddressText() {}

    /** The text of an address, in at most 39 characters. */
    public static String of(InetAddress address) {
        byte[] bytes = address.getAddress();
        return address instanceof Inet4Address ? dotted(bytes, 0) : isMapped(bytes) ? dotted(bytes, 12) : ipv6(bytes);
    }

    private static boolean isMapped(byte[] bytes) {
        for (int i = 0; i < 10; i++) {
            if (bytes[i] != 0) {
                return false;
            }
        }
        return bytes[10] == -1 && bytes[11] == -1;
    }

    private static String dotted(byte[] bytes, int from) {
        return (bytes[from] & 0xff) + "." + (bytes[from + 1] & 0xff) + "." + (bytes[from + 2] & 0xff) + "."
                + (bytes[from + 3] & 0xff);
    }

    private static String ipv6(byte[] bytes) {
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] = ((bytes[2 * i] & 0xff) << 8) | (bytes[2 * i + 1] & 0xff);
        }
        int runFrom = GROUPS;
        int runLength = 1; // one group of zeros is not shortened
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > runLength) {
                runFrom = i;
                runLength = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < GROUPS; i++) {
            if (i == runFrom) {
                text.append("::");
                i += runLength - 1;
            } else {
                if (i > 0 && i != runFrom + runLength) {
                    text.append(':');
                }
                text.append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
