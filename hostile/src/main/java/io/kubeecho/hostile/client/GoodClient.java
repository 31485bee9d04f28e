package io.kubeecho.hostile.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2GoAwayFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Asks at a steady rate, each way in turn, whatever became of the requests before, and knows what each has to get. A
 * request is sent once: what a client of its own would try again counts as lost. All of it is on one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in the connection
public final class GoodClient {

    static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);
    private static final int TICK_MILLIS = 2;
    /** How many requests a connection with TLS carries, so that there are new handshakes too. */
    private static final int ASKS_OVER_TLS = 20;
    /** Less than the 1000 after which the server ends a connection, whose end would race with the next request. */
    private static final int ASKS_KEPT = 900;
    /** How many connections a way that keeps them has at most. */
    private static final int POOL = 8;

    private record Waiting(Ask ask, long until) {}

    private final EventLoop loop;
    private final InetAddress server;
    private final InetAddress own;
    private final String serverName;
    private final List<Way> ways;
    private final long every;
    private final long salt = System.nanoTime();

    private final Map<Way, Http1Pool> pools = new EnumMap<>(Way.class);
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    /** What is under way, and where it counts: where it was asked. */
    private final Map<Ask, Tally> open = new HashMap<>();

    private Tally tally = new Tally();
    private @Nullable Channel http2;
    private boolean http2Connecting;
    private int http2Asks;
    private final Deque<Ask> forHttp2 = new ArrayDeque<>();
    private long number;
    private long next;
    private boolean sending;
    private @Nullable ScheduledFuture<?> ticks;

    /**
     * Prepares it.
     *
     * @param server the server's address
     * @param own where to ask from, an address of loopback
     * @param serverName what the server says of itself
     * @param ways which it asks by, in turn
     * @param rate requests in a second, over all ways
     */
    public GoodClient(
            EventLoop loop, InetAddress server, InetAddress own, String serverName, List<Way> ways, int rate) {
        this.loop = loop;
        this.server = server;
        this.own = own;
        this.serverName = serverName;
        this.ways = ways;
        every = TimeUnit.SECONDS.toNanos(1) / rate;
        try {
            SslContext tls = SslContextBuilder.forClient()
                    .sslProvider(SslProvider.JDK)
                    .trustManager(InsecureTrustManagerFactory.INSTANCE)
                    // asked by its address, and not to be identified
                    .endpointIdentificationAlgorithm(null)
                    .build();
            pools.put(Way.KEPT, pool(Way.KEPT, Optional.empty(), POOL, ASKS_KEPT));
            pools.put(Way.NEW, pool(Way.NEW, Optional.empty(), Integer.MAX_VALUE, 1));
            pools.put(Way.TLS, pool(Way.TLS, Optional.of(tls), POOL, ASKS_OVER_TLS));
        } catch (SSLException e) {
            throw new IllegalStateException("the JDK has no TLS", e);
        }
    }

    /** Begins to ask. */
    public void start() {
        loop.submit(() -> {
                    sending = true;
                    next = System.nanoTime();
                    ticks = loop.scheduleAtFixedRate(this::tick, 0, TICK_MILLIS, TimeUnit.MILLISECONDS);
                })
                .syncUninterruptibly();
    }

    /**
     * Counts anew from now on. Gives what was counted until now; what was asked until now and is under way counts there,
     * so that the figures are to be read after {@link #stop}.
     */
    public Tally cut() {
        return loop.submit(() -> {
                    Tally counted = tally;
                    tally = new Tally();
                    return counted;
                })
                .syncUninterruptibly()
                .getNow();
    }

    /** Asks no more, waits for what is under way, and gives what was counted. */
    public Tally stop() throws InterruptedException {
        loop.submit(() -> sending = false).syncUninterruptibly();
        long until = System.nanoTime() + PATIENCE + TimeUnit.SECONDS.toNanos(1);
        while (loop.submit(() -> !open.isEmpty()).syncUninterruptibly().getNow() && System.nanoTime() < until) {
            Thread.sleep(20);
        }
        loop.submit(() -> {
                    if (ticks != null) {
                        ticks.cancel(false);
                    }
                    pools.values().forEach(Http1Pool::close);
                    if (http2 != null) {
                        http2.close();
                    }
                })
                .syncUninterruptibly();
        return cut();
    }

    private void tick() {
        long now = System.nanoTime();
        for (; sending && next <= now; next += every) {
            send(Ask.number(number, salt, ways.get((int) (number % ways.size())), next));
            number++;
        }
        for (Waiting first = waiting.peek(); first != null && first.until() < now; first = waiting.peek()) {
            waiting.remove();
            Tally counting = open.remove(first.ask());
            if (counting != null) {
                counting.late();
                forHttp2.remove(first.ask());
            }
        }
    }

    private void send(Ask ask) {
        tally.asked(ask.way());
        open.put(ask, tally);
        waiting.add(new Waiting(ask, ask.intendedAt() + PATIENCE));
        if (ask.way() == Way.H2C) {
            sendHttp2(ask);
        } else {
            Optional.ofNullable(pools.get(ask.way())).ifPresent(pool -> pool.send(ask));
        }
    }

    private Http1Pool pool(Way way, Optional<SslContext> tls, int most, int asksEach) {
        return new Http1Pool(this, way, bootstrap(way), tls, most, asksEach);
    }

    private void sendHttp2(Ask ask) {
        if (http2 != null && http2.isActive() && http2Asks < ASKS_KEPT) {
            http2Asks++;
            openStream(http2, ask);
            return;
        }
        forHttp2.add(ask);
        if (http2Connecting) {
            return;
        }
        http2Connecting = true;
        retire();
        bootstrap(Way.H2C)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(Http2FrameCodecBuilder.forClient().build())
                                .addLast(new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()))
                                .addLast(new Http2End());
                    }
                })
                .connect()
                .addListener((ChannelFuture connected) -> {
                    http2Connecting = false;
                    http2Asks = 0;
                    if (connected.isSuccess()) {
                        http2 = connected.channel();
                    }
                    for (Ask each = forHttp2.poll(); each != null; each = forHttp2.poll()) {
                        if (connected.isSuccess()) {
                            http2Asks++;
                            openStream(connected.channel(), each);
                        } else {
                            lost(each);
                        }
                    }
                });
    }

    private void openStream(Channel connection, Ask ask) {
        String address =
                ((InetSocketAddress) connection.localAddress()).getAddress().getHostAddress();
        new Http2StreamChannelBootstrap(connection)
                .handler(new Http2Exchange(this, ask, ask.body(serverName, address)))
                .open()
                .addListener(opened -> {
                    if (!opened.isSuccess()) {
                        lost(ask);
                    }
                });
    }

    /** Gives a connection of HTTP/2 the time to end what is under way on it. */
    private void retire() {
        Channel old = http2;
        http2 = null;
        if (old != null) {
            loop.schedule(() -> old.close(), PATIENCE, TimeUnit.NANOSECONDS);
        }
    }

    private Bootstrap bootstrap(Way way) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) TimeUnit.NANOSECONDS.toMillis(PATIENCE))
                .localAddress(new InetSocketAddress(own, 0))
                .remoteAddress(new InetSocketAddress(server, way.door().port()));
    }

    /** Whether it is waited for still. */
    boolean isOpen(Ask ask) {
        return open.containsKey(ask);
    }

    /** How long it is waited for from now on, in nanoseconds. */
    long left(Ask ask) {
        return Math.max(0, ask.intendedAt() + PATIENCE - System.nanoTime());
    }

    String serverName() {
        return serverName;
    }

    void answered(Ask ask) {
        Tally counting = open.remove(ask);
        if (counting != null) {
            counting.answered(ask, System.nanoTime());
        }
    }

    void refused(Ask ask) {
        Tally counting = open.remove(ask);
        if (counting != null) {
            counting.refused();
        }
    }

    void lost(Ask ask) {
        Tally counting = open.remove(ask);
        if (counting != null) {
            counting.lost();
        }
    }

    void wrong(Ask ask, String what) {
        Tally counting = open.remove(ask);
        (counting == null ? tally : counting).wrong(ask.way(), what);
    }

    void wrong(Way way, String what) {
        tally.wrong(way, what);
    }

    /** The end of a connection of HTTP/2, as the server announces it. */
    private final class Http2End extends ChannelInboundHandlerAdapter {

        @Override
        public void channelRead(ChannelHandlerContext context, Object frame) {
            if (frame instanceof Http2GoAwayFrame && context.channel() == http2) {
                retire();
            }
            ReferenceCountUtil.release(frame);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
