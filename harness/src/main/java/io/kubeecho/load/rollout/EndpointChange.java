package io.kubeecho.load.rollout;

import java.util.Locale;

/**
 * Something that became of an endpoint.
 *
 * @param atNanos when it was heard of; the nodes hear of it at about that time, and act on it later
 * @param notBeforeNanos when it had not yet happened; earlier than {@code atNanos} where the watch was broken in between
 */
public record EndpointChange(long atNanos, long notBeforeNanos, Kind kind, Endpoint endpoint) {

    /** What it is from then on. */
    public enum Kind {
        /** There, and not ready yet. */
        ADDED,
        READY,
        NOT_READY,
        TERMINATING,
        /** Gone. */
        REMOVED;

        /** As reports write it, such as {@code not-ready}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        static Kind of(EndpointState state) {
            return switch (state) {
                case READY -> READY;
                case NOT_READY -> NOT_READY;
                case TERMINATING -> TERMINATING;
            };
        }
    }

    /** Whether it happened at some time while the watch was broken, and was heard of only afterwards. */
    public boolean uncertain() {
        return notBeforeNanos < atNanos;
    }

    EndpointChange minus(long nanos) {
        return new EndpointChange(atNanos - nanos, notBeforeNanos - nanos, kind, endpoint);
    }
}
