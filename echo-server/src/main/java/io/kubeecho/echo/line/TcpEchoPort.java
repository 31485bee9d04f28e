package io.kubeecho.echo.line;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.http.ConnectionCap;
import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.Resources;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The TCP echo: a port that answers each connection, and each line in it, with a line. */
public final class TcpEchoPort {

    /** In bytes, with the line end; a connection with a longer line is closed. */
    static final int MAX_LINE = 1024;

    /** When connections to this port give way to others: later than the slow ones of the echo ports do. */
    private static final int ROOM_AFTER_MILLIS = 2;

    private final NetServer server;
    private final ConnectionCap cap;
    private final TcpTraffic traffic = new TcpTraffic();
    private final Resources resources;

    /** Those that are open, the oldest first; for the one event loop that serves the port. */
    private final Set<Channel> open = new LinkedHashSet<>();

    private volatile @Nullable EventLoop eventLoop;
    private final AtomicBoolean makingRoom = new AtomicBoolean();

    private TcpEchoPort(Vertx vertx, String hostname, ConnectionLimits limits, Resources resources) {
        this.resources = resources;
        resources.budget().whenTight(this::makeRoomSoon);
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
     * @param resources what the ports of a server share
     * @return fails with an {@link java.io.IOException} when the address cannot be listened on
     */
    public static Future<TcpEchoPort> open(
            Vertx vertx, String address, int port, String hostname, ConnectionLimits limits, Resources resources) {
        TcpEchoPort opened = new TcpEchoPort(vertx, hostname, limits, resources);
        return opened.server.listen(port, address).map(opened);
    }

    private void connected(NetSocket socket, String hostname, ConnectionLimits limits) {
        if (!cap.enter()) {
            traffic.countRefused();
            socket.close();
            return;
        }
        ChannelHandlerContext last = ((NetSocketInternal) socket).channelHandlerContext();
        Channel channel = last.channel();
        channel.closeFuture().addListener(closed -> {
            cap.leave();
            open.remove(channel);
        });
        eventLoop = channel.eventLoop();
        open.add(channel);
        Optional<Share> share = Share.of(channel, resources.budget(), resources.mishaps());
        if (share.isEmpty()) {
            traffic.countRefused();
            reset(channel);
            return;
        }
        channel.config().setAllocator(resources.allocator());
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        InetSocketAddress peer = (InetSocketAddress) last.channel().remoteAddress();
        last.pipeline()
                .addBefore(
                        last.name(),
                        "idle",
                        new IdleStateHandler(0, 0, limits.keepAlive().toMillis(), TimeUnit.MILLISECONDS))
                .addBefore(
                        last.name(),
                        "echo",
                        new LineConnection(
                                new EchoLine(hostname, peer.getAddress()), traffic, limits.head(), share.get()));
    }

    private static void reset(Channel channel) {
        channel.config().setOption(ChannelOption.SO_LINGER, 0);
        channel.unsafe().close(channel.unsafe().voidPromise());
    }

    /** For any thread. */
    private void makeRoomSoon() {
        EventLoop serving = eventLoop;
        if (serving != null && makingRoom.compareAndSet(false, true)) {
            try {
                var unused = serving.schedule(this::makeRoom, ROOM_AFTER_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException ended) {
                makingRoom.set(false);
            }
        }
    }

    /** Closes the oldest connections until there is room. */
    private void makeRoom() {
        makingRoom.set(false);
        if (resources.budget().tightSince() == ByteBudget.NOT_TIGHT) {
            return;
        }
        for (Channel oldest : List.copyOf(open)) {
            if (resources.budget().excess() == 0) {
                return;
            }
            resources.budget().countClosed(Holding.CONNECTION);
            reset(oldest);
        }
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
