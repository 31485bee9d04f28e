package io.kubeecho.echo.http;

import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A reply on its way that takes its time or more than one write: each piece of it is made when it is due and when the
 * client has read those before, so that however large it is, no more than a few pieces are in memory.
 */
final class PacedReply {

    /** After so many pieces in a row other connections of the event loop get their turn: 64 KB at most. */
    private static final int PIECES_IN_A_ROW = 4;

    private final Reply reply;
    private final Outlet outlet;
    private final Runnable whenDone;

    private boolean started;
    private boolean headSent;
    private boolean done;
    private boolean awaitsClient;
    private long bodyFrom;
    private int nextPiece;
    private long nextStep;
    private @Nullable Future<?> timer;

    /**
     * @param reply composed, or a cut-off, of which only the delay is kept here
     * @param whenDone is run once, when the last byte has been written or, of a cut-off, when it is time
     */
    PacedReply(Reply reply, Outlet outlet, Runnable whenDone) {
        this.reply = reply;
        this.outlet = outlet;
        this.whenDone = whenDone;
    }

    Reply reply() {
        return reply;
    }

    /** Begins, unless it has; what was answered before must have been written. */
    void start() {
        if (!started) {
            started = true;
            after(delay());
        }
    }

    /** Until when this waits of its own accord, of {@link System#nanoTime()}. */
    long nextStep() {
        return nextStep;
    }

    /** The client can be written to again. */
    void writable() {
        if (awaitsClient) {
            awaitsClient = false;
            after(0);
        }
    }

    /** Stops for good: the connection is gone. */
    void cancel() {
        done = true;
        if (timer != null) {
            timer.cancel(false);
        }
    }

    private long delay() {
        return reply instanceof Reply.Composed composed
                ? composed.delay()
                : reply instanceof Reply.CutOff cutOff ? cutOff.delay() : 0;
    }

    private void after(long nanos) {
        nextStep = System.nanoTime() + nanos;
        if (nanos <= 0) {
            outlet.later(this::step);
            return;
        }
        timer = outlet.eventLoop().schedule(() -> outlet.step(this::step), nanos, TimeUnit.NANOSECONDS);
    }

    private void step() {
        if (done) {
            return;
        }
        if (!(reply instanceof Reply.Composed composed)) {
            finish();
            return;
        }
        if (!headSent) {
            headSent = true;
            bodyFrom = System.nanoTime();
            outlet.begin(composed);
        }
        int pieces = composed.pieces();
        for (int inARow = 0; nextPiece < pieces; inARow++) {
            long early = bodyFrom + composed.due(nextPiece) - System.nanoTime();
            if (early > 0) {
                outlet.flush();
                after(early);
                return;
            }
            if (!outlet.isWritable()) {
                nextStep = System.nanoTime();
                awaitsClient = true; // before the flush, which may be what makes it writable
                outlet.flush();
                return;
            }
            if (inARow == PIECES_IN_A_ROW) {
                after(0);
                return;
            }
            outlet.piece(composed, nextPiece++);
            outlet.flush();
        }
        outlet.end(composed);
        outlet.flush();
        finish();
    }

    private void finish() {
        done = true;
        whenDone.run();
    }
}
