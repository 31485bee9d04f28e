package io.kubeecho.echo;

import io.kubeecho.echo.http.Resources;
import io.kubeecho.echo.log.ErrorLog;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A Vert.x with native transport for each test, and the echo servers started on it, closed behind it. */
final class VertxExtension implements BeforeEachCallback, AfterEachCallback {

    private final List<EchoServer> servers = new ArrayList<>();
    private @Nullable Vertx vertx;

    Vertx vertx() {
        return java.util.Objects.requireNonNull(vertx, "outside of a test");
    }

    EchoServer start(EchoConfig config) throws Exception {
        return start(config, notice -> {});
    }

    EchoServer start(EchoConfig config, Consumer<String> notices) throws Exception {
        EchoServer server = Await.result(EchoServer.start(vertx(), config, new ErrorLog(notices)));
        servers.add(server);
        return server;
    }

    EchoServer start(EchoConfig config, Resources resources) throws Exception {
        EchoServer server =
                Await.result(EchoServer.start(vertx(), config, resources, null, new ErrorLog(notice -> {})));
        servers.add(server);
        return server;
    }

    EchoServer start() throws Exception {
        return start(EchoConfig.embedded("127.0.0.1", "pod-1"));
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        for (EchoServer server : servers) {
            Await.result(server.close());
        }
        servers.clear();
        Await.result(vertx().close());
    }
}
