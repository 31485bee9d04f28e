package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;

/** A connection of HTTP/1, which carries one reply at a time. */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write shows in channelInactive
final class ChannelOutlet implements Outlet {

    private final OpenConnection connection;
    private final Channel channel;
    private ByteSink out = new ByteSink(256);

    ChannelOutlet(OpenConnection connection) {
        this.connection = connection;
        channel = connection.channel;
    }

    @Override
    public void step(Runnable work) {
        connection.step(work);
    }

    @Override
    public void later(Runnable work) {
        connection.later(work);
    }

    @Override
    public EventLoop eventLoop() {
        return channel.eventLoop();
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public void begin(Reply.Composed reply) {
        out.append(reply.head());
    }

    @Override
    public void piece(Reply.Composed reply, int piece) {
        reply.appendPiece(out, piece);
    }

    @Override
    public void end(Reply.Composed reply) {
        reply.appendEnd(out);
    }

    @Override
    public void flush() {
        if (!out.isEmpty()) {
            ByteBuf buffer = channel.alloc().directBuffer(out.size());
            buffer.writeBytes(out.array(), 0, out.size());
            // a reply may wait for long, and a piece is larger than what is kept of it
            out = new ByteSink(256);
            channel.writeAndFlush(buffer, channel.voidPromise());
            connection.account();
        }
    }
}
