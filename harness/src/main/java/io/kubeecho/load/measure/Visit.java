package io.kubeecho.load.measure;

import io.kubeecho.load.identity.Identity;

/**
 * What a data plane decided for a new connection, as its first answer shows it.
 *
 * @param openedNanos when the connection was begun, from the start of what is measured
 * @param first whether this is the connection's first answer of all; otherwise it is the first that is measured, on a
 *     connection that was opened during warm-up
 * @param counted whether it counts in figures; otherwise it is warm-up, and only remembered
 * @param source the client's own address, as its socket has it
 * @param seenAddress the address that the backend saw, empty if it does not say
 * @param pod who answered, empty if it does not say
 * @param target the front end it went to
 */
public record Visit(
        long openedNanos,
        boolean first,
        boolean counted,
        String source,
        String seenAddress,
        String pod,
        String target) {
    /** Whether it shows what was decided for a new connection: an open one stays where it is. */
    public boolean tellsPod() {
        return first && !pod.isEmpty() && !pod.equals(Identity.FURTHER);
    }
}
