package io.kubeecho.lab.kubernetes;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Dialer;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.VantagePoint;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * This machine as a client off the cluster.
 *
 * @param address as the nodes see it when no Service is in between: what {@code Local} has to preserve
 */
record OutsideClient(String name, String address, Dialer dialer) implements Client {

    @Override
    public VantagePoint vantagePoint() {
        return VantagePoint.OFF_CLUSTER;
    }

    @Override
    public Optional<Node> node() {
        return Optional.empty();
    }

    @Override
    public CompletableFuture<List<Dialed>> dial(DialPlan plan) {
        return dialer.dial(plan).toCompletionStage().toCompletableFuture();
    }
}
