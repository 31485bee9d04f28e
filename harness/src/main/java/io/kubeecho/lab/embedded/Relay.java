package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Service.FrontEnd;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Carries connections from the front ends to the endpoints, each onwards from the source address that was decided: one
 * NetClient for each such address.
 */
final class Relay {

    /** The port on which every echo pod of the lab listens. */
    static final int TARGET_PORT = 8080;

    private final Vertx vertx;
    private final Map<String, NetClient> clientBySource = new ConcurrentHashMap<>();

    Relay(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Listens at a front end.
     *
     * @param decide from the source address of a new connection to what becomes of it
     */
    Future<NetServer> listen(FrontEnd at, Function<String, Decision> decide) {
        return vertx.createNetServer(new NetServerOptions().setHost(at.host()).setPort(at.port()))
                .connectHandler(inbound -> {
                    inbound.pause();
                    carry(inbound, decide.apply(inbound.remoteAddress().hostAddress()));
                })
                .listen();
    }

    private void carry(NetSocket inbound, Decision decision) {
        if (decision instanceof Decision.Forward forward) {
            connect(forward)
                    .onSuccess(outbound -> {
                        inbound.pipeTo(outbound);
                        outbound.pipeTo(inbound);
                    })
                    // the client has its connection already, so a dead endpoint looks like a reset instead of a refusal
                    .onFailure(dead -> inbound.close());
        } else if (decision instanceof Decision.Refuse) {
            inbound.close();
        }
        // a dropped connection stays unread and unanswered until the client gives it up
    }

    private Future<NetSocket> connect(Decision.Forward forward) {
        Endpoint to = forward.to();
        return clientBySource
                .computeIfAbsent(
                        forward.sourceAddress(),
                        source -> vertx.createNetClient(new NetClientOptions().setLocalAddress(source)))
                .connect(SocketAddress.inetSocketAddress(TARGET_PORT, to.address()));
    }
}
