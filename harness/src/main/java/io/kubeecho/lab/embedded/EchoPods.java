package io.kubeecho.lab.embedded;

import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Starts echo servers on addresses of their nodes' pod networks, a new address and name for each. */
final class EchoPods {

    private final Vertx vertx;
    private final Topology topology;
    private final Map<Node, Integer> started = new ConcurrentHashMap<>();

    EchoPods(Vertx vertx, Topology topology) {
        this.vertx = vertx;
        this.topology = topology;
    }

    /** A pod that answers. */
    record Running(Endpoint endpoint, EchoServer server) {
        /** At once, open connections too. */
        void stop() {
            server.close().await();
        }
    }

    /** Starts the next pod of a node and returns when it answers. */
    Running start(Node node) {
        Endpoint endpoint = topology.endpoint(node, started.merge(node, 1, Integer::sum));
        EchoConfig config =
                EchoConfig.embedded(endpoint.address(), endpoint.name()).withPort(Relay.TARGET_PORT);
        try {
            return new Running(endpoint, EchoServer.start(vertx, config).await());
        } catch (RuntimeException e) {
            throw new LabException("the embedded lab cannot start its echo pods: " + e.getMessage(), e);
        }
    }
}
