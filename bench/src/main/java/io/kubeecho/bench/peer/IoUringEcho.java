package io.kubeecho.bench.peer;

import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Map;

/** The echo server itself on io_uring, which the image does without. */
public final class IoUringEcho {

    private IoUringEcho() {}

    /**
     * Serves until the process is told to end; fails where the kernel has no io_uring.
     *
     * @param args the port, on 127.0.0.1
     */
    public static void main(String[] args) {
        Transport transport = Transport.IO_URING;
        if (!transport.available()) {
            throw new IllegalStateException("no io_uring here", transport.unavailabilityCause());
        }
        Vertx vertx = Vertx.builder()
                .with(new VertxOptions().setEventLoopPoolSize(1))
                .withTransport(transport)
                .build();
        EchoConfig config = EchoConfig.from(
                Map.of("NGINX_PORT", args[0], "KUBE_ECHO_HOST", "127.0.0.1"),
                List.of("--access-log", "off", "--management-port", "none", "--event-loops", "1"));
        EchoServer.start(vertx, config).onFailure(failure -> {
            throw new IllegalStateException(failure);
        });
    }
}
