package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.Holding;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** What the listening socket's event loop does with a new connection: it gives the event loops one each in turn. */
@SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be registered is closed by Netty
final class Acceptor extends ChannelInboundHandlerAdapter {

    /** As in Netty's own acceptor: a process that is out of file descriptors has time to close some. */
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1000;

    /** In bytes: the objects of a connection that waits for a request. An estimate, rounded up. */
    static final int COST = 4 << 10;

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
        EchoLoop loop = loops.get(next);
        next = (next + 1) % loops.size();
        if (!cap.enter()) {
            loops.get(0).traffic().countRefused();
            channel.unsafe().closeForcibly();
            return;
        }
        if (!loop.budget().take(Holding.CONNECTION, COST)) {
            cap.leave();
            refuse(channel);
            return;
        }
        if (loop.eventLoop().inEventLoop()) {
            serve(loop, channel);
        } else {
            loop.eventLoop().execute(() -> serve(loop, channel));
        }
    }

    private void serve(EchoLoop loop, Channel channel) {
        boolean begun = false;
        try {
            channel.config().setAllocator(loop.allocator());
            if (preface.begin(loop, channel)) {
                channel.closeFuture().addListener(closed -> leave(loop));
                begun = true;
                loop.eventLoop().register(channel);
            }
        } catch (Throwable e) {
            loop.mishaps().count(e);
        }
        if (!begun) {
            leave(loop);
            refuse(channel);
        }
    }

    private void leave(EchoLoop loop) {
        cap.leave();
        loop.budget().release(Holding.CONNECTION, COST);
    }

    /** By a reset: whatever the protocol, nothing has been said in it yet. */
    private static void refuse(Channel channel) {
        withoutLinger(channel);
        channel.unsafe().closeForcibly();
    }

    /** Closes a connection whose event loop this is, at once and by a reset. */
    static void reset(Channel channel) {
        withoutLinger(channel);
        channel.unsafe().close(channel.unsafe().voidPromise());
    }

    private static void withoutLinger(Channel channel) {
        try {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        } catch (RuntimeException gone) {
            // it is closed then
        }
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
