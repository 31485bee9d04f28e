package io.kubeecho.load.connection;

/** What happens to a connection, told on its event loop. */
public interface ConnectionEvents {

    /** It is open. */
    void connected(Connection connection);

    /** It could not be opened: the end of it. */
    void notConnected(ErrorKind kind, String detail);

    /** @param answer valid during the call only */
    void answered(Answer answer);

    /** The request in flight will not be answered: the end of the connection. */
    void broken(ErrorKind kind, String detail);

    /**
     * The target says that it has not processed the request in flight, which can be sent again wherever that is: the end of
     * the connection.
     *
     * @param detail how it says so
     */
    void notProcessed(String detail);

    /** The target closed it, or will answer nothing more on it, while no request was in flight. */
    void closedByTarget();
}
