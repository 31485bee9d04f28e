package io.kubeecho.load.rollout;

/** Knows how the endpoints of the Service came and went so far. */
public interface WatchedService {

    /** @param zero of {@link System#nanoTime()}, from which times are counted */
    EndpointHistory since(long zero);
}
