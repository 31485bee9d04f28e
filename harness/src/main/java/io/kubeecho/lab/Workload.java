package io.kubeecho.lab;

import java.util.List;

/**
 * Echo pods that one scenario changes as it goes, so that those of everybody else keep still. Closing it deletes what is
 * left of them.
 */
public interface Workload extends AutoCloseable {

    /** The pods that have not been deleted, in the order in which they were started. */
    List<Endpoint> endpoints();

    /** Scales up by one: starts a pod on a node and returns when it is ready. */
    Endpoint start(Node node);

    /**
     * Deletes a pod. Returns when the control plane has accepted that; the data plane follows in its own time.
     *
     * @param endpoint one of {@link #endpoints()}
     */
    void delete(Endpoint endpoint);

    @Override
    void close();
}
