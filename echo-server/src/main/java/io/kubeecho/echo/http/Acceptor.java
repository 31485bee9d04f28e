package io.kubeecho.echo.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the listening socket's event loop does with a new connection: it gives the event loops one each in turn. */
@SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be registered is closed by Netty
final class Acceptor extends ChannelInboundHandlerAdapter {

    /** As in Netty's own acceptor: a process that is out of file descriptors has time to close some. */
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1000;

    private final List<EchoLoop> loops;
    private final ConnectionCap cap;
    private final Preface preface;
    private int next;

    /** For a channel on the first of the loops. */
    Acceptor(List<EchoLoop> loops, ConnectionCap cap, Preface preface) {
        this.loops = loops;
        this.cap = cap;
        this.preface = preface;
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
        preface.begin(loop, channel);
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
