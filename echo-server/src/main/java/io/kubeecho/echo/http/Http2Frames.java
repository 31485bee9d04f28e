package io.kubeecho.echo.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.DecoratingHttp2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one connection, by Netty's codec, with a limit for everything of which a client can send more than it
 * costs itself.
 */
final class Http2Frames extends Http2ConnectionHandler {

    /** Requests at once; nginx's is 128, and RFC 9113 section 6.5.2 advises against less than 100. */
    static final int MAX_STREAMS = 100;

    /**
     * In bytes, as RFC 9113 section 6.5.2 counts, which is 32 for each field more than there are. More than {@link HeadRoom}
     * has, so that it is the rules of HTTP/1 that say what is too much; it bounds what CONTINUATION frames add up to.
     */
    static final int MAX_HEADER_LIST = 64 << 10;

    /** CONTINUATION frames of next to nothing, in a row. */
    static final int MAX_SMALL_CONTINUATIONS = 16;

    /** DATA frames of nothing, in a row. */
    static final int MAX_EMPTY_DATA = 2;

    /** Streams that a client takes back within the window: rapid reset, CVE-2023-44487. */
    static final int MAX_RESETS = 200;

    /** Streams that this server resets, for a client that has it do so; faults that were asked for are among them. */
    static final int MAX_OWN_RESETS = 2000;

    static final int RESET_WINDOW_SECONDS = 30;

    /** Answers to PING and SETTINGS, and resets, that the client does not read. */
    static final int MAX_CONTROL_FRAMES = 1000;

    private final IntConsumer tooLarge;
    private final Consumer<Throwable> failed;
    private final Consumer<Runnable> later;
    private final HeaderBlocks blocks = new HeaderBlocks();

    /** What has come and awaits a turn. */
    private final Deque<ByteBuf> waiting = new ArrayDeque<>(0);

    private Http2Frames(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            IntConsumer tooLarge,
            Consumer<Throwable> failed,
            Consumer<Runnable> later) {
        super(decoder, encoder, settings);
        this.tooLarge = tooLarge;
        this.failed = failed;
        this.later = later;
    }

    /**
     * The handler of a new connection.
     *
     * @param tooLarge is told of a stream whose fields are more than {@link #MAX_HEADER_LIST}, and may answer it with
     *     fields alone
     * @param failed is told of what is no fault of the client's, and ends the connection; what is, is answered as HTTP/2
     *     has it
     * @param later has a part of the connection's work done when others have had their turn
     */
    static Http2Frames to(
            Http2FrameListener listener, IntConsumer tooLarge, Consumer<Throwable> failed, Consumer<Runnable> later) {
        return new Builder(listener, tooLarge, failed, later).build();
    }

    /**
     * How many bytes are kept of a request whose fields have not come to their end, or whose frame has not, and of frames
     * that await a turn.
     */
    long kept() {
        long kept = blocks.unfinished()
                + (actualReadableBytes() == 0 ? 0 : internalBuffer().capacity());
        for (ByteBuf bytes : waiting) {
            kept += bytes.capacity();
        }
        return kept;
    }

    /** Whether frames have come that await a turn. */
    boolean areWaiting() {
        return !waiting.isEmpty();
    }

