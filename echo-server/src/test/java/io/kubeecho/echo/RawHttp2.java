package io.kubeecho.echo;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A client of HTTP/2 that sends frames as it is told to, however wrong they are. */
final class RawHttp2 implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 1;
    static final int ACK = 1;
    static final int END_HEADERS = 4;

    static final int NO_ERROR = 0;
    static final int PROTOCOL_ERROR = 1;
    static final int INTERNAL_ERROR = 2;
    static final int REFUSED_STREAM = 7;
    static final int CANCEL = 8;
    static final int ENHANCE_YOUR_CALM = 11;

    private static final int PATIENCE_MILLIS = 20_000;

    private final Socket socket = new Socket();
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true);
    private final Map<Integer, Http2Headers> heads = new HashMap<>();
    private final Map<Integer, StringBuilder> bodies = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();

    /** What was received. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Frame(int type, int flags, int stream, byte[] payload) {

        boolean endsStream() {
            return (type == DATA || type == HEADERS) && (flags & END_STREAM) != 0;
        }

        /** Of RST_STREAM. */
        int error() {
            return number(payload, type == GOAWAY ? 4 : 0);
        }

        /** Of GOAWAY. */
        int lastStream() {
            return number(payload, 0);
        }

        private static int number(byte[] bytes, int at) {
            return (bytes[at] & 0xff) << 24
                    | (bytes[at + 1] & 0xff) << 16
                    | (bytes[at + 2] & 0xff) << 8
                    | (bytes[at + 3] & 0xff);
        }
    }

    /** An answer as a whole. */
    record Answer(Http2Headers head, String body) {

        int status() {
            return Integer.parseInt(head.status().toString());
        }
    }

    /** Connects, and says no more than the preface with these settings, in hexadecimal. */
    RawHttp2(int port, String settings) throws IOException {
        socket.setTcpNoDelay(true);
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new DataInputStream(socket.getInputStream());
        sendBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        send(SETTINGS, 0, 0, HexFormat.of().parseHex(settings));
    }

    RawHttp2(int port) throws IOException {
        this(port, "");
    }

    void sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    RawHttp2 send(int type, int flags, int stream, byte[] payload) throws IOException {
        sendBytes(frame(type, flags, stream, payload));
        return this;
    }

    static byte[] frame(int type, int flags, int stream, byte[] payload) {
        ByteArrayOutputStream frame = new ByteArrayOutputStream();
        frame.write(payload.length >> 16);
        frame.write(payload.length >> 8);
        frame.write(payload.length);
        frame.write(type);
        frame.write(flags);
        frame.writeBytes(
                new byte[] {(byte) (stream >> 24), (byte) (stream >> 16), (byte) (stream >> 8), (byte) stream});
        frame.writeBytes(payload);
        return frame.toByteArray();
    }

    /** Fields as HPACK has them that wants nothing remembered (RFC 7541 section 6.2.2). */
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
        if (length < 127) {
            block.write(length);
        } else {
            block.write(127);
            length -= 127;
            while (length >= 128) {
                block.write(length % 128 + 128);
                length /= 128;
            }
            block.write(length);
        }
        block.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The fields of a request. */
    static String[] request(String method, String path, String... more) {
        List<String> all =
                new ArrayList<>(List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "a"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** Sends a request whose body, if any, is still to come. */
    RawHttp2 ask(int stream, boolean endStream, String... fields) throws IOException {
        byte[] block = fields(fields);
        int most = 16_384;
        if (block.length <= most) {
            return send(HEADERS, END_HEADERS | (endStream ? END_STREAM : 0), stream, block);
        }
        send(HEADERS, endStream ? END_STREAM : 0, stream, java.util.Arrays.copyOf(block, most));
        for (int from = most; from < block.length; from += most) {
            int to = Math.min(block.length, from + most);
            send(
                    CONTINUATION,
                    to == block.length ? END_HEADERS : 0,
                    stream,
                    java.util.Arrays.copyOfRange(block, from, to));
        }
        return this;
    }

    RawHttp2 get(int stream, String path) throws IOException {
        return ask(stream, true, request("GET", path));
    }

    /** The next frame; empty where the connection has ended. */
    Optional<Frame> receive() throws IOException {
        try {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            return Optional.of(new Frame(type, flags, stream, in.readNBytes(length)));
        } catch (EOFException | SocketException end) {
            return Optional.empty();
        }
    }

    /** Reads over other frames up to one of this type. */
    Frame await(int type) throws IOException {
        while (true) {
            Frame frame = receive().orElseThrow(() -> new IOException("ended before a frame of type " + type));
            if (frame.type() == HEADERS || frame.type() == DATA) {
                take(frame);
            }
            if (frame.type() == type) {
                return frame;
            }
        }
    }

    /** Reads up to the end of the answer on a stream; what belongs to others is kept for when they are asked for. */
    Answer answer(int stream) throws IOException {
        while (!ended.contains(stream)) {
            take(receive().orElseThrow(() -> new IOException("ended within the answer " + bodies.get(stream))));
        }
        Http2Headers head = heads.get(stream);
        if (head == null) {
            throw new IOException("no answer on stream " + stream);
        }
        return new Answer(head, String.valueOf(bodies.getOrDefault(stream, new StringBuilder())));
    }

    /** The fields that came last on a stream. */
    Http2Headers head(int stream) {
        return java.util.Objects.requireNonNull(heads.get(stream), "no fields yet");
    }

    private void take(Frame frame) throws IOException {
        switch (frame.type()) {
            case HEADERS -> heads.put(frame.stream(), decode(frame));
            case DATA ->
                bodies.computeIfAbsent(frame.stream(), any -> new StringBuilder())
                        .append(new String(frame.payload(), StandardCharsets.ISO_8859_1));
            case RST_STREAM -> {
                if (!ended.contains(frame.stream())) {
                    throw new IOException("reset with " + frame.error());
                }
            }
            default -> {}
        }
        if (frame.endsStream()) {
            ended.add(frame.stream());
        }
    }

    private Http2Headers decode(Frame frame) throws IOException {
        try {
            return decoder.decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(frame.payload()));
        } catch (Http2Exception e) {
            throw new IOException(e);
        }
    }

    /** Reads to the end of the connection, and returns all of its frames. */
    List<Frame> awaitEnd() throws IOException {
        List<Frame> frames = new ArrayList<>();
        for (Optional<Frame> frame = receive(); frame.isPresent(); frame = receive()) {
            frames.add(frame.get());
        }
        return frames;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
