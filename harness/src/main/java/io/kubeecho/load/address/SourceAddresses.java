package io.kubeecho.load.address;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The addresses to send from, each once, in the order given.
 *
 * @param literals address literals; empty where the kernel's routes choose
 */
public record SourceAddresses(List<String> literals) {

    /** More than this in one list is taken for a slip of the prefix length. */
    public static final int MOST = 65536;

    // a literal, so that nothing here ever asks a name server
    private static final Pattern LITERAL = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    public SourceAddresses {
        literals = List.copyOf(literals);
    }

    /** Whatever the kernel's routes choose. */
    public static SourceAddresses any() {
        return new SourceAddresses(List.of());
    }

    /**
     * Reads a list of addresses and CIDR ranges, such as {@code 127.1.0.0/24,127.2.0.5}. A range of IPv4 addresses
     * shorter than /31 stands for its hosts, without the network's and the broadcast address.
     *
     * @throws IllegalArgumentException if it is not such a list, or longer than {@link #MOST}
     */
    public static SourceAddresses parse(String list) {
        Set<String> literals = new LinkedHashSet<>();
        for (String item : list.split(",", -1)) {
            addRange(item.strip(), literals);
        }
        return new SourceAddresses(new ArrayList<>(literals));
    }

    /**
     * The first that this machine does not have, of the first so many: one cannot send from it.
     *
     * @return empty when all can be bound
     */
    public Optional<String> firstMissing(int used) {
        for (String literal : literals.subList(0, Math.min(used, literals.size()))) {
            try (Socket socket = new Socket()) {
                socket.bind(new InetSocketAddress(InetAddress.getByName(literal), 0));
            } catch (IOException e) {
                return Optional.of(literal);
            }
        }
        return Optional.empty();
    }

    private static void addRange(String item, Set<String> into) {
        int slash = item.indexOf('/');
        InetAddress base = literal(slash < 0 ? item : item.substring(0, slash), item);
        int width = base.getAddress().length * 8;
        int prefix = slash < 0 ? width : prefix(item.substring(slash + 1), width, item);
        int free = width - prefix;
        if (free > 16 || into.size() + (1L << free) > MOST + 2L) {
            throw new IllegalArgumentException("'" + item + "' makes more than " + MOST + " source addresses");
        }
        boolean hostsOnly = base instanceof Inet4Address && free > 1;
        long first = hostsOnly ? 1 : 0;
        long last = (1L << free) - (hostsOnly ? 2 : 1);
        for (long offset = first; offset <= last; offset++) {
            into.add(offset(base, free, offset));
        }
    }

    private static String offset(InetAddress base, int free, long offset) {
        byte[] bytes = base.getAddress();
        long host = offset;
        int left = free;
        for (int i = bytes.length - 1; left > 0; i--) {
            int bits = Math.min(8, left);
            int mask = (1 << bits) - 1;
            bytes[i] = (byte) ((bytes[i] & ~mask) | (host & mask));
            host >>>= 8;
            left -= bits;
        }
        try {
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("the length did not change", e);
        }
    }

    private static InetAddress literal(String text, String item) {
        try {
            if (LITERAL.matcher(text).matches()) {
                return InetAddress.getByName(text);
            }
        } catch (UnknownHostException e) {
            // said below
        }
        throw new IllegalArgumentException("'" + item + "' is not an address or a range such as 127.1.0.0/24");
    }

    private static int prefix(String text, int width, String item) {
        try {
            int prefix = Integer.parseInt(text);
            if (prefix >= 0 && prefix <= width) {
                return prefix;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new IllegalArgumentException("'" + item + "' has no prefix length from 0 to " + width);
    }
}
