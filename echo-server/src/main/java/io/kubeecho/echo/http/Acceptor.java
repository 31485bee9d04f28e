package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What is done with a new connection: the event loops get one each in turn. This has an event loop of its own, so that
 * connections are accepted while the others are busy: where they wait in the kernel and there are too many of them, it
 * drops the SYN of whoever comes next, who tries again after a second.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a connection that cannot be registered is closed by Netty
final class Acceptor extends ChannelInboundHandlerAdapter {

    /** As in Netty's own acceptor: a process that is out of file descriptors has time to close some. */
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 1000;

    /** In bytes: the objects of a connection that waits for a request. An estimate, rounded up. */
    static final int COST = 4 << 10;

    /** How long a connection waits for others to make room. */
    private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

    private final List<EchoLoop> loops;
    private final ByteBudget budget;
    private final ConnectionCap cap;
    private final Preface preface;
    private int next;

    /** Accepted while there was little memory. */
    private final Deque<Channel> waiting = new ArrayDeque<>();

    /** Since when, of {@link System#nanoTime()}; of no meaning while none waits. */
    private long waitingSince;

    /** For a channel that is on none of these loops. */
    Acceptor(List<EchoLoop> loops, ConnectionCap cap, Preface preface) {
        this.loops = loops;
        budget = loops.get(0).budget();
        this.cap = cap;
        this.preface = preface;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (waiting.isEmpty()) {
            if (!budget.isTight()) {
                accept((Channel) message);
                return;
            }
            waitingSince = System.nanoTime();
            ctx.channel().config().setAutoRead(false);
            look(ctx);
        }
        waiting.add((Channel) message);
    }

    private void look(ChannelHandlerContext ctx) {
        ctx.executor().schedule(() -> admit(ctx), LOOK_NANOS, TimeUnit.NANOSECONDS);
    }

    /**
     * Goes on with those that wait when the slowest have made room for them, or when that takes too long. Meanwhile
     * others wait in the kernel, and what is left of the memory is for those who are there already.
     */
    private void admit(ChannelHandlerContext ctx) {
        if (budget.isTight() && System.nanoTime() - waitingSince < LONGEST_WAIT_NANOS) {
            look(ctx);
            return;
        }
        acceptWaiting();
        ctx.channel().config().setAutoRead(true);
    }

    private void acceptWaiting() {
        for (Channel channel = waiting.poll(); channel != null; channel = waiting.poll()) {
            accept(channel);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        acceptWaiting();
        ctx.fireChannelInactive();
    }

    private void accept(Channel channel) {
        EchoLoop loop = loops.get(next);
        next = (next + 1) % loops.size();
        if (!cap.enter()) {
            loops.get(0).traffic().countRefused();
            channel.unsafe().closeForcibly();
            return;
        }
        if (!budget.take(Holding.CONNECTION, COST)) {
            cap.leave();
            refuse(channel);
            return;
        }
        loop.eventLoop().execute(() -> serve(loop, channel));
    }

    private void serve(EchoLoop loop, Channel channel) {
        boolean begun = false;
        try {
            channel.config().setAllocator(loop.allocator());
            if (preface.begin(loop, channel)) {
                channel.closeFuture().addListener(closed -> leave());
                begun = true;
                loop.eventLoop().register(channel);
            }
        } catch (Throwable e) {
            loop.mishaps().count(e);
        }
        if (!begun) {
            leave();
            refuse(channel);
        }
    }

    private void leave() {
        cap.leave();
        budget.release(Holding.CONNECTION, COST);
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
