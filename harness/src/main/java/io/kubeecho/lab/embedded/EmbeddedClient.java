package io.kubeecho.lab.embedded;

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
 * A client in this process, bound to an address of its own.
 *
 * @param wire what its connections go through
 */
record EmbeddedClient(
        String name, String address, VantagePoint vantagePoint, Optional<Node> node, Dialer dialer, Wire wire)
        implements Client {

    @Override
    public CompletableFuture<List<Dialed>> dial(DialPlan plan) {
        return dialer.dial(plan)
                .map(all ->
                        all.stream().map(dialed -> wire.asHeard(dialed, plan)).toList())
                .toCompletionStage()
                .toCompletableFuture();
    }
}
