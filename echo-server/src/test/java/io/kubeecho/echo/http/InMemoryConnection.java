package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.control.ControlSettings;
import io.kubeecho.echo.log.AccessLog;
import io.kubeecho.echo.log.ErrorLog;
import io.kubeecho.echo.log.Mishaps;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A connection without a socket: what is sent is read at once, and what is answered is kept. */
final class InMemoryConnection implements AutoCloseable {

    private final Channel channel = new Channel();
    private final EchoLoop loop;
    private final EchoConnection connection;
    private final StringBuilder received = new StringBuilder();

    InMemoryConnection() {
        this(ConnectionLimits.defaults(), null);
    }

    InMemoryConnection(ConnectionLimits limits, @Nullable AccessLog accessLog) {
        this(limits, ControlSettings.defaults(), ByteBudget.unlimited(), accessLog);
    }

    InMemoryConnection(ByteBudget budget) {
        this(ConnectionLimits.defaults(), ControlSettings.defaults(), budget, null);
    }

    InMemoryConnection(ControlSettings controls) {
        this(ConnectionLimits.defaults(), controls, ByteBudget.unlimited(), null);
    }

    private InMemoryConnection(
            ConnectionLimits limits, ControlSettings controls, ByteBudget budget, @Nullable AccessLog accessLog) {
        AnswerRules rules =
                new AnswerRules(controls, JsonSettings.defaults(), "pod-1", PodIdentity.unknown(), Map.of());
        Resources resources = new Resources(budget, new Mishaps(new ErrorLog(line -> {})), channel.alloc());
        loop = new EchoLoop(channel.eventLoop(), "pod-1", limits, rules, resources, accessLog);
        connection = new EchoConnection(loop, channel, Optional.empty(), Optional.empty());
        channel.pipeline().addLast(connection);
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

    /** Waits for replies that are under way and take no time of their own. */
    InMemoryConnection settle() {
        for (int i = 0; i < 100 && channel.isOpen() && !channel.config().isAutoRead(); i++) {
            collect();
        }
        collect();
        return this;
    }

    /** A read that brought nothing for the connection. */
    InMemoryConnection readNothing() {
        channel.pipeline().fireChannelReadComplete();
        return this;
    }

    /** When it ends unless something comes, of {@link System#nanoTime()}. */
    long deadline() {
        return connection.deadline();
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

    /** With an address. */
    private static final class Channel extends EmbeddedChannel {

        @Override
        protected SocketAddress remoteAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 40_000);
        }

        @Override
        protected SocketAddress localAddress0() {
            return new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
        }
    }
}
