package io.kubeecho.echo.http;

import io.kubeecho.echo.log.AccessLog;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A connection without a socket: what is sent is read at once, and what is answered is kept. */
final class InMemoryConnection implements AutoCloseable {

    private final Channel channel = new Channel();
    private final EchoLoop loop;
    private final StringBuilder received = new StringBuilder();

    InMemoryConnection() {
        this(ConnectionLimits.defaults(), null);
    }

    InMemoryConnection(ConnectionLimits limits, @Nullable AccessLog accessLog) {
        loop = new EchoLoop(channel.eventLoop(), "pod-1", limits, accessLog);
        ChannelHandlerContext last = channel.pipeline().lastContext();
        EchoConnection.serve(loop, last);
    }

    /** Sends bytes, one for each character, that arrive by one read. */
    InMemoryConnection send(String bytes) {
        return send(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    InMemoryConnection send(byte[] bytes) {
        if (channel.isOpen()) {
            ByteBuf read =
                    channel.alloc().directBuffer(Math.max(1, bytes.length)).writeBytes(bytes);
            channel.writeInbound(read);
            channel.checkException();
            collect();
        }
        return this;
    }

    /** Everything answered so far, with each Date replaced. */
    String received() {
        return received.toString().replaceAll("Date: [^\r]*", "Date: …");
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    EchoLoop loop() {
        return loop;
    }

    private void collect() {
        channel.runPendingTasks();
        for (ByteBuf written = channel.readOutbound(); written != null; written = channel.readOutbound()) {
            received.append(written.toString(StandardCharsets.ISO_8859_1));
            written.release();
        }
    }

    @Override
    public void close() {
        channel.finishAndReleaseAll();
        channel.checkException();
    }

    /** With an address, and a last handler such as Vert.x's. */
    private static final class Channel extends EmbeddedChannel {

        Channel() {
            super(new ChannelInboundHandlerAdapter());
        }

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        }
    }
}
