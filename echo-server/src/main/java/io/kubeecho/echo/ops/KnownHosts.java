package io.kubeecho.echo.ops;

import io.netty.util.NetUtil;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Under which names the management port is used from a browser. A page of any site can have its own name resolve to this
 * machine (DNS rebinding), and is then of the same origin for the browser: neither {@code Origin} nor {@code Sec-Fetch-Site}
 * tells, but {@code Host} still has the site's name.
 *
 * <p>Known are, with any port: IP addresses; {@code localhost} and what is below it (RFC 6761 section 6.3); names without a dot
 * and those that end in {@code .svc} and {@code .svc.cluster.local}, which pods and Services have and no site can;
 * and the names of a setting.
 */
public final class KnownHosts {

    /** No site's name ends in these: the DNS has no such domains. */
    private static final List<String> OF_CLUSTERS = List.of(".localhost", ".svc", ".svc.cluster.local");

    private static final int MISDIRECTED = 421;

    private static final Reply FOREIGN = Reply.text(
            MISDIRECTED,
            "421 not under this name: use an IP address, localhost or the name of the Service,"
                    + " or add the name to KUBE_ECHO_MANAGEMENT_HOSTS");

    private final Set<String> further;

    /** @param further names, in any case */
    public KnownHosts(Collection<String> further) {
        this.further =
                further.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
    }

    /** The same endpoint, which answers 421 to a request under any other name. */
    public Handler<HttpServerRequest> only(Handler<HttpServerRequest> endpoint) {
        return request -> {
            // a browser always sends exactly one; a program that sends none is not one
            if (request.headers().getAll("Host").stream().allMatch(this::knows)) {
                endpoint.handle(request);
            } else {
                FOREIGN.send(request);
            }
        };
    }

    /** @param host as in the header: with or without a port, IPv6 in brackets */
    boolean knows(String host) {
        String name = withoutPort(host.strip()).toLowerCase(Locale.ROOT);
        String withoutDot = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return withoutDot.indexOf('.') < 0
                || NetUtil.isValidIpV4Address(withoutDot)
                || OF_CLUSTERS.stream().anyMatch(withoutDot::endsWith)
                || further.contains(withoutDot);
    }

    private static String withoutPort(String host) {
        if (host.startsWith("[")) {
            // nothing but an IPv6 address stands in brackets
            int end = host.indexOf(']');
            boolean isAddress = end > 0
                    && NetUtil.isValidIpV6Address(host.substring(1, end))
                    && (end == host.length() - 1 || host.charAt(end + 1) == ':');
            return isAddress ? "" : host;
        }
        int colon = host.indexOf(':');
        return colon < 0 ? host : host.substring(0, colon);
    }
}
