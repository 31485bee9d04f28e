package io.kubeecho.echo.http;

import io.kubeecho.echo.proxy.ProxyHeaderReader;
import io.kubeecho.echo.proxy.ProxyTraffic;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the listening socket's event loop does with a new connection: it gives the event loops one each in turn. */
@SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be registered is closed by Netty
final class Acceptor extends ChannelInboundHandlerAdapter {

    /** As in Netty's own acceptor: a process that is out of file descriptors has time to close some. */
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1000;

    private final List<EchoLoop> loops;
    private final ConnectionCap cap;
    private final EchoPort.Preface preface;
    private final Duration headerTimeout;
    private final ProxyTraffic proxyTraffic;
    private int next;

    /**
     * For a channel on the first of the loops.
     *
     * @param headerTimeout how long a PROXY header may take
     */
    Acceptor(
            List<EchoLoop> loops,
            ConnectionCap cap,
            EchoPort.Preface preface,
            Duration headerTimeout,
            ProxyTraffic proxyTraffic) {
        this.loops = loops;
        this.cap = cap;
        this.preface = preface;
        this.headerTimeout = headerTimeout;
        this.proxyTraffic = proxyTraffic;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        Channel channel = (Channel) message;
        if (!cap.enter()) {
            loops.get(0).traffic().countRefused();
            channel.unsafe().closeForcibly();
            return;
        }
        channel.closeFuture().addListener(closed -> cap.leave());
        EchoLoop loop = loops.get(next);
        next = (next + 1) % loops.size();
        if (loop.eventLoop().inEventLoop()) {
            serve(loop, channel);
        } else {
            loop.eventLoop().execute(() -> serve(loop, channel));
        }
    }

    private void serve(EchoLoop loop, Channel channel) {
        switch (preface) {
            case NONE -> channel.pipeline().addLast(new EchoConnection(loop, channel, Optional.empty()));
            case PROXY_HEADER -> {
                loop.awaitHeader(channel);
                channel.closeFuture().addListener(closed -> loop.awaitHeaderNoMore(channel));
                ProxyHeaderReader.await(channel.pipeline(), headerTimeout, proxyTraffic, header -> {
                    channel.pipeline().addLast(new EchoConnection(loop, channel, Optional.of(header)));
                    loop.awaitHeaderNoMore(channel);
                });
            }
        }
        loop.eventLoop().register(channel);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Channel listening = ctx.channel();
        if (listening.config().isAutoRead()) {
            listening.config().setAutoRead(false);
            ctx.executor()
                    .schedule(
                            () -> listening.config().setAutoRead(true),
                            PAUSE_AFTER_FAILURE_MILLIS,
                            TimeUnit.MILLISECONDS);
        }
        ctx.fireExceptionCaught(cause);
    }
}
