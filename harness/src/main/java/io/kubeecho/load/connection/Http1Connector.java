package io.kubeecho.load.connection;

import io.kubeecho.load.address.Target;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.ConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Opens HTTP/1.1 connections, in the clear and with TLS: on Vert.x's NetClient, with a reader and writer of its own. For
 * one event loop.
 */
public final class Http1Connector implements Connector {

    private final Vertx vertx;
    private final Duration connectTimeout;
    private final Tls tls;
    private final Optional<String> identityHeader;
    /** Vert.x takes the local address per client. */
    private final Map<String, NetClient> clientBySource = new HashMap<>();

    /** @param identityHeader the lower-case name of the header that names the pod, if one does */
    public Http1Connector(Vertx vertx, Duration connectTimeout, Tls tls, Optional<String> identityHeader) {
        this.vertx = vertx;
        this.connectTimeout = connectTimeout;
        this.tls = tls;
        this.identityHeader = identityHeader;
    }

    @Override
    public void connect(Target target, String source, ConnectionEvents events) {
        ConnectOptions to = new ConnectOptions().setHost(target.address()).setPort(target.port());
        if (target.tls()) {
            to.setSsl(true).setSslOptions(tls.options(false)).setSniServerName(target.host());
        }
        clientBySource
                .computeIfAbsent(source, this::client)
                .connect(to)
                .onComplete(
                        socket -> opened(socket, events),
                        failure -> events.notConnected(Failures.connecting(failure), Failures.describe(failure)));
    }

    private void opened(NetSocket socket, ConnectionEvents events) {
        if (!socketIsOpen(socket)) {
            events.notConnected(ErrorKind.RESET_BEFORE_ANSWER, "closed as soon as it was open");
            return;
        }
        events.connected(
                Http1Connection.on(((NetSocketInternal) socket).channelHandlerContext(), identityHeader, events));
    }

    private static boolean socketIsOpen(NetSocket socket) {
        return ((NetSocketInternal) socket).channelHandlerContext().channel().isActive();
    }

    private NetClient client(String source) {
        NetClientOptions options =
                new NetClientOptions().setTcpNoDelay(true).setConnectTimeout((int) connectTimeout.toMillis());
        if (!source.isEmpty()) {
            options.setLocalAddress(source);
        }
        return vertx.createNetClient(options);
    }
}
