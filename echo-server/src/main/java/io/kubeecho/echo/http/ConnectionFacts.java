package io.kubeecho.echo.http;

import io.kubeecho.echo.proxy.ProxyHeader;
import io.kubeecho.echo.tls.TlsFacts;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What is to be known of the connection that a request came by.
 *
 * @param number of the connection in this process, from 1
 * @param request its number in the connection, from 1: what tells a connection that was kept from affinity
 * @param peer the other end of the TCP connection
 * @param local this end of it
 * @param proxyHeader what a proxy said before the first request
 * @param tls what was agreed on before it; empty for a connection without TLS
 */
record ConnectionFacts(
        long number,
        int request,
        InetSocketAddress peer,
        InetSocketAddress local,
        Optional<ProxyHeader> proxyHeader,
        Optional<TlsFacts> tls) {

    /** The client: the one that the PROXY header names, or else the other end of the TCP connection. */
    InetSocketAddress client() {
        return proxyHeader
                .flatMap(ProxyHeader::addresses)
                .map(ProxyHeader.Addresses::source)
                .orElse(peer);
    }
}
