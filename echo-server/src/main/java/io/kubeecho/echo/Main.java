package io.kubeecho.echo;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;

/** Starts the echo server. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        EchoServer.start(vertx, EchoConfig.defaults().withPort(Integer.parseInt(args[0])))
                .onSuccess(server -> System.out.println("listening on " + server.port()))
                .onFailure(Throwable::printStackTrace);
    }
}
