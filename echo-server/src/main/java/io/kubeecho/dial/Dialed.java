package io.kubeecho.dial;

/**
 * One connection attempt and what came of it. Times are nanoseconds of the dialing process's monotonic clock, comparable
 * among all connections of one dialer and with nothing else.
 *
 * @param entry the sequence it belongs to
 * @param number its place in the sequence, from 0
 * @param startedNanos before the connection was asked for
 * @param endedNanos after the answer was complete, or the attempt had failed
 */
public record Dialed(String entry, int number, long startedNanos, long endedNanos, Outcome outcome) {

    /** How an attempt ended. */
    public sealed interface Outcome {}

    /**
     * An HTTP answer came, whatever its status.
     *
     * @param establishedNanos when the client's own connect event was seen
     * @param localPort the client's own port: proof that the connection was a new one
     * @param body the answer's body, without its trailing line feed
     */
    public record Answered(long establishedNanos, String localAddress, int localPort, int status, String body)
            implements Outcome {}

    /** The connection was established, and no whole answer came on it. */
    public record Broken(long establishedNanos, String localAddress, int localPort, Failure failure, String detail)
            implements Outcome {}

    /** No connection was established. */
    public record NotConnected(Failure failure, String detail) implements Outcome {}
}
