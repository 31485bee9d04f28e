package io.kubeecho.echo.line;

import io.kubeecho.echo.http.ConnectionCap;
import io.kubeecho.echo.http.ConnectionLimits;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** The TCP echo: a port that answers each connection, and each line in it, with a line. */
public final class TcpEchoPort {

    /** In bytes, with the line end; a connection with a longer line is closed. */
    static final int MAX_LINE = 1024;

    private final NetServer server;
    private final ConnectionCap cap;
    private final TcpTraffic traffic = new TcpTraffic();

    private TcpEchoPort(Vertx vertx, String hostname, ConnectionLimits limits) {
        cap = new ConnectionCap(limits.connections());
        server = vertx.createNetServer(new NetServerOptions().setTcpNoDelay(true));
        server.connectHandler(socket -> connected(socket, hostname, limits));
    }

    /**
     * Opens the port.
     *
     * @param address an address literal or a host name
     * @param port 0 for one that the kernel chooses
     * @param hostname what {@code From=} says
     * @param limits of which three count: how many connections may be open, how long one may wait for a line, and how long
     *     a line may take
     * @return fails with an {@link java.io.IOException} when the address cannot be listened on
     */
    public static Future<TcpEchoPort> open(
            Vertx vertx, String address, int port, String hostname, ConnectionLimits limits) {
        TcpEchoPort opened = new TcpEchoPort(vertx, hostname, limits);
        return opened.server.listen(port, address).map(opened);
    }

    private void connected(NetSocket socket, String hostname, ConnectionLimits limits) {
        if (!cap.enter()) {
            traffic.countRefused();
            socket.close();
            return;
        }
        ChannelHandlerContext last = ((NetSocketInternal) socket).channelHandlerContext();
        last.channel().closeFuture().addListener(closed -> cap.leave());
        last.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        InetSocketAddress peer = (InetSocketAddress) last.channel().remoteAddress();
        last.pipeline()
                .addBefore(
                        last.name(),
                        "idle",
                        new IdleStateHandler(0, 0, limits.keepAlive().toMillis(), TimeUnit.MILLISECONDS))
                .addBefore(
                        last.name(),
                        "echo",
                        new LineConnection(new EchoLine(hostname, peer.getAddress()), traffic, limits.head()));
    }

    /** The port it listens on. */
    public int number() {
        return server.actualPort();
    }

    /** What it has done so far. */
    public TcpTraffic traffic() {
        return traffic;
    }

    /** Closes the port and its connections, in which no line is ever half answered. */
    public Future<Void> close() {
        return server.close();
    }
}
