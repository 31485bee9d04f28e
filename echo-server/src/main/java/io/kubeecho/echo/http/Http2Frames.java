package io.kubeecho.echo.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.AbstractHttp2ConnectionHandlerBuilder;
import io.netty.handler.codec.http2.Http2ConnectionDecoder;
import io.netty.handler.codec.http2.Http2ConnectionEncoder;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2FrameListener;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2Stream;
import java.util.function.IntConsumer;

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

    private Http2Frames(
            Http2ConnectionDecoder decoder,
            Http2ConnectionEncoder encoder,
            Http2Settings settings,
            IntConsumer tooLarge) {
        super(decoder, encoder, settings);
        this.tooLarge = tooLarge;
    }

    /**
     * The handler of a new connection.
     *
     * @param tooLarge is told of a stream whose fields are more than {@link #MAX_HEADER_LIST}, and may answer it with
     *     fields alone
     */
    static Http2Frames to(Http2FrameListener listener, IntConsumer tooLarge) {
        return new Builder(listener, tooLarge).build();
    }

    /** Where a connection is not read, since its client does not read either, Netty's own would read on all the same. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        discardSomeReadBytes();
        flush(ctx);
        ctx.fireChannelReadComplete();
    }

    @Override
    protected void handleServerHeaderDecodeSizeError(ChannelHandlerContext ctx, Http2Stream stream) {
        tooLarge.accept(stream.id());
    }

    private static final class Builder extends AbstractHttp2ConnectionHandlerBuilder<Http2Frames, Builder> {

        private final IntConsumer tooLarge;

        Builder(Http2FrameListener listener, IntConsumer tooLarge) {
            this.tooLarge = tooLarge;
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
            return new Http2Frames(decoder, encoder, settings, tooLarge);
        }
    }
}
