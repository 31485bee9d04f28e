package io.kubeecho.echo.http;

import io.kubeecho.echo.control.Controls;
import io.kubeecho.echo.log.AccessLog;
import io.kubeecho.echo.proxy.ProxyHeader;
import io.kubeecho.echo.proxy.ProxyHeaderReader;
import io.kubeecho.echo.proxy.ProxyTraffic;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.Closeable;
import io.vertx.core.internal.CloseableResource;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.BindException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The port on which requests are echoed: one listening socket, served by several event loops. */
public final class EchoPort {

    /** What a connection begins with. */
    public enum Preface {
        /** The first request. */
        NONE,
        /**
         * A header of the PROXY protocol, for which {@link ConnectionLimits#head()} is the time, as in nginx. The client
         * is then the one that the header names.
         */
        PROXY_HEADER
    }

    /** What nginx asks for; the kernel caps it at {@code net.core.somaxconn}. */
    private static final int ACCEPT_BACKLOG = 511;

    private final List<NetServer> servers;
    private final List<EchoLoop> loops;
    private final List<ContextInternal> contexts;
    private final Traffic traffic;
    private final ProxyTraffic proxyTraffic;
    private final @Nullable CloseableResource<Claim> claim;

    private EchoPort(
            List<NetServer> servers,
            List<EchoLoop> loops,
            List<ContextInternal> contexts,
            ProxyTraffic proxyTraffic,
            @Nullable CloseableResource<Claim> claim) {
        this.servers = servers;
        this.loops = loops;
        this.contexts = contexts;
        this.proxyTraffic = proxyTraffic;
        this.claim = claim;
        traffic = new Traffic(loops.stream().map(EchoLoop::traffic).toList());
    }

    /**
     * Opens the port.
     *
     * @param address an address literal or a host name
     * @param port 0 for one that the kernel chooses
     * @param eventLoops how many event loops serve it
     * @param hostname what {@code From=} says
     * @param rules which answers are other ones than the plain echo
     * @param preface what each connection begins with
     * @param accessLog where to log each request, or null
     * @return fails with an {@link java.io.IOException} when the address cannot be listened on
     */
    public static Future<EchoPort> open(
            Vertx vertx,
            String address,
            int port,
            int eventLoops,
            String hostname,
            ConnectionLimits limits,
            AnswerRules rules,
            Preface preface,
            @Nullable AccessLog accessLog) {
        VertxInternal internal = (VertxInternal) vertx;
        CloseableResource<Claim> claim = null;
        if (port > 0) {
            claim = Claim.of(internal, address, port);
            if (claim == null) {
                return Future.failedFuture(new BindException("Address already in use"));
            }
        }
        // a negative port is Vert.x's way to say: one that the kernel chooses, the same for all who give this number
        int sharedPort = port > 0 || eventLoops == 1
                ? port
                : -ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        List<NetServer> servers = new ArrayList<>();
        List<EchoLoop> loops = new ArrayList<>();
        List<ContextInternal> contexts = new ArrayList<>();
        ConnectionCap cap = new ConnectionCap(limits.connections());
        List<Future<NetServer>> listening = new ArrayList<>();
        ProxyTraffic proxyTraffic = new ProxyTraffic();
        for (int i = 0; i < eventLoops; i++) {
            ContextInternal context = internal.createEventLoopContext();
            EchoLoop loop = new EchoLoop(context.nettyEventLoop(), hostname, limits, rules, accessLog);
            NetServer server = vertx.createNetServer(
                    new NetServerOptions().setTcpNoDelay(true).setAcceptBacklog(ACCEPT_BACKLOG));
            server.connectHandler(
                    switch (preface) {
                        case NONE ->
                            socket -> connected(loop, cap, socket, () -> serve(loop, socket, Optional.empty()));
                        case PROXY_HEADER ->
                            socket -> connected(
                                    loop,
                                    cap,
                                    socket,
                                    () -> awaitProxyHeader(loop, socket, limits.head(), proxyTraffic));
                    });
            Promise<NetServer> promise = Promise.promise();
            context.runOnContext(ignored -> server.listen(sharedPort, address).onComplete(promise));
            servers.add(server);
            loops.add(loop);
            contexts.add(context);
            listening.add(promise.future());
        }
        EchoPort opened = new EchoPort(servers, loops, contexts, proxyTraffic, claim);
        return Future.all(listening)
                .map(opened)
                .recover(failure -> opened.close().transform(closed -> Future.failedFuture(failure)));
    }

