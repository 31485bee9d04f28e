package io.kubeecho.echo.http;

import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/** A connection as its event loop watches over it: the last handler of its channel. */
abstract class OpenConnection extends ChannelInboundHandlerAdapter implements Caller {

    /** Neighbours in the list of {@link EchoLoop}. */
    @Nullable
    OpenConnection previous;

    @Nullable
    OpenConnection next;

    /** When {@link #expire()} is due, of {@link System#nanoTime()}. */
    abstract long deadline();

    /** Ends a connection, or what is slow in it, that has been slow for too long. */
    abstract void expire();

    /** Ends the connection once what is in flight has been answered: at once when it waits for a request. */
    abstract void drain();

    /** Ends it at once. */
    abstract void close();
}
