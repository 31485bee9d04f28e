package io.kubeecho.echo.line;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.timeout.IdleStateEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the TCP echo: a line at once, and one for each line that comes.
 *
 * <p>While the client does not read its lines, none of its own are read. A client may close its side and still gets its
 * lines, the last one also for text without a line end.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in channelInactive
final class LineConnection extends ChannelInboundHandlerAdapter {

    private final EchoLine echo;
    private final TcpTraffic traffic;
    private final Share share;
    private @Nullable ByteBuf received;
    private boolean inputEnded;
    private boolean ending;
    private final long lineNanos;
    /** Whether a line has begun that is not complete. */
    private boolean lineBegun;
    /** When it has to be. */
    private long lineDue;
    /** Whether a task is waiting to look at that; one for many lines. */
    private boolean watching;

    /** @param lineTime how long a line may take from its first byte */
    LineConnection(EchoLine echo, TcpTraffic traffic, Duration lineTime, Share share) {
        this.echo = echo;
        this.traffic = traffic;
        this.share = share;
        lineNanos = lineTime.toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        traffic.countAccepted();
        try {
            answer(ctx, Unpooled.EMPTY_BUFFER);
            ctx.flush();
        } catch (Throwable e) {
            exceptionCaught(ctx, e);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (ending) {
            bytes.release();
            return;
        }
        received =
                received == null ? bytes : ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), received, bytes);
        answerLines(ctx);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            // later: this may be called from within a write
            ctx.executor().execute(() -> {
                try {
                    answerLines(ctx);
                } catch (Throwable e) {
                    exceptionCaught(ctx, e);
                }
            });
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event == ChannelInputShutdownEvent.INSTANCE) {
            inputEnded = true;
            answerLines(ctx);
        } else if (event instanceof IdleStateEvent) {
            ctx.close();
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        traffic.countClosed();
        ending = true;
        release();
        waitForLine(ctx, false);
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ending = true;
        if (!(cause instanceof IOException)) {
            share.mishap(cause);
        }
        ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
    }

    private void answerLines(ChannelHandlerContext ctx) {
        if (!ctx.channel().isActive() || ending) {
            return;
        }
        boolean answered;
        boolean any = false;
        do {
            answered = answerWhileWritable(ctx);
            any |= answered;
            ctx.flush();
            // what was written may be with the kernel by now
        } while (answered && received != null && ctx.channel().isWritable());
        if (!ctx.channel().isWritable()) {
            ctx.channel().config().setAutoRead(false);
        } else if (inputEnded || isTooLong()) {
            end(ctx);
        } else if (ctx.channel().isActive()) {
            ctx.channel().config().setAutoRead(true);
        }
        waitForLine(ctx, any);
        if (!share.hold(ctx.channel(), received == null ? 0 : received.capacity())) {
            ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
        }
    }

    /** A byte now and then keeps no connection open: the time counts from the first byte of a line. */
    private void waitForLine(ChannelHandlerContext ctx, boolean isNext) {
        if (received == null) {
            lineBegun = false;
        } else if (isNext || !lineBegun) {
            lineBegun = true;
            lineDue = System.nanoTime() + lineNanos;
            if (!watching) {
                watching = true;
                watch(ctx, lineNanos);
            }
        }
    }

    private void watch(ChannelHandlerContext ctx, long nanos) {
        ctx.executor().schedule(() -> look(ctx), nanos, TimeUnit.NANOSECONDS);
    }

    private void look(ChannelHandlerContext ctx) {
        long left = lineDue - System.nanoTime();
        if (!lineBegun || !ctx.channel().isActive()) {
            watching = false;
        } else if (left > 0) {
            watch(ctx, left);
        } else {
            ctx.close();
        }
    }

    /** Returns whether any line was answered. */
    private boolean answerWhileWritable(ChannelHandlerContext ctx) {
        boolean answered = false;
        while (received != null && ctx.channel().isWritable()) {
            ByteBuf line = takeLine(received);
            if (line == null) {
                break;
            }
            answer(ctx, line);
            answered = true;
            if (!received.isReadable()) {
                release();
            }
        }
        return answered;
    }

    /** The next line without its line end; null where there is none. */
    private @Nullable ByteBuf takeLine(ByteBuf bytes) {
        int length = bytes.bytesBefore((byte) '\n') + 1;
        if (length == 0) {
            length = inputEnded ? bytes.readableBytes() : 0;
        }
        return length == 0 || length > TcpEchoPort.MAX_LINE ? null : EchoLine.withoutLineEnd(bytes.readSlice(length));
    }

    /** Whether what is left, which is not a whole line within the limit, is beyond it. */
    private boolean isTooLong() {
        return received != null && received.readableBytes() >= TcpEchoPort.MAX_LINE;
    }

    private void answer(ChannelHandlerContext ctx, ByteBuf line) {
        ByteBuf out = ctx.alloc().buffer(128 + line.readableBytes());
        echo.append(out, line, Integer.MAX_VALUE);
        traffic.countLine();
        ctx.write(out, ctx.voidPromise());
    }

    private void end(ChannelHandlerContext ctx) {
        ending = true;
        release();
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    private void release() {
        if (received != null) {
            received.release();
            received = null;
        }
    }
}
