package io.kubeecho.hostile.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A connection of HTTP/1.1, with or without TLS, on which one request at a time is under way. */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in the connection
final class Http1Exchange extends SimpleChannelInboundHandler<ByteBuf> {

    private final GoodClient client;
    private final StringBuilder came = new StringBuilder();
    private final Http1Pool pool;
    private int asks;
    private @Nullable Ask under;
    private @Nullable Http1Answer wanted;

    Http1Exchange(GoodClient client, Http1Pool pool) {
        this.client = client;
        this.pool = pool;
    }

    /** Sends it, on a connection that is ready. */
    void ask(Channel channel, Ask ask) {
        asks++;
        under = ask;
        came.setLength(0);
        String own = ((InetSocketAddress) channel.localAddress()).getAddress().getHostAddress();
        wanted = new Http1Answer(ask.body(client.serverName(), own));
        channel.writeAndFlush(channel.alloc().buffer().writeBytes(ask.http1()));
    }

    int asks() {
        return asks;
    }

    /** Whether this request, of all, is the one that it waits for. */
    boolean isAbout(Ask ask) {
        return ask.equals(under);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf bytes) {
        came.append(bytes.toString(StandardCharsets.ISO_8859_1));
        Ask ask = under;
        if (ask == null || wanted == null) {
            client.wrong(pool.way(), "unasked: " + Http1Answer.shown(came.toString()));
            context.close();
            return;
        }
        Got got = wanted.judge(came.toString());
        if (got instanceof Got.Part) {
            return;
        }
        if (got instanceof Got.Answer answer) {
            under = null;
            came.setLength(0);
            client.answered(ask);
            pool.answered(this, context.channel(), answer.closing());
            return;
        }
        under = null;
        if (got instanceof Got.Wrong wrong) {
            client.wrong(ask, "for " + ask.shortly() + ": " + wrong.what());
        } else {
            client.refused(ask);
        }
        context.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent done && !done.isSuccess()) {
            context.close();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        Ask ask = under;
        under = null;
        if (ask != null) {
            client.lost(ask);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
