package io.kubeecho.load.address;

import static java.util.stream.Collectors.partitioningBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One URL to send to, resolved once: every connection of a run goes to the first address that answers.
 *
 * @param url as given
 * @param tls whether the scheme is https
 * @param host name or address literal of the URL, IPv6 without brackets
 * @param addresses the address literals of the host, at least one, in the order in which to try them
 * @param port 1 to 65535
 * @param authority what the Host header says
 * @param path path and query, never empty
 */
public record Target(
        String url, boolean tls, String host, List<String> addresses, int port, String authority, String path) {

    public Target {
        addresses = List.copyOf(addresses);
    }

    /**
     * Reads and resolves a URL.
     *
     * @param url {@code http://host[:port][/path]} or https; {@code http://} may be left away
     * @throws IllegalArgumentException if it is not such a URL
     * @throws TargetException if its name does not resolve
     */
    public static Target of(String url) throws TargetException {
        URI uri = parse(url.contains("://") ? url : "http://" + url);
        String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("'" + url + "' is neither http nor https");
        }
        String host = uri.getHost();
        if (host == null || uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException("'" + url + "' is not a URL of the form http://host:port/path");
        }
        boolean tls = scheme.equals("https");
        int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("'" + url + "' has a port outside 1 to 65535");
        }
        String path =
                Optional.ofNullable(uri.getRawPath()).filter(p -> !p.isEmpty()).orElse("/")
                        + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery());
        String bare = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
        return new Target(url, tls, bare, resolve(bare), port, uri.getRawAuthority(), path);
    }

    /** The address literal to connect to. */
    public String address() {
        return addresses.get(0);
    }

    /** The same at this address only. */
    public Target at(String address) {
        return new Target(url, tls, host, List.of(address), port, authority, path);
    }

    /**
     * The first of its addresses that a test may not load without being asked: neither loopback, private, link-local, shared
     * (carrier-grade NAT) nor unique local.
     */
    public Optional<String> publicAddress() {
        return addresses.stream().filter(address -> !isPrivate(address)).findFirst();
    }

    private static boolean isPrivate(String address) {
        try {
            return AddressScope.isPrivate(InetAddress.getByName(address));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static URI parse(String url) {
        try {
            return new URI(url);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("'" + url + "' is not a URL: " + e.getReason(), e);
        }
    }

    private static List<String> resolve(String host) throws TargetException {
        try {
            return inTurn(List.of(InetAddress.getAllByName(host)));
        } catch (UnknownHostException e) {
            throw new TargetException("the name '" + host + "' does not resolve");
        }
    }

    /** One of each family after the other, from that of the resolver's first on (RFC 8305, 4). */
    static List<String> inTurn(List<InetAddress> resolved) {
        boolean v6First = resolved.get(0) instanceof Inet6Address;
        Map<Boolean, List<InetAddress>> byFamily =
                resolved.stream().distinct().collect(partitioningBy(a -> a instanceof Inet6Address == v6First));
        List<InetAddress> first = byFamily.getOrDefault(true, List.of());
        List<InetAddress> second = byFamily.getOrDefault(false, List.of());
        List<String> order = new ArrayList<>();
        for (int i = 0; i < Math.max(first.size(), second.size()); i++) {
            for (List<InetAddress> family : List.of(first, second)) {
                if (i < family.size()) {
                    order.add(family.get(i).getHostAddress());
                }
            }
        }
        return order;
    }
}
