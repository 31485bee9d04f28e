package io.kubeecho.echo.proxy;

import io.kubeecho.echo.log.Mishaps;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.haproxy.HAProxyCommand;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.handler.codec.haproxy.HAProxyProtocolException;
import io.netty.handler.codec.haproxy.HAProxyProtocolVersion;
import io.netty.handler.codec.haproxy.HAProxyProxiedProtocol;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the one header of a connection, of version 1 or 2, and leaves the channel to whoever takes over.
 *
 * <p>A connection that begins with anything else is closed without a word, as the protocol demands: nothing may be
 * guessed, or a client that reached the port past the proxy would be taken for one that came through it. So is one whose
 * header is not complete in time, however steadily it trickles in.
 *
 * <p>Netty's decoder does the parsing. Vert.x's own option {@code useProxyProtocol} is not used: it forgets whether the
 * header said LOCAL, has no limit for type-length-values but the protocol's 64 KiB, and times a pause, not the header.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a close shows in channelInactive
public final class ProxyHeaderReader extends ChannelInboundHandlerAdapter {

    /**
     * In bytes, for the type-length-values of version 2 altogether. The long ones are the name a TLS client asked for and
     * that of its certificate, of at most 255 and some hundred bytes.
     */
    static final int MAX_TLVS = 4096;

    private final long timeoutNanos;
    private final ProxyTraffic traffic;
    private final Mishaps mishaps;
    private final Consumer<ProxyHeader> next;
    private @Nullable ScheduledFuture<?> timeout;
    /** Netty's decoder goes on with the bytes it has left when the channel is closed. */
    private boolean refused;

    private ProxyHeaderReader(Duration timeout, ProxyTraffic traffic, Mishaps mishaps, Consumer<ProxyHeader> next) {
        this.timeoutNanos = timeout.toNanos();
        this.traffic = traffic;
        this.mishaps = mishaps;
        this.next = next;
    }

    /**
     * Awaits a header on a new connection.
     *
     * @param timeout how long the header may take from now
     * @param mishaps are told of what is no fault of a header
     * @param next takes over: called once at the most, on the event loop, and before anything that follows the header
     *     is passed on; it adds its handler as the last
     */
    public static void await(
            ChannelPipeline pipeline,
            Duration timeout,
            ProxyTraffic traffic,
            Mishaps mishaps,
            Consumer<ProxyHeader> next) {
        pipeline.addLast(new Decoder(), new ProxyHeaderReader(timeout, traffic, mishaps, next));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        timeout = ctx.executor()
                .schedule(
                        () -> {
                            traffic.countLate();
                            refuse(ctx);
                        },
                        timeoutNanos,
                        TimeUnit.NANOSECONDS);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        if (timeout != null) {
            timeout.cancel(false);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HAProxyMessage parsed)) {
            ctx.fireChannelRead(message);
            return;
        }
        ProxyHeader header;
        try {
            header = header(parsed);
        } finally {
            parsed.release();
        }
        if (refused) {
            return;
        }
        traffic.countAccepted(header);
        next.accept(header);
        ctx.pipeline().remove(this);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        if (cause instanceof DecoderException && !(cause.getCause() instanceof Error)) {
            if (!refused) {
                traffic.countMalformed();
            }
        } else if (!(cause instanceof IOException)) {
            mishaps.count(cause);
        }
        refuse(ctx);
    }

    private void refuse(ChannelHandlerContext ctx) {
        refused = true;
        ctx.close();
    }

    private static ProxyHeader header(HAProxyMessage parsed) {
        HAProxyProxiedProtocol protocol = parsed.proxiedProtocol();
        boolean overTcp = protocol == HAProxyProxiedProtocol.TCP4 || protocol == HAProxyProxiedProtocol.TCP6;
        return new ProxyHeader(
                parsed.protocolVersion() == HAProxyProtocolVersion.V1 ? 1 : 2,
                parsed.command() == HAProxyCommand.LOCAL ? ProxyHeader.Command.LOCAL : ProxyHeader.Command.PROXY,
                overTcp
                        ? Optional.of(new ProxyHeader.Addresses(
                                address(parsed.sourceAddress(), parsed.sourcePort()),
                                address(parsed.destinationAddress(), parsed.destinationPort())))
                        : Optional.empty());
    }

    private static InetSocketAddress address(String literal, int port) {
        try {
            // Netty has made sure that it is a literal; nothing is looked up
            byte[] bytes = NetUtil.createByteArrayFromIpAddressString(literal);
            return new InetSocketAddress(InetAddress.getByAddress(bytes), port);
        } catch (UnknownHostException e) {
            throw new HAProxyProtocolException("not an address: " + literal, e);
        }
    }

    /**
     * Netty's decoder waits for 13 bytes before it looks at any. This one looks at what has come first, so that a client
     * that speaks HTTP at once is refused at once.
     */
    private static final class Decoder extends HAProxyMessageDecoder {

        private static final byte[] VERSION_1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
        private static final byte[] VERSION_2 = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};

        private boolean begun;

        Decoder() {
            super(MAX_TLVS);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
            if (!begun && message instanceof ByteBuf bytes && bytes.isReadable()) {
                begun = true;
                if (!agree(bytes, VERSION_1) && !agree(bytes, VERSION_2)) {
                    bytes.release();
                    throw new HAProxyProtocolException("neither version begins so");
                }
            }
            super.channelRead(ctx, message);
        }

        private static boolean agree(ByteBuf bytes, byte[] signature) {
            int length = Math.min(bytes.readableBytes(), signature.length);
            for (int i = 0; i < length; i++) {
                if (bytes.getByte(bytes.readerIndex() + i) != signature[i]) {
                    return false;
                }
            }
            return true;
        }
    }
}
