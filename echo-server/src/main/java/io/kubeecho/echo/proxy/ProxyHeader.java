package io.kubeecho.echo.proxy;

import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What a header of the PROXY protocol said about its connection.
 *
 * @param version 1 for the line of text, 2 for the binary form
 * @param command whether the connection is passed on for a client
 * @param addresses the two ends that the proxy saw; empty for {@link Command#LOCAL}, for {@code UNKNOWN} of version 1,
 *     and for the families and transports of version 2 that are not TCP over IPv4 or IPv6
 */
public record ProxyHeader(int version, Command command, Optional<Addresses> addresses) {

    /** The command of version 2; version 1 has {@link #PROXY} only. */
    public enum Command {
        /** The proxy passes on a connection of a client. */
        PROXY,
        /** The proxy speaks for itself, as in a health check: the TCP peer is the client. */
        LOCAL
    }

    /**
     * The connection from the client to the proxy.
     *
     * @param source the client
     * @param destination what the client connected to
     */
    public record Addresses(InetSocketAddress source, InetSocketAddress destination) {}
}
