package io.kubeecho.echo;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;

/** A client of TLS that sends what it has to say and its close_notify in one segment. */
final class OneSegment {

    private static final int PATIENCE_MILLIS = 10_000;

    private final SSLEngine engine;
    private final Socket socket;
    private final ByteBuffer received = ByteBuffer.allocate(64 << 10);
    private final ByteArrayOutputStream plain = new ByteArrayOutputStream();

    private OneSegment(SSLEngine engine, Socket socket) {
        this.engine = engine;
        this.socket = socket;
    }

    /** What is answered until the connection ends. */
    static String exchange(SSLContext context, int port, String requests) throws IOException {
        SSLEngine engine = context.createSSLEngine("localhost", port);
        engine.setUseClientMode(true);
        try (Socket socket = new Socket()) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            OneSegment client = new OneSegment(engine, socket);
            engine.beginHandshake();
            client.handshake();
            ByteBuffer segment = ByteBuffer.allocate(64 << 10);
            engine.wrap(ByteBuffer.wrap(requests.getBytes(StandardCharsets.ISO_8859_1)), segment);
            engine.closeOutbound();
            engine.wrap(ByteBuffer.allocate(0), segment);
            socket.getOutputStream().write(segment.array(), 0, segment.position());
            while (client.receive()) {
                client.unwrap();
            }
            return client.plain.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private void handshake() throws IOException {
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> {
                    ByteBuffer out = ByteBuffer.allocate(64 << 10);
                    engine.wrap(ByteBuffer.allocate(0), out);
                    socket.getOutputStream().write(out.array(), 0, out.position());
                }
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    boolean more = received.position() > 0 && unwrapOne() != SSLEngineResult.Status.BUFFER_UNDERFLOW;
                    if (!more && !receive()) {
                        throw new IOException("ended in the handshake");
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private boolean receive() throws IOException {
        InputStream in = socket.getInputStream();
        int length = in.read(received.array(), received.position(), received.remaining());
        if (length > 0) {
            received.position(received.position() + length);
        }
        return length > 0;
    }

    private void unwrap() throws IOException {
        while (received.position() > 0 && unwrapOne() == SSLEngineResult.Status.OK) {
            // another record
        }
    }

    private SSLEngineResult.Status unwrapOne() throws IOException {
        received.flip();
        ByteBuffer out = ByteBuffer.allocate(64 << 10);
        SSLEngineResult result = engine.unwrap(received, out);
        plain.write(out.array(), 0, out.position());
        received.compact();
        return result.getStatus();
    }
}
