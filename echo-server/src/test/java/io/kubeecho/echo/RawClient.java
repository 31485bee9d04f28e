package io.kubeecho.echo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A client that sends bytes as they are; texts stand for bytes, one character for each. */
final class RawClient implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 10_000;

    private final Socket socket;
    private final StringBuilder received = new StringBuilder();

    RawClient(int port) throws IOException {
        this(InetAddress.getLoopbackAddress(), port);
    }

    /** A client with this address of its own. */
    static RawClient from(String source, int port) throws IOException {
        return new RawClient(new InetSocketAddress(source, 0), InetAddress.getLoopbackAddress(), port);
    }

    RawClient(InetAddress address, int port) throws IOException {
        this(null, address, port);
    }

    private RawClient(@Nullable InetSocketAddress source, InetAddress address, int port) throws IOException {
        this(new Socket());
        socket.bind(source);
        socket.setTcpNoDelay(true);
        socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
    }

    private RawClient(Socket socket) {
        this.socket = socket;
    }

    /**
     * A client whose bytes go through TLS, after the handshake.
     *
     * @param host for SNI and for the check of the certificate
     */
    static RawClient overTls(SSLContext context, String host, int port, Consumer<SSLParameters> change)
            throws IOException {
        Socket tcp = new Socket();
        tcp.setTcpNoDelay(true);
        tcp.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), PATIENCE_MILLIS);
        tcp.setSoTimeout(PATIENCE_MILLIS);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(tcp, host, port, true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        change.accept(parameters);
        socket.setSSLParameters(parameters);
        try {
            socket.startHandshake();
        } catch (IOException failed) {
            tcp.close();
            throw failed;
        }
        return new RawClient(socket);
    }

    /** Waits until nobody listens on a port any more. */
    static void awaitRefused(int port) throws IOException, InterruptedException {
        for (int i = 0; i < 100; i++) {
            try (RawClient ignored = new RawClient(port)) {
                Thread.sleep(20);
            } catch (ConnectException refused) {
                return;
            }
        }
        throw new IOException("port " + port + " still accepts");
    }

    RawClient send(String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** A request that is answered and leaves the connection open. */
    RawClient get(String path) throws IOException {
        return send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").awaitText("Path=" + path + " ");
    }

    /** Starts to send the same bytes so many times and then to close the sending side, for when nobody reads them yet. */
    Thread sendAside(String bytes, int times) {
        Thread sender = new Thread(() -> {
            try {
                for (int i = 0; i < times; i++) {
                    send(bytes);
                }
                endOutput();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        sender.start();
        return sender;
    }

    /** Closes the sending side. */
    RawClient endOutput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** Reads until what was received contains a text, and fails when the connection ends before or nothing comes. */
    RawClient awaitText(String text) throws IOException {
        while (received.indexOf(text) < 0) {
            if (!receive(PATIENCE_MILLIS)) {
                throw new IOException("the connection ended before \"" + text + "\": " + received);
            }
        }
        return this;
    }

    /** Reads to the end of the connection, and returns everything that was received. */
    String awaitEnd() throws IOException {
        while (receive(PATIENCE_MILLIS)) {
            // go on
        }
        return received.toString();
    }

    /** As {@link #awaitEnd()}, and fails when nothing comes for so long. */
    void awaitEndWithin(int millis) throws IOException {
        while (receive(millis)) {
            // go on
        }
    }

    /** Whether the server closes the connection, or sends anything, within this time. */
    boolean isQuietFor(int millis) throws IOException {
        try {
            receive(millis);
            return false;
        } catch (SocketTimeoutException quiet) {
            return true;
        }
    }

    String received() {
        return received.toString();
    }

    Socket socket() {
        return socket;
    }

    private boolean receive(int patienceMillis) throws IOException {
        socket.setSoTimeout(patienceMillis);
        byte[] buffer = new byte[65_536];
        int count = socket.getInputStream().read(buffer);
        if (count < 0) {
            return false;
        }
        received.append(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
        return true;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
