package io.kubeecho.echo;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** One address in front of several servers, as a Service is, which goes where a test says. */
final class FrontEnd {

    /** As if a node had masqueraded: another address than the client's. */
    static final String NODE = "127.0.0.9";

    private static final String CLIENT = "127.0.0.1";

    private final NetServer server;
    private final NetClient preserving;
    private final NetClient masquerading;
    private final AtomicInteger connections = new AtomicInteger();
    private volatile int backend;
    private volatile boolean masquerade;

    private FrontEnd(Vertx vertx) {
        server = vertx.createNetServer();
        preserving = vertx.createNetClient(new NetClientOptions().setLocalAddress(CLIENT));
        masquerading = vertx.createNetClient(new NetClientOptions().setLocalAddress(NODE));
        server.connectHandler(this::forward);
    }

    static FrontEnd open(Vertx vertx, int backend) throws Exception {
        FrontEnd opened = new FrontEnd(vertx);
        opened.backend = backend;
        Await.result(opened.server.listen(0, CLIENT));
        return opened;
    }

    /** From now on connections go to this port, from the client's own address or from the node's. */
    void route(int port, boolean masqueraded) {
        masquerade = masqueraded;
        backend = port;
    }

    /** From now on nobody listens there. */
    void close() throws Exception {
        Await.result(server.close());
    }

    String address() {
        return CLIENT + ":" + server.actualPort();
    }

    int connections() {
        return connections.get();
    }

    private void forward(NetSocket client) {
        connections.incrementAndGet();
        client.pause();
        (masquerade ? masquerading : preserving)
                .connect(backend, CLIENT)
                .onSuccess(pod -> {
                    client.pipeTo(pod);
                    pod.pipeTo(client);
                })
                .onFailure(nobody -> client.close());
    }
}