    private static void connected(EchoLoop loop, ConnectionCap cap, NetSocket socket, Runnable admitted) {
        if (!cap.enter()) {
            loop.traffic().countRefused();
            socket.close();
            return;
        }
        handler(socket).channel().closeFuture().addListener(closed -> cap.leave());
        admitted.run();
    }

    private static ChannelHandlerContext handler(NetSocket socket) {
        return ((NetSocketInternal) socket).channelHandlerContext();
    }

    private static void serve(EchoLoop loop, NetSocket socket, Optional<ProxyHeader> proxyHeader) {
        EchoConnection connection = EchoConnection.serve(loop, handler(socket), proxyHeader);
        socket.shutdownHandler(timeout -> connection.drain());
    }

    private static void awaitProxyHeader(EchoLoop loop, NetSocket socket, Duration timeout, ProxyTraffic proxyTraffic) {
        socket.shutdownHandler(ignored -> socket.close());
        ProxyHeaderReader.await(
                handler(socket), timeout, proxyTraffic, header -> serve(loop, socket, Optional.of(header)));
    }

    /** The port it listens on. */
    public int number() {
        return servers.get(0).actualPort();
    }

    /** What it has done so far. */
    public Traffic traffic() {
        return traffic;
    }

    /** How the headers of its connections came out; nothing where they have none. */
    public ProxyTraffic proxyTraffic() {
        return proxyTraffic;
    }

    /** From now on every answer says {@code Connection: close}, so that clients come back by new connections. */
    public void closeAfterAnswers() {
        for (int i = 0; i < loops.size(); i++) {
            EchoLoop loop = loops.get(i);
            contexts.get(i).nettyEventLoop().execute(loop::closeAfterAnswers);
        }
    }

    /** From now on every answer follows these controls, whatever is asked for; or, if they are none, no longer. */
    public void override(Controls controls) {
        for (int i = 0; i < loops.size(); i++) {
            EchoLoop loop = loops.get(i);
            contexts.get(i).nettyEventLoop().execute(() -> loop.override(controls));
        }
    }

    /**
     * Stops accepting, closes connections that wait for a request, and lets the others have their answer.
     *
     * @param timeout after which connections are closed whatever they are doing
     */
    public Future<Void> drain(Duration timeout) {
        closeAfterAnswers();
        return whenAll(servers.stream().map(server -> server.shutdown(timeout)).toList());
    }

    /** Closes the port and its connections at once. */
    public Future<Void> close() {
        return whenAll(servers.stream().map(NetServer::close).toList());
    }

    private Future<Void> whenAll(List<Future<Void>> closing) {
        return Future.join(closing)
                .<Void>mapEmpty()
                .eventually(() -> claim == null ? Future.succeededFuture() : claim.close());
    }

    /**
     * That a port belongs to one echo server. Vert.x lets all servers of a process that ask for one port share it, and
     * spreads the connections over them: right for the event loops of one server, but a second server is to be told
     * that the port is taken.
     */
    private static final class Claim implements Closeable {

        static @Nullable CloseableResource<Claim> of(VertxInternal vertx, String address, int port) {
            Claim mine = new Claim();
            CloseableResource<Claim> resource =
                    vertx.createSharedResource("kube-echo.ports", address + " " + port, () -> mine);
            if (resource.get() != mine) {
                resource.close();
                return null;
            }
            return resource;
        }

        @Override
        public Future<Void> shutdown(Duration timeout) {
            return Future.succeededFuture();
        }
    }
}
