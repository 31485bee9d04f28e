package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.log.Mishaps;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A connection as its event loop watches over it: the last handler of its channel.
 *
 * <p>Every way onto the event loop leads through here, Netty's events as well as timers, listeners and tasks (by
 * {@link #step}). What does not end well, for whatever reason and {@link OutOfMemoryError} first, is thrown away with all
 * that was answered so far, and ends this connection: what is shared by the loop must not go out over another one.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a close shows in channelInactive
abstract class OpenConnection extends ChannelInboundHandlerAdapter implements Caller {

    /** What is held is counted in steps of this many bytes. */
    private static final int GRAIN = 4 << 10;

    /** Neighbours in the list of {@link EchoLoop}. */
    @Nullable
    OpenConnection previous;

    @Nullable
    OpenConnection next;

    final EchoLoop loop;
    final Channel channel;

    /** What is left for turns of its own. */
    private final Deque<Runnable> later = new ArrayDeque<>(0);

    private boolean aborted;
    private Holding heldFor = Holding.HEAD;
    private long held;

    OpenConnection(EchoLoop loop, Channel channel) {
        this.loop = loop;
        this.channel = channel;
    }

    /** When {@link #expire()} is due, of {@link System#nanoTime()}. */
    abstract long deadline();

    /** Ends a connection, or what is slow in it, that has been slow for too long. */
    abstract void expire();

    /** Ends the connection once what is in flight has been answered: at once when it waits for a request. */
    abstract void drain();

    /** Since when it has not come on, of {@link System#nanoTime()}. */
    abstract long waitingSince();

    /** Whether it holds something for its client, or has not asked anything yet: not if it waits for another request. */
    abstract boolean isBusy();

    /** Counts anew what it holds, and ends it if that is more than there is. */
    abstract void account();

    // -- the ways onto the event loop

    /** It has its channel. */
    abstract void opened();

    /** Bytes have come; a batch has been begun, and whoever calls this releases them. */
    abstract void received(ByteBuf input);

    /** All that has come for now has been received. */
    abstract void receivedAll();

    abstract void writabilityChanged();

    /** The client sends no more. */
    abstract void inputEnds();

    /** The channel is closed. */
    abstract void closed();

    /** Does a part of the connection's work; what that throws ends this connection and nothing else. */
    final void step(Runnable work) {
        if (aborted) {
            return;
        }
        try {
            work.run();
        } catch (Throwable e) {
            fail(e);
        }
    }

    /** Does a part of the connection's work in a turn, when others have had theirs; what of it is there first goes first. */
    final void later(Runnable work) {
        if (aborted) {
            return;
        }
        later.add(work);
        if (later.size() == 1) {
            loop.turns().await(this);
        }
    }

    /** Does one part of what was left for later; tells whether there is more. */
    final boolean takeTurn() {
        Runnable work = later.peek();
        if (work != null) {
            step(work);
            later.poll();
        }
        return !later.isEmpty();
    }

    @Override
    public final void handlerAdded(ChannelHandlerContext handler) {
        loop.add(this);
        step(this::opened);
    }

    @Override
    public final void channelRead(ChannelHandlerContext handler, Object message) {
        ByteBuf input = (ByteBuf) message;
        try {
            if (!aborted) {
                loop.beginBatch(this);
                received(input);
            }
        } catch (Throwable e) {
            fail(e);
        } finally {
            input.release();
        }
    }

    @Override
    public final void channelReadComplete(ChannelHandlerContext handler) {
        if (aborted) {
            return;
        }
        try {
            receivedAll();
        } catch (Throwable e) {
            fail(e);
        }
    }

    @Override
    public final void channelWritabilityChanged(ChannelHandlerContext handler) {
        step(this::writabilityChanged);
        handler.fireChannelWritabilityChanged();
    }

    @Override
    public final void userEventTriggered(ChannelHandlerContext handler, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            step(this::inputEnds);
        }
        handler.fireUserEventTriggered(event);
    }

    @Override
    public final void channelInactive(ChannelHandlerContext handler) {
        loop.remove(this);
        letGo();
        try {
            closed();
        } catch (Throwable e) {
            fail(e);
        }
        handler.fireChannelInactive();
    }

    @Override
    public final void exceptionCaught(ChannelHandlerContext handler, Throwable cause) {
        if (Mishaps.isOne(cause)) {
            fail(cause);
        } else {
            loop.abandonBatch(this);
            channel.close();
        }
    }

    /** Ends this connection after a failure, with what it has answered so far. */
    final void fail(Throwable cause) {
        loop.abandonBatch(this);
        if (!aborted) {
            loop.mishaps().count(cause);
        }
        abort();
    }

    // -- its end

    /** Ends it at once, whatever its protocol would still have to say: a client that does not read would not hear it. */
    final void close() {
        aborted = true;
        letGo();
        channel.unsafe().close(channel.unsafe().voidPromise());
    }

    /** Ends it at once and with a reset, so that no client takes the beginning of an answer for all of it. */
    final void abort() {
        if (channel.isOpen()) {
            try {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            } catch (RuntimeException gone) {
                // then nothing is left to be sent
            }
        }
        close();
    }

    final boolean isAborted() {
        return aborted;
    }

    /** Reads on, or not; a connection that is closed is left alone, of which Netty would make a stack trace. */
    final void reading(boolean on) {
        if (channel.isActive() && !aborted) {
            channel.config().setAutoRead(on);
        }
    }

    // -- what it holds

    /** How many bytes wait to be sent. */
    final long unsent() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting == null ? 0 : waiting.totalPendingWriteBytes();
    }

    /**
     * Says how many bytes this connection holds, and for what; at next to no cost as long as that does not change.
     *
     * @return whether it may; if not, it holds what it held, and has to get rid of some
     */
    final boolean hold(Holding what, long bytes) {
        long now = (bytes + GRAIN - 1) / GRAIN * GRAIN;
        if (now == held && (now == 0 || what == heldFor)) {
            return true;
        }
        if (aborted || !channel.isOpen()) {
            return true;
        }
        if (what != heldFor) {
            loop.budget().move(heldFor, what, held);
            heldFor = what;
        }
        if (now < held) {
            loop.budget().release(what, held - now);
        } else if (now > held && !loop.budget().take(what, now - held)) {
            return false;
        }
        held = now;
        return true;
    }

    private void letGo() {
        later.clear();
        loop.budget().release(heldFor, held);
        held = 0;
    }

    /** Ends it so that others can be served. */
    final void giveWay() {
        loop.budget().countClosed(held == 0 ? Holding.CONNECTION : heldFor);
        abort();
    }
}
