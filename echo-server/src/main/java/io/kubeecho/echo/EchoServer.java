package io.kubeecho.echo;

import io.kubeecho.echo.http.SimpleConnection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.util.OptionalInt;

/** A running echo server. */
public final class EchoServer {

    private final EchoConfig config;
    private final NetServer server;
    private volatile boolean ready = true;

    private EchoServer(EchoConfig config, NetServer server) {
        this.config = config;
        this.server = server;
    }

    /** Starts a server; the future fails when its port cannot be had. */
    public static Future<EchoServer> start(Vertx vertx, EchoConfig config) {
        NetServer server = vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true));
        server.connectHandler(socket -> ((NetSocketInternal) socket)
                .channelHandlerContext()
                .pipeline()
                .addFirst("echo", new SimpleConnection(config.hostname())));
        return server.listen(config.port(), config.host().isEmpty() ? "::" : config.host())
                .map(listening -> new EchoServer(config, listening));
    }

    /** The port it listens on, which is the configured one unless that was 0. */
    public int port() {
        return server.actualPort();
    }

    /** The port of livez, readyz and metrics, or empty where there is none. */
    public OptionalInt managementPort() {
        return OptionalInt.empty();
    }

    /** Whether readyz says yes. */
    public boolean ready() {
        return ready;
    }

    /** Switches what readyz says; echoing goes on. */
    public void ready(boolean newReady) {
        ready = newReady;
    }

    /** Stops accepting, finishes what is in flight, and closes; done at the latest after the drain timeout. */
    public Future<Void> drain() {
        return server.shutdown(config.drainTimeout());
    }

    /** Closes at once, whatever is in flight. */
    public Future<Void> close() {
        return server.close();
    }
}
