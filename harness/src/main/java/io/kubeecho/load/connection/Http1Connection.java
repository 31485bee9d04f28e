package io.kubeecho.load.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelInputShutdownReadComplete;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 connection. It stands in the channel's pipeline before Vert.x's own handler, where Vert.x's clients put
 * their codecs.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in channelInactive
final class Http1Connection extends ChannelInboundHandlerAdapter implements Connection {

    private static final long LEAVE_SECONDS = 1;

    private final ChannelHandlerContext ctx;
    private final AnswerReader reader;
    private @Nullable ConnectionEvents events;
    private boolean asking;
    private boolean hasAnswered;
    private boolean closedBeforeRequest;
    private @Nullable Throwable failure;

    private Http1Connection(ChannelHandlerContext ctx, Optional<String> identityHeader, ConnectionEvents events) {
        this.ctx = ctx;
        this.reader = new AnswerReader(identityHeader);
        this.events = events;
    }

    /** Takes over the channel of a new connection. */
    static Http1Connection on(
            ChannelHandlerContext vertxHandler, Optional<String> identityHeader, ConnectionEvents events) {
        Http1Connection connection = new Http1Connection(vertxHandler, identityHeader, events);
        vertxHandler.channel().pipeline().addBefore(vertxHandler.name(), "load", connection);
        // or the socket would be gone before it could be asked how it was closed
        vertxHandler.channel().config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        return connection;
    }

    @Override
    public void send(Request request, boolean last) {
        asking = true;
        reader.expect(request.method().equals("HEAD"));
        ByteBuf bytes = last ? request.http1().close() : request.http1().keepAlive();
        ctx.writeAndFlush(bytes.duplicate(), ctx.voidPromise());
    }

    @Override
    public void close() {
        events = null;
        ctx.close();
    }

    @Override
    public void leave() {
        events = null;
        if (ctx.channel().isActive()) {
            ctx.executor().schedule(() -> ctx.close(), LEAVE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public String localAddress() {
        return ctx.channel().localAddress() instanceof InetSocketAddress local
                ? local.getAddress().getHostAddress()
                : "";
    }

    @Override
    public void channelRead(ChannelHandlerContext handler, Object message) {
        ByteBuf input = (ByteBuf) message;
        try {
            if (events == null) {
                return;
            }
            if (!asking) {
                broken(ErrorKind.MALFORMED, "bytes that nobody asked for");
            } else if (reader.read(input)) {
                answered(events);
            }
        } catch (MalformedAnswerException e) {
            broken(ErrorKind.MALFORMED, String.valueOf(e.getMessage()));
        } finally {
            input.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext handler) {
        // Vert.x's handler has read nothing, so it need not know
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext handler, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            closedBeforeRequest = asking && hasAnswered && !reader.begun() && OrderOfEvents.closedBeforeRequest(ctx);
            ended();
        } else if (!(event instanceof ChannelInputShutdownReadComplete)) {
            handler.fireUserEventTriggered(event);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext handler) {
        ConnectionEvents told = events;
        if (told != null) {
            if (!asking) {
                events = null;
                told.closedByTarget();
            } else if (failure == null && reader.end()) {
                answered(told);
            } else if (failure == null && closedBeforeRequest) {
                events = null;
                told.notProcessed("the target had closed the idle connection before the request came to it");
            } else {
                broken(
                        reader.begun() ? ErrorKind.RESET_IN_ANSWER : ErrorKind.RESET_BEFORE_ANSWER,
                        failure == null ? "closed by the target" : Failures.describe(failure));
            }
        }
        handler.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext handler, Throwable cause) {
        failure = cause;
        ended();
    }

    /** Netty tells that a channel is inactive some tasks after its close, and one of those may be the next request. */
    private void ended() {
        ConnectionEvents told = events;
        if (told != null && !asking) {
            events = null;
            told.closedByTarget();
        }
        ctx.close();
    }

    private void answered(ConnectionEvents told) {
        asking = false;
        hasAnswered = true;
        told.answered(reader.answer());
    }

    private void broken(ErrorKind kind, String detail) {
        ConnectionEvents told = events;
        events = null;
        ctx.close();
        if (told != null) {
            told.broken(kind, detail);
        }
    }
}
