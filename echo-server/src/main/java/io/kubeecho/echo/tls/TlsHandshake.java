package io.kubeecho.echo.tls;

import io.kubeecho.echo.log.Mishaps;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/**
 * Awaits the handshake of a connection, and tells whoever takes over of TLS in the words of TCP: the client's
 * close_notify is the end of its output, and a broken record is a failure of the connection.
 *
 * <p>The handshake is done on the event loop, as nginx does it: a thread of its own would cost every connection two
 * changes of thread, and where there are more handshakes than processors can do it would be no remedy.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a close shows in channelInactive
public final class TlsHandshake extends ChannelDuplexHandler {

    private static final long GOODBYE_MILLIS = 1000;

    private final SslHandler tls;
    private final RequestedName requestedName;
    private final TlsTraffic traffic;
    private final Mishaps mishaps;
    private final Consumer<TlsLayer> next;
    private boolean over;
    private boolean established;

    private TlsHandshake(SslHandler tls, TlsTraffic traffic, Mishaps mishaps, Consumer<TlsLayer> next) {
        this.tls = tls;
        requestedName = RequestedName.of(tls.engine());
        this.traffic = traffic;
        this.mishaps = mishaps;
        this.next = next;
    }

    /**
     * Awaits the handshake of a new connection.
     *
     * @param timeout how long it may take from the opening of the connection, however steadily it goes on
     * @param mishaps are told of what is no failure of TLS
     * @param next takes over: called once at the most, on the event loop, and before anything the client sends is passed
     *     on; it adds its handler as the last
     */
    public static void await(
            Channel channel,
            SslContext context,
            Duration timeout,
            TlsTraffic traffic,
            Mishaps mishaps,
            Consumer<TlsLayer> next) {
        SslHandler tls = context.newHandler(channel.alloc());
        // a client that does not read cannot keep a server that is told to stop for longer than that
        tls.setCloseNotifyFlushTimeoutMillis(GOODBYE_MILLIS);
        tls.setHandshakeTimeoutMillis(Math.max(1, timeout.toMillis()));
        channel.pipeline().addLast(tls, new TlsHandshake(tls, traffic, mishaps, next));
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion) {
            complete(completion);
        } else if (event instanceof SslCloseCompletionEvent) {
            ctx.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
        } else {
            ctx.fireUserEventTriggered(event);
        }
    }

    private void complete(SslHandshakeCompletionEvent completion) {
        if (over) {
            return;
        }
        over = true;
        if (completion.isSuccess()) {
            traffic.countDone(tls.engine().getSession().getProtocol());
            next.accept(new TlsLayer(tls, requestedName));
            established = true;
        } else {
            // the handler has sent the alert and closes the connection
            traffic.countFailed(HandshakeFailure.of(completion.cause()));
            if (Mishaps.isOne(completion.cause())) {
                mishaps.count(completion.cause());
            }
        }
    }

    /** A connection that this server ends in its handshake, as it does when it stops, is no failure. */
    @Override
    public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
        over = true;
        ctx.close(promise);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        Throwable told =
                cause instanceof DecoderException && cause.getCause() instanceof SSLException broken ? broken : cause;
        if (established) {
            // whoever has taken over ends it
            ctx.fireExceptionCaught(told);
            return;
        }
        if (Mishaps.isOne(told)) {
            mishaps.count(told);
        }
        ctx.channel().unsafe().close(ctx.channel().unsafe().voidPromise());
    }
}
