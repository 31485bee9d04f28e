package io.kubeecho.load.report;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kubeecho.load.measure.Figures;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Serves {@code /metrics} on the loopback address while a load runs: on the JDK's own server, so that a scrape takes no
 * time of an event loop that measures.
 */
public final class MetricsPort implements AutoCloseable {

    private final HttpServer server;
    private volatile String text = "";

    /**
     * @param port 0 for one that the kernel chooses
     * @throws IOException if it cannot be listened on
     */
    public MetricsPort(int port) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
        server.createContext("/metrics", this::answer);
        server.start();
    }

    /** The port it listens on. */
    public int number() {
        return server.getAddress().getPort();
    }

    /** What to tell from now on. */
    public void update(Figures figures) {
        text = MetricsText.of(figures);
    }

    private void answer(HttpExchange exchange) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        exchange.sendResponseHeaders(200, body.length);
        try (exchange) {
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
