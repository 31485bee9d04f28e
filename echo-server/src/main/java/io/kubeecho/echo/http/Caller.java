package io.kubeecho.echo.http;

/** Who sent a request, as far as its answer and its line in the log need to know. */
interface Caller {

    /** The address as {@code ClientIP=} has it: the one that a PROXY header names, or else that of the TCP peer. */
    byte[] clientAddress();

    /** Of {@link Answers#middle}. */
    byte[] middle();

    /** What is to be known of the connection and of the request that is being answered. */
    ConnectionFacts facts();

    /** When the batch that is at hand began, of {@link System#nanoTime()}. */
    long batchBegan();
}
