package io.kubeecho.echo.http;

import io.netty.channel.EventLoop;

/** Where a reply that takes its time is written to, piece by piece. */
interface Outlet {

    EventLoop eventLoop();

    /** Does a part of the reply on the event loop; what that throws ends the connection. */
    void step(Runnable work);

    /** Does the same when other connections have had their turn. */
    void later(Runnable work);

    /** Whether the client reads so fast that another piece can be made. */
    boolean isWritable();

    /** Writes what comes before the body. */
    void begin(Reply.Composed reply);

    /** Writes a piece of the body. */
    void piece(Reply.Composed reply, int piece);

    /** Writes what comes behind the body. */
    void end(Reply.Composed reply);

    /** Sends what was written. */
    void flush();
}
