package io.kubeecho.load.connection;

/** An open connection with at most one request in flight. */
public interface Connection {

    /**
     * Sends a request; what becomes of it is told to the {@link ConnectionEvents}.
     *
     * @param last asks the target to close the connection after the answer
     */
    void send(Request request, boolean last);

    /** Closes it at once; nothing is told any more. */
    void close();

    /** Lets the target close it, and closes it after a second if the target does not; nothing is told any more. */
    void leave();

    /** This side's address, without the port. */
    String localAddress();
}
