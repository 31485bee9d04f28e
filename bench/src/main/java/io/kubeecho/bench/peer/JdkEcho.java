package io.kubeecho.bench.peer;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The echo line on the JDK's {@code HttpServer}, on its one dispatching thread. */
public final class JdkEcho {

    private JdkEcho() {}

    /** @param args the port, on 127.0.0.1 */
    public static void main(String[] args) throws IOException {
        // without it, each answer waits for the acknowledgement of its head
        System.setProperty("sun.net.httpserver.nodelay", "true");
        String hostname = InetAddress.getLocalHost().getHostName();
        HttpServer server = HttpServer.create(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 511);
        server.createContext("/", exchange -> {
            String forwarded = exchange.getRequestHeaders().getFirst("X-Forwarded-For");
            String line = "Host=" + exchange.getRequestHeaders().getFirst("Host") + "  Path="
                    + exchange.getRequestURI() + "  From=" + hostname + "  ClientIP="
                    + exchange.getRemoteAddress().getAddress().getHostAddress() + "  XFF="
                    + (forwarded == null ? "" : forwarded) + "\n";
            byte[] body = line.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "text/plain");
            if ("close".equals(exchange.getRequestHeaders().getFirst("Connection"))) {
                // it closes, but does not say so
                exchange.getResponseHeaders().set("Connection", "close");
            }
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }
}
