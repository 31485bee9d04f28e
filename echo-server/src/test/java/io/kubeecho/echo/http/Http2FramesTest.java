package io.kubeecho.echo.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@SuppressWarnings("StringConcatToTextBlock") // HTTP ends its lines with CR LF
class Http2FramesTest {

    private static final int STREAMS = 60;

    /** HEADERS that end their stream: GET, http, / by the static table of RFC 7541. */
    private static final String FIELDS = "828684";

    private final List<Integer> taken = new ArrayList<>();
    private final Deque<Runnable> later = new ArrayDeque<>();

    /** Each request costs more than the share of a read. */
    private final Http2FrameAdapter slow = new Http2FrameAdapter() {
        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int streamId,
                Http2Headers headers,
                int streamDependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream) {
            taken.add(streamId);
            long until = System.nanoTime() + Turns.SHARE_NANOS;
            while (System.nanoTime() - until < 0) {
                Thread.onSpinWait();
            }
        }
    };

    private final Http2Frames frames = Http2Frames.to(slow, tooLarge -> {}, failed -> {}, later::add);
    private final EmbeddedChannel channel = new EmbeddedChannel(frames);

    private static ByteBuf manyRequests() {
        ByteBuf bytes = Unpooled.buffer();
        bytes.writeCharSequence("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", StandardCharsets.US_ASCII);
        bytes.writeBytes(HexFormat.of().parseHex("000000040000000000"));
        for (int i = 0; i < STREAMS; i++) {
            bytes.writeMedium(FIELDS.length() / 2).writeByte(1).writeByte(5).writeInt(2 * i + 1);
            bytes.writeBytes(HexFormat.of().parseHex(FIELDS));
        }
        return bytes;
    }

    @Test
    void manyRequestsOfOneReadAreTakenInTurnsAndInTheirOrder() {
        ByteBuf bytes = manyRequests();
        channel.writeInbound(bytes);
        assertThat(taken).hasSizeLessThan(STREAMS);
        assertThat(frames.areWaiting()).isTrue();
        assertThat(frames.kept()).isPositive();

        while (!later.isEmpty()) {
            later.remove().run();
        }
        assertThat(taken)
                .containsExactlyElementsOf(
                        IntStream.range(0, STREAMS).mapToObj(i -> 2 * i + 1).toList());
        assertThat(frames.areWaiting()).isFalse();
        channel.finishAndReleaseAll();
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void whatAwaitsItsTurnIsReleasedWithTheConnection() {
        ByteBuf bytes = manyRequests();
        channel.writeInbound(bytes);
        frames.forgetWaiting();
        assertThat(frames.areWaiting()).isFalse();
        later.forEach(Runnable::run);
        channel.finishAndReleaseAll();
        assertThat(bytes.refCnt()).isZero();
    }
}
