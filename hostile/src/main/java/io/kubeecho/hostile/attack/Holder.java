package io.kubeecho.hostile.attack;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Keeps the connections of one attack open: opens them at a bounded rate, and others in the place of those that the
 * server ends. All of it is on one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in the connection
public final class Holder {

    private static final int TICK_MILLIS = 10;
    private static final int LOOK_MILLIS = 500;
    private static final int CONNECT_MILLIS = 3_000;
    /** A quiet connection is given up after as long as the server is patient: it may be gone behind what was not read. */
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(75);
    /** Little, so that what is not read has to be kept by the server. */
    private static final int SMALL_BUFFER = 4_096;

    private final EventLoop loop;
    private final Attack attack;
    private final Limits limits;
    private final Bootstrap bootstrap;
    private final InetSocketAddress target;
    private final List<InetAddress> sources;
    private final ByteBuf opening;
    private final ByteBuf more;
    private final long every;
    private final List<Held> held = new ArrayList<>();
    private final EpollTcpInfo info = new EpollTcpInfo();

    private int connecting;
    private double allowed;
    private long lastTick;
    private long lastLook;
    private long most;
    private long opened;
    private long refused;
    private long ended;

    /**
     * Prepares it.
     *
     * @param server the address of the server, of loopback
     * @param sources the addresses to connect from, each good for some 20,000 connections
     */
    public Holder(EventLoop loop, Attack attack, InetAddress server, List<InetAddress> sources, Limits limits) {
        this.loop = loop;
        this.attack = attack;
        this.limits = limits;
        this.sources = sources;
        target = new InetSocketAddress(server, attack.door().port());
        opening = direct(attack.opening());
        if (attack.then() instanceof Then.Again again) {
            more = direct(again.bytes());
            every = again.every().toNanos();
        } else {
            more = Unpooled.EMPTY_BUFFER;
            every = Long.MAX_VALUE / 2;
        }
        bootstrap = new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.AUTO_READ, attack.reads())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_LINGER, 0)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                .option(EpollChannelOption.IP_BIND_ADDRESS_NO_PORT, true)
                .handler(new Discarding());
        if (!attack.reads()) {
            bootstrap.option(ChannelOption.SO_RCVBUF, SMALL_BUFFER);
        }
    }

    private static ByteBuf direct(byte[] bytes) {
        return Unpooled.unreleasableBuffer(
                Unpooled.directBuffer(Math.max(1, bytes.length)).writeBytes(bytes));
    }

    /** Begins. */
    public void start() {
        loop.execute(() -> lastTick = System.nanoTime());
        loop.scheduleAtFixedRate(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void tick() {
        long now = System.nanoTime();
        int rate = limits.ratePerSecond(opened, attack.opening().length);
        // a pause of this process is not made up for by a burst
        allowed = Math.min(rate / 10.0 + 1, allowed + rate * (now - lastTick) / 1e9);
        lastTick = now;
        while (allowed >= 1 && held.size() + connecting < limits.connections()) {
            allowed--;
            connect();
        }
        if (now - lastLook > TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)) {
            lastLook = now;
            look(now);
        }
    }

    private void connect() {
        connecting++;
        InetAddress source = sources.get((int) (opened % sources.size()));
        bootstrap.connect(target, new InetSocketAddress(source, 0)).addListener((ChannelFuture connected) -> {
            connecting--;
            if (!connected.isSuccess()) {
                refused++;
                return;
            }
            opened++;
            Held connection = new Held((EpollSocketChannel) connected.channel(), System.nanoTime(), every);
            held.add(connection);
            most = Math.max(most, held.size());
            connection.channel().writeAndFlush(opening.duplicate());
            if (attack.then() instanceof Then.Reset) {
                loop.schedule(connection::reset, TICK_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private void look(long now) {
        Iterator<Held> all = held.iterator();
        List<Held> kept = new ArrayList<>(held.size());
        while (all.hasNext()) {
            Held connection = all.next();
            if (connection.isGone(info)) {
                ended++;
                connection.reset();
            } else if (every > PATIENCE && connection.isOlderThan(PATIENCE, now)) {
                connection.reset();
            } else {
                kept.add(connection);
                if (connection.isDue(now, every)) {
                    connection.channel().writeAndFlush(more.duplicate());
                }
            }
        }
        held.clear();
        held.addAll(kept);
    }

    /** How it stands. */
    public Counts counts() {
        return loop.submit(() -> new Counts(attack.name(), held.size(), most, opened, refused, ended))
                .syncUninterruptibly()
                .getNow();
    }

    /** What the server says to those who read is of no interest. */
    @Sharable
    private static final class Discarding extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
