package io.kubeecho.load.rollout;

import io.kubeecho.load.connection.ErrorKind;

/**
 * Errors of one kind on connections to one pod that are of the same hundredth of a second, so that all can be kept.
 *
 * @param slot counted from the start of what is measured
 * @param pod who answers on that connection, empty if not known
 */
public record ErrorCell(long slot, ErrorKind kind, String pod) {

    /**
     * The cell of an error.
     *
     * @param sentNanos when the request was sent, or its connection begun
     * @param atNanos when it failed
     */
    public static ErrorCell of(ErrorKind kind, String pod, long sentNanos, long atNanos) {
        boolean silence = switch (kind) {
            case TIMEOUT, CONNECT_TIMEOUT, NOT_SENT -> true;
            case REFUSED,
                    UNREACHABLE,
                    TLS,
                    LOCAL,
                    RESET_BEFORE_ANSWER,
                    RESET_IN_ANSWER,
                    MALFORMED,
                    HTTP_4XX,
                    HTTP_5XX,
                    OTHER -> false;
        };
        // what ends in silence was sent to somebody who was silent then, however long it was waited for
        return new ErrorCell(Math.floorDiv(silence ? sentNanos : atNanos, SlotCounts.SLOT_NANOS), kind, pod);
    }

    /** The end of its slot, so that it does not seem to be earlier than what caused it. */
    long atNanos() {
        return (slot + 1) * SlotCounts.SLOT_NANOS - 1;
    }
}
