package io.kubeecho.lab;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Somebody who connects to Services from one address at one {@link VantagePoint}. */
public interface Client {

    String name();

    /** The address it connects from. */
    String address();

    VantagePoint vantagePoint();

    /** The node it is on; empty off the cluster. */
    Optional<Node> node();

    /**
     * Carries a plan out where the client is, timed there.
     *
     * @return the attempts; fails with a {@link LabException} only when the client itself was lost
     */
    CompletableFuture<List<Dialed>> dial(DialPlan plan);
}
