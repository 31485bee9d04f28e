package io.kubeecho.hostile.attack;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What a client of HTTP/2 sends, frame by frame (RFC 9113 section 4), however wrong. */
final class Http2Bytes {

    static final int END_STREAM = 1;
    static final int END_HEADERS = 4;

    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int WINDOW_UPDATE = 8;
    private static final int CONTINUATION = 9;
    private static final int INITIAL_WINDOW_SIZE = 4;
    /** The largest number in seven bits' prefix (RFC 7541 section 5.1). */
    private static final int PREFIX = 127;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Begins with the preface, and SETTINGS with this window for each stream. */
    Http2Bytes(int initialWindow) {
        bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        frame(
                SETTINGS,
                0,
                0,
                ByteBuffer.allocate(6)
                        .putShort((short) INITIAL_WINDOW_SIZE)
                        .putInt(initialWindow)
                        .array());
    }

    /** Opens the connection's window by so much. */
    Http2Bytes window(int increment) {
        return frame(
                WINDOW_UPDATE, 0, 0, ByteBuffer.allocate(4).putInt(increment).array());
    }

    /** A GET that is whole. */
    Http2Bytes get(int stream, String path) {
        return frame(HEADERS, END_STREAM | END_HEADERS, stream, request(path));
    }

    /** The beginning of a head, whose end is for {@link #continuation} to bring, or not. */
    Http2Bytes headers(int stream, byte[] block) {
        return frame(HEADERS, END_STREAM, stream, block);
    }

    Http2Bytes continuation(int stream, byte[] block) {
        return frame(CONTINUATION, 0, stream, block);
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    /** The pseudo fields of a GET. */
    static byte[] request(String path) {
        return fields(":method", "GET", ":scheme", "http", ":authority", "hostile.test", ":path", path);
    }

    /** Fields as HPACK has them that are not to be remembered (RFC 7541 section 6.2.2). */
    static byte[] fields(String... namesAndValues) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            block.write(0);
            string(block, namesAndValues[i]);
            string(block, namesAndValues[i + 1]);
        }
        return block.toByteArray();
    }

    private static void string(ByteArrayOutputStream block, String text) {
        int length = text.length();
        if (length < PREFIX) {
            block.write(length);
        } else {
            block.write(PREFIX);
            int rest = length - PREFIX;
            for (; rest >= 128; rest /= 128) {
                block.write(rest % 128 + 128);
            }
            block.write(rest);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private Http2Bytes frame(int type, int flags, int stream, byte[] payload) {
        bytes.write(payload.length >> 16);
        bytes.write(payload.length >> 8);
        bytes.write(payload.length);
        bytes.write(type);
        bytes.write(flags);
        bytes.writeBytes(ByteBuffer.allocate(4).putInt(stream).array());
        bytes.writeBytes(payload);
        return this;
    }
}