    /** Lets go of those. */
    void forgetWaiting() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) throws Exception {
        ByteBuf bytes = (ByteBuf) message;
        if (!waiting.isEmpty()) {
            waiting.add(bytes);
        } else if (takeFrames(ctx, bytes)) {
            waiting.add(bytes);
            later.accept(() -> takeMore(ctx));
        }
    }

    /**
     * Has the frames taken in which these bytes end, as far as there is time for them in one go; of frames that cost much
     * a client can send many at once.
     *
     * @return whether some are left; if not, the bytes have been released
     */
    private boolean takeFrames(ChannelHandlerContext ctx, ByteBuf bytes) throws Exception {
        boolean isPassedOn = false;
        try {
            long until = System.nanoTime() + Turns.SHARE_NANOS;
            for (int length = blocks.readInOneGo(bytes);
                    length < bytes.readableBytes();
                    length = blocks.readInOneGo(bytes)) {
                super.channelRead(ctx, bytes.readRetainedSlice(length));
                if (System.nanoTime() - until >= 0) {
                    isPassedOn = true;
                    return true;
                }
            }
            isPassedOn = true;
            super.channelRead(ctx, bytes);
            return false;
        } finally {
            if (!isPassedOn) {
                bytes.release();
            }
        }
    }

    private void takeMore(ChannelHandlerContext ctx) {
        ByteBuf bytes = waiting.poll();
        if (bytes == null) {
            return;
        }
        try {
            if (takeFrames(ctx, bytes)) {
                waiting.addFirst(bytes);
            }
        } catch (Exception e) {
            ctx.fireExceptionCaught(e);
        }
        if (!waiting.isEmpty()) {
            later.accept(() -> takeMore(ctx));
        }
        channelReadComplete(ctx);
    }

    /**
     * Netty takes a failure of the process, such as to allocate, for one of the protocol, says so in a frame and goes on;
     * but by then half a frame may have been written, or fields entered into a table that the client does not know of.
     */
    @Override
    public void onError(ChannelHandlerContext ctx, boolean outbound, Throwable cause) {
        Http2Exception protocol = Http2CodecUtil.getEmbeddedHttp2Exception(cause);
        boolean ours = protocol == null || protocol.error() == Http2Error.INTERNAL_ERROR;
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (isFailure(e) && (ours || e instanceof Error)) {
                failed.accept(e);
                return;
            }
        }
        super.onError(ctx, outbound, cause);
    }

    /** Where a connection is not read, since its client does not read either, Netty's own would read on all the same. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        flush(ctx);
        ctx.fireChannelReadComplete();
    }

    private static boolean isFailure(@Nullable Throwable cause) {
        return cause instanceof Error || (cause instanceof RuntimeException && !(cause instanceof DecoderException));
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        tooLarge.accept(stream.id());
    }

    /** Tells of settings that could not be sent, with which a connection begins: Netty would close it without a word. */
    private static final class Settings extends DecoratingHttp2ConnectionEncoder {

        private final Consumer<Throwable> failed;

        Settings(Http2ConnectionEncoder encoder, Consumer<Throwable> failed) {
            super(encoder);
            this.failed = failed;
        }

        @Override
        public ChannelFuture writeSettings(ChannelHandlerContext ctx, Http2Settings settings, ChannelPromise promise) {
            return super.writeSettings(ctx, settings, promise).addListener(writing -> {
                if (isFailure(writing.cause())) {
                    failed.accept(writing.cause());
                }
            });
        }
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Frames, Builder> {

        private final IntConsumer tooLarge;
        private final Consumer<Throwable> failed;
        private final Consumer<Runnable> later;

        Builder(
                Http2FrameListener listener,
                IntConsumer tooLarge,
                Consumer<Throwable> failed,
                Consumer<Runnable> later) {
            this.tooLarge = tooLarge;
            this.failed = failed;
            this.later = later;
            server(true);
            frameListener(listener);
            initialSettings(Http2Settings.defaultSettings()
                    .maxConcurrentStreams(MAX_STREAMS)
                    .maxHeaderListSize(MAX_HEADER_LIST));
            decoderEnforceMaxRstFramesPerWindow(MAX_RESETS, RESET_WINDOW_SECONDS);
            encoderEnforceMaxRstFramesPerWindow(MAX_OWN_RESETS, RESET_WINDOW_SECONDS);
            decoderEnforceMaxSmallContinuationFrames(MAX_SMALL_CONTINUATIONS);
            decoderEnforceMaxConsecutiveEmptyDataFrames(MAX_EMPTY_DATA);
            encoderEnforceMaxQueuedControlFrames(MAX_CONTROL_FRAMES);
            // the watch of EchoLoop over slow clients holds while the connection ends, too
            gracefulShutdownTimeoutMillis(-1);
        }

        @Override
        protected Http2Frames build() {
            return super.build();
        }

        @Override
        protected Http2Frames build(
                Http2ConnectionDecoder decoder, Http2ConnectionEncoder encoder, Http2Settings settings) {
            return new Http2Frames(decoder, new Settings(encoder, failed), settings, tooLarge, failed, later);
        }
    }
}
