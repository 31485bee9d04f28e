package io.kubeecho.load.address;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * One URL to send to, resolved once: every connection of a run goes to the same address.
 *
 * @param url as given
 * @param tls whether the scheme is https
 * @param host name or address literal of the URL, IPv6 without brackets
 * @param address the address literal to connect to
 * @param port 1 to 65535
 * @param authority what the Host header says
 * @param path path and query, never empty
 */
public record Target(String url, boolean tls, String host, String address, int port, String authority, String path) {

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

    /** Whether a request for the other can be sent on a connection to this one. */
    public boolean sharesConnectionsWith(Target other) {
        return tls == other.tls && address.equals(other.address) && port == other.port && host.equals(other.host);
    }

    /**
     * Whether the address is one that a test may load without being asked: loopback, private, link-local, shared
     * (carrier-grade NAT) or unique local.
     */
    public boolean isPrivate() {
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

    private static String resolve(String host) throws TargetException {
        try {
            InetAddress[] all = InetAddress.getAllByName(host);
            // a name with a public address is public, whichever comes first
            return Arrays.stream(all)
                    .filter(a -> !AddressScope.isPrivate(a))
                    .findFirst()
                    .orElse(all[0])
                    .getHostAddress();
        } catch (UnknownHostException e) {
            throw new TargetException("the name '" + host + "' does not resolve");
        }
    }
}
