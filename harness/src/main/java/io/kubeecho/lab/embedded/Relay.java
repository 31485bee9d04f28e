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
import java.util.function.Supplier;

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
     * @param decide from the source of a new connection to what becomes of it
     */
    Future<NetServer> listen(FrontEnd at, Function<SocketAddress, Decision> decide) {
        return vertx.createNetServer(new NetServerOptions().setHost(at.host()).setPort(at.port()))
                .connectHandler(inbound -> {
                    inbound.pause();
                    carry(inbound, () -> decide.apply(inbound.remoteAddress()));
                })
                .listen();
    }

    private void carry(NetSocket inbound, Supplier<Decision> decide) {
        Decision decision = decide.get();
        if (decision instanceof Decision.Forward forward) {
            connect(forward)
                    .onSuccess(outbound -> join(inbound, outbound, forward.carriage(), decide))
                    // the client has its connection already, so a dead endpoint looks like a reset instead of a refusal
                    .onFailure(dead -> inbound.close());
        } else if (decision instanceof Decision.Refuse || decision instanceof Decision.Unreachable) {
            inbound.close();
        }
        // a dropped connection stays unread and unanswered until the client gives it up
    }

    private void join(
            NetSocket inbound, NetSocket outbound, Decision.Carriage carriage, Supplier<Decision> decideAgain) {
        if (carriage instanceof Decision.Carriage.WithForwardedFor) {
            String header = "X-Forwarded-For: " + inbound.remoteAddress().hostAddress();
            new Meddler(inbound, outbound).changing(request -> Meddler.withHeader(request, header));
        } else if (carriage instanceof Decision.Carriage.DecidedAgainAfter again) {
            new Meddler(inbound, outbound).moving(again.idle(), () -> anotherEndpoint(decideAgain));
        } else {
            inbound.pipeTo(outbound);
            outbound.pipeTo(inbound);
            if (carriage instanceof Decision.Carriage.CutAfter cut) {
                long timer = vertx.setTimer(Math.max(1, cut.lifetime().toMillis()), id -> inbound.close());
                inbound.closeHandler(closed -> vertx.cancelTimer(timer));
            }
        }
    }

    private Future<NetSocket> anotherEndpoint(Supplier<Decision> decide) {
        return decide.get() instanceof Decision.Forward forward
                ? connect(forward)
                : Future.failedFuture("nobody serves it any more");
    }

    private Future<NetSocket> connect(Decision.Forward forward) {
        Endpoint to = forward.to();
        return clientBySource
                .computeIfAbsent(
                        forward.sourceAddress(),
                        // closed by a reset, since a connection that ends in TIME_WAIT is tracked for two minutes more
                        source -> vertx.createNetClient(
                                new NetClientOptions().setLocalAddress(source).setSoLinger(0)))
                .connect(SocketAddress.inetSocketAddress(TARGET_PORT, to.address()));
    }
}
