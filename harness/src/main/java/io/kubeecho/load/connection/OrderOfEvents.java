package io.kubeecho.load.connection;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import io.netty.handler.ssl.SslHandler;

/**
 * What came first on a connection that the target closed: its close or our request. A FIN acknowledges all that the target's
 * kernel had got by then (RFC 9293, 3.6). So a request that is unacknowledged when the FIN has come, or that a reset answers
 * after the FIN, came to a socket that was closed: nobody has read it. A target that reads a request and closes then has
 * acknowledged it, and sends no reset.
 */
final class OrderOfEvents {

    /** TCP_CLOSE of Linux's {@code tcp_states.h}: after a FIN only a reset leads there. */
    private static final int CLOSED = 7;

    private OrderOfEvents() {}

    /**
     * Whether the target had closed before the request came to it; false where that cannot be told.
     *
     * @param ctx of a channel that has just read the end of its input, and is still open
     */
    static boolean closedBeforeRequest(ChannelHandlerContext ctx) {
        // TLS answers a close with bytes of its own, which look like a request that nobody has read
        if (!(ctx.channel() instanceof EpollSocketChannel socket)
                || ctx.pipeline().get(SslHandler.class) != null) {
            return false;
        }
        EpollTcpInfo info = socket.tcpInfo();
        return info.unacked() > 0 || info.state() == CLOSED;
    }
}
