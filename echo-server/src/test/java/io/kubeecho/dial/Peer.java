package io.kubeecho.dial;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Somebody to connect to who behaves exactly as told, on plain sockets. */
final class Peer implements AutoCloseable {

    /** What a peer does with a connection after it was accepted; the connection is closed when it returns. */
    interface Behaviour {
        void serve(Socket connection) throws IOException;
    }

    private final ServerSocket listener;
    private final List<Socket> accepted = new CopyOnWriteArrayList<>();
    private final List<InetSocketAddress> clients = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    private Peer(ServerSocket listener) {
        this.listener = listener;
    }

    static Peer accepting(Behaviour behaviour) throws IOException {
        Peer peer = new Peer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        peer.threads.execute(() -> peer.accept(behaviour));
        return peer;
    }

    private void accept(Behaviour behaviour) {
        while (true) {
            try {
                Socket connection = listener.accept();
                accepted.add(connection);
                clients.add((InetSocketAddress) connection.getRemoteSocketAddress());
                threads.execute(() -> serve(behaviour, connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(Behaviour behaviour, Socket connection) {
        try (connection) {
            behaviour.serve(connection);
        } catch (IOException gone) {
            // the client has left, which is its right
        }
    }

    /** Reads one request's head, as text. */
    static String readRequest(Socket connection) throws IOException {
        InputStream in = connection.getInputStream();
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int b = in.read(); b != -1; b = in.read()) {
            head.write(b);
            if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                break;
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    static void write(Socket connection, String bytes) throws IOException {
        connection.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        connection.getOutputStream().flush();
    }

    static String ok(String body) {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    /** Waits until the client closes. */
    static void untilClientCloses(Socket connection) throws IOException {
        while (connection.getInputStream().read() != -1) {
            // whatever it still says
        }
    }

    static Behaviour answering(String body) {
        return connection -> {
            readRequest(connection);
            write(connection, ok(body));
            untilClientCloses(connection);
        };
    }

    int port() {
        return listener.getLocalPort();
    }

    /** Where the connections came from, in the order of arrival. */
    List<InetSocketAddress> clients() {
        return clients;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket connection : accepted) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
