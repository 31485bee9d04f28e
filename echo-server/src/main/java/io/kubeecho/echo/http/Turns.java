package io.kubeecho.echo.http;

import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * What an event loop still has to do for connections that have had their share of it: a part of it for each of them in
 * turn, and between any two passes no more than there is time for. So who asks for little is answered as soon as all have
 * been read, however much others have asked for.
 */
final class Turns {

    /** How long a connection may go on with what one read has brought. */
    static final long SHARE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    /** How long the turns of a pass may take: about as long as a client waits for them. */
    private static final long PASS_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final EventLoop eventLoop;
    private final Deque<OpenConnection> waiting = new ArrayDeque<>();

    /** For this event loop, and to be used by it alone. */
    Turns(EventLoop eventLoop) {
        this.eventLoop = eventLoop;
    }

    /** Has a connection get a turn, in which it does one part of what is left; it is to wait for none. */
    void await(OpenConnection connection) {
        waiting.add(connection);
        if (waiting.size() == 1) {
            nextPass();
        }
    }

    private void nextPass() {
        try {
            // a task of its own would run in this pass still
            var unused = eventLoop.schedule(this::pass, 0, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException ended) {
            waiting.clear();
        }
    }

    private void pass() {
        long until = System.nanoTime() + PASS_NANOS;
        OpenConnection next = waiting.peek();
        while (next != null && System.nanoTime() - until < 0) {
            boolean hasMore = next.takeTurn();
            waiting.remove();
            if (hasMore) {
                waiting.add(next);
            }
            next = waiting.peek();
        }
        if (next != null) {
            nextPass();
        }
    }
}
