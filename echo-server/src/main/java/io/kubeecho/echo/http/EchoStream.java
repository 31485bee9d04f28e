package io.kubeecho.echo.http;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Stream;
import org.jspecify.annotations.Nullable;

/** One request of HTTP/2 that is not over: its answer is under way, or its body still comes. */
final class EchoStream implements Outlet {

    private final Http2EchoConnection connection;
    private final Http2Stream stream;
    private final Timeouts timeouts;
    private @Nullable PacedReply paced;
    private @Nullable Reply held;
    private final long began = System.nanoTime();
    private boolean bodyComes;
    private boolean endOwed;
    private long bodyUntil;
    private long bodyDeadline;

    EchoStream(Http2EchoConnection connection, Http2Stream stream, Timeouts timeouts) {
        this.connection = connection;
        this.stream = stream;
        this.timeouts = timeouts;
    }

    /** When it was asked, of {@link System#nanoTime()}. */
    long began() {
        return began;
    }

    int id() {
        return stream.id();
    }

    /** Begins to answer, with a reply that takes its time or has to wait for the client. */
    void reply(Reply reply) {
        PacedReply begun = new PacedReply(reply, this, () -> {
            paced = null;
            connection.keeps(-reply.kept());
            connection.replied(this, reply);
        });
        paced = begun;
        connection.keeps(reply.kept());
        begun.start();
    }

    /**
     * Keeps an answer until the body has come. HTTP/1 is answered at once, and clients listen; but curl 7.88 stops sending
     * a body when the answer to it is complete, and waits for ever.
     */
    void hold(Reply reply) {
        held = reply;
        connection.keeps(reply.kept());
    }

    /** The answer that was kept, if one was. */
    @Nullable
    Reply takeHeld() {
        Reply taken = held;
        held = null;
        if (taken != null) {
            connection.keeps(-taken.kept());
        }
        return taken;
    }

    /** The answer, or more of it, can be written. */
    void writable() {
        if (paced != null) {
            paced.writable();
        }
    }

    /** Says that the body has not ended with what was read at {@code now}. */
    void awaitBody(long now) {
        if (!bodyComes) {
            bodyComes = true;
            bodyUntil = now + timeouts.bodyTotal();
        }
        long idle = now + timeouts.bodyIdle();
        bodyDeadline = idle - bodyUntil < 0 ? idle : bodyUntil;
    }

    /** Whether there is more of the request to come. */
    boolean bodyComes() {
        return bodyComes;
    }

    /** Says that the body has ended, or is no longer waited for; tells whether that ends the answer too. */
    boolean endBody() {
        bodyComes = false;
        boolean owed = endOwed;
        endOwed = false;
        return owed;
    }

    /** Whether the answer, of which nothing more follows, may end its stream; if not, {@link #endBody} tells when. */
    boolean mayEnd() {
        endOwed = bodyComes;
        return !bodyComes;
    }

    /** Whether there is nothing left to do. */
    boolean isOver() {
        return paced == null && !bodyComes;
    }

    /** When the client has been too slow, of {@link System#nanoTime()}; of one that is not over. */
    long deadline() {
        return paced != null ? paced.nextStep() + timeouts.send() : bodyDeadline;
    }

    /** Stops for good: the stream is closed. */
    void cancel() {
        if (paced != null) {
            paced.cancel();
            connection.keeps(-paced.reply().kept());
            paced = null;
        }
        var unused = takeHeld();
    }

    @Override
    public EventLoop eventLoop() {
        return connection.eventLoop();
    }

    @Override
    public void step(Runnable work) {
        connection.step(work);
    }

    @Override
    public void later(Runnable work) {
        connection.later(work);
    }

    @Override
    public boolean isWritable() {
        return connection.isWritable(stream);
    }

    @Override
    public void begin(Reply.Composed reply) {
        connection.writeHead(stream.id(), reply.head(), reply.head().size(), reply.pieces() == 0 && mayEnd());
    }

    @Override
    public void piece(Reply.Composed reply, int piece) {
        connection.writeData(stream.id(), reply, piece, piece == reply.pieces() - 1 && mayEnd());
    }

    @Override
    public void end(Reply.Composed reply) {
        // the last piece had the end with it
    }

    @Override
    public void flush() {
        connection.flush();
    }
}
