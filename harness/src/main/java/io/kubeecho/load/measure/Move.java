package io.kubeecho.load.measure;

import java.util.Locale;

/**
 * A source's new connection that went to another pod than its last one.
 *
 * @param atNanos when the connection was begun, from the start of what is measured
 * @param gapNanos since the source's connection before it was begun
 * @param source the client's own address
 * @param seenAddress as the new pod saw it, empty if it does not say
 */
public record Move(
        long atNanos, long gapNanos, String source, String seenAddress, String from, String to, Cause cause) {

    /** How a move is to be understood. */
    public enum Cause {
        /** Another pod within the timeout, though the old one was ready, or went on to answer new connections of others. */
        VIOLATION,
        /** The time since the source's last connection was at least the timeout. */
        EXPIRED,
        /** The old pod was not ready, or answered no new connection any more where one that is ready would have. */
        ENDPOINT_GONE,
        /** The backend sees another address than the one sent from, so who is the same client is not ours to say. */
        MASKED,
        /**
         * The old pod was not heard of again, and too few connections followed to tell whether it is gone. Where the Service
         * is watched: the new pod has just changed, or the watch was broken.
         */
        UNDECIDED;

        /** As reports and objectives write it, such as {@code endpoint-gone}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    Move because(Cause known) {
        return new Move(atNanos, gapNanos, source, seenAddress, from, to, known);
    }
}
