package io.kubeecho.hostile.client;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The connections of one way of HTTP/1.1. A request waits for one when none is free and no more may be opened. */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in the connection
final class Http1Pool {

    private static final int STRAY_MILLIS = 200;

    private record Free(Http1Exchange exchange, Channel channel) {}

    private final GoodClient client;
    private final Way way;
    private final Bootstrap bootstrap;
    private final Optional<SslContext> tls;
    private final int most;
    private final int asksEach;
    private final Deque<Free> free = new ArrayDeque<>();
    private final Deque<Ask> waiting = new ArrayDeque<>();
    private int connections;
    private int connecting;

    /**
     * An empty one.
     *
     * @param bootstrap knows where to and where from
     * @param most connections at a time
     * @param asksEach how many requests a connection carries
     */
    Http1Pool(GoodClient client, Way way, Bootstrap bootstrap, Optional<SslContext> tls, int most, int asksEach) {
        this.client = client;
        this.way = way;
        this.bootstrap = bootstrap;
        this.tls = tls;
        this.most = most;
        this.asksEach = asksEach;
    }

    void send(Ask ask) {
        waiting.add(ask);
        serve();
    }

    private void serve() {
        waiting.removeIf(ask -> !client.isOpen(ask));
        while (!waiting.isEmpty()) {
            Free kept = free.poll();
            if (kept == null) {
                break;
            }
            ask(kept.exchange(), kept.channel());
        }
        while (connecting < waiting.size() && connections < most) {
            connect();
        }
    }

    private void ask(Http1Exchange exchange, Channel channel) {
        Ask ask = waiting.remove();
        exchange.ask(channel, ask);
        // its answer may come yet, when it is given up, and is not for the next request
        channel.eventLoop()
                .schedule(
                        () -> {
                            if (exchange.isAbout(ask)) {
                                channel.close();
                            }
                        },
                        client.left(ask),
                        TimeUnit.NANOSECONDS);
    }

    private void connect() {
        connections++;
        connecting++;
        var exchange = new Http1Exchange(client, this);
        ChannelFuture connected = bootstrap
                .clone()
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        tls.ifPresent(context -> {
                            SslHandler handler = context.newHandler(channel.alloc());
                            handler.setHandshakeTimeoutMillis(TimeUnit.NANOSECONDS.toMillis(GoodClient.PATIENCE));
                            channel.pipeline().addLast(handler);
                        });
                        channel.pipeline().addLast(exchange);
                    }
                })
                .connect();
        Channel channel = connected.channel();
        connected.addListener(done -> {
            if (!done.isSuccess()) {
                ready(exchange, channel, false);
            } else if (tls.isEmpty()) {
                ready(exchange, channel, true);
            } else {
                channel.pipeline()
                        .get(SslHandler.class)
                        .handshakeFuture()
                        .addListener((Future<Channel> shaken) -> ready(exchange, channel, shaken.isSuccess()));
            }
        });
        channel.closeFuture().addListener(closed -> {
            connections--;
            free.removeIf(one -> one.exchange() == exchange);
            serve();
        });
    }

    private void ready(Http1Exchange exchange, Channel channel, boolean success) {
        connecting--;
        waiting.removeIf(ask -> !client.isOpen(ask));
        if (!success) {
            channel.close();
            // whom it was for has lost it: another connection would be another try
            Ask lost = waiting.poll();
            if (lost != null) {
                client.lost(lost);
            }
        } else if (waiting.isEmpty()) {
            free.add(new Free(exchange, channel));
        } else {
            ask(exchange, channel);
        }
    }

    /** An answer has come as a whole. */
    void answered(Http1Exchange exchange, Channel channel, boolean closing) {
        if (way == Way.NEW) {
            // for a while yet not a byte may come
            channel.eventLoop().schedule(() -> channel.close(), STRAY_MILLIS, TimeUnit.MILLISECONDS);
        } else if (closing || exchange.asks() >= asksEach) {
            channel.close();
        } else {
            free.add(new Free(exchange, channel));
            serve();
        }
    }

    Way way() {
        return way;
    }

    void close() {
        // of a copy: each that is closed takes itself out
        List.copyOf(free).forEach(one -> one.channel().close());
    }
}
