package io.kubeecho.load.schedule;

/** How the sends of a rate lie in time. */
public enum Arrivals {
    /** Evenly spaced: each when the rate makes it due. */
    REGULAR,
    /** Independent of each other, as from many users: a Poisson process of that rate. */
    POISSON
}
