package io.kubeecho.bench.peer;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** The echo line as one writes it first: Vert.x's HTTP server, its headers, and a concatenation of strings. */
public final class VertxEcho {

    private VertxEcho() {}

    /** @param args the port, on 127.0.0.1 */
    public static void main(String[] args) throws UnknownHostException {
        String hostname = InetAddress.getLocalHost().getHostName();
        Vertx vertx =
                Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
        vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(Integer.parseInt(args[0])))
                .requestHandler(request -> {
                    String forwarded = request.getHeader("X-Forwarded-For");
                    request.response()
                            .putHeader("Content-Type", "text/plain; charset=utf-8")
                            .end("Host=" + request.authority().host() + "  Path=" + request.uri() + "  From="
                                    + hostname + "  ClientIP="
                                    + request.remoteAddress().hostAddress() + "  XFF="
                                    + (forwarded == null ? "" : forwarded) + "\n");
                })
                .listen()
                .onFailure(failure -> {
                    throw new IllegalStateException(failure);
                });
    }
}
