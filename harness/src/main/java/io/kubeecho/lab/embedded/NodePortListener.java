package io.kubeecho.lab.embedded;

import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Service.FrontEnd;
import io.vertx.core.net.NetServer;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A node's port for one Service on the side where clients of one origin come in. Relayed connections need an open
 * listener, refused ones a closed one and dropped ones a full queue, so it changes with the rules.
 */
final class NodePortListener implements AutoCloseable {

    private final FrontEnd at;
    private final Side side;
    private final KubeProxy proxy;
    private final Topology topology;
    private final Relay relay;

    private @Nullable NetServer relaying;
    private @Nullable DroppingListener dropping;
    private volatile ServiceRules rules;

    /**
     * The side of a node that a connection comes in at. Drops are decided before a connection is accepted, when only the
     * side is known, so each has an address of its own.
     */
    enum Side {
        /** The node's address outside the cluster, for clients off it. */
        OUTER,
        /** The node's address inside the cluster, for pods and nodes. */
        INNER
    }

    NodePortListener(FrontEnd at, Side side, KubeProxy proxy, Topology topology, Relay relay, ServiceRules rules) {
        this.at = at;
        this.side = side;
        this.proxy = proxy;
        this.topology = topology;
        this.relay = relay;
        this.rules = rules;
        apply(rules);
    }

    FrontEnd at() {
        return at;
    }

    void apply(ServiceRules changed) {
        rules = changed;
        Arrival anyone = arrival(at.host());
        boolean refuses = changed.endpoints().isEmpty();
        boolean drops = !refuses && proxy.eligible(changed, anyone).isEmpty();
        try {
            if (refuses || drops) {
                stopRelaying();
            } else {
                stopDropping();
                startRelaying();
            }
            if (drops) {
                startDropping();
            } else {
                stopDropping();
            }
        } catch (IOException e) {
            throw new LabException("the embedded lab cannot listen on " + at + ": " + e.getMessage(), e);
        }
    }

    private void startRelaying() {
        if (relaying == null) {
            relaying = relay.listen(at, source -> proxy.decide(rules, arrival(source)))
                    .await();
        }
    }

    private Arrival arrival(String source) {
        Arrival.Origin origin = side == Side.OUTER ? Arrival.Origin.OUTSIDE : topology.originOf(source);
        return new Arrival(source, origin, Arrival.Through.NODE_PORT);
    }

    private void stopRelaying() {
        if (relaying != null) {
            relaying.close().await();
            relaying = null;
        }
    }

    private void startDropping() throws IOException {
        if (dropping == null) {
            dropping = DroppingListener.open(at);
        }
    }

    private void stopDropping() throws IOException {
        if (dropping != null) {
            dropping.close();
            dropping = null;
        }
    }

    @Override
    public void close() throws IOException {
        stopRelaying();
        stopDropping();
    }
}
