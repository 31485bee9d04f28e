package io.kubeecho.echo.line;

import java.util.concurrent.atomic.LongAdder;

/** What the TCP echo has done since it was opened. For any thread. */
public final class TcpTraffic {

    private final LongAdder accepted = new LongAdder();
    private final LongAdder closed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder lines = new LongAdder();

    void countAccepted() {
        accepted.increment();
    }

    void countClosed() {
        closed.increment();
    }

    void countRefused() {
        refused.increment();
    }

    void countLine() {
        lines.increment();
    }

    /** Connections accepted. */
    public long connectionsAccepted() {
        return accepted.sum();
    }

    /** Connections open. */
    public long connectionsOpen() {
        long closedBefore = closed.sum();
        return accepted.sum() - closedBefore;
    }

    /** Connections closed at once, because as many as may be were open. */
    public long connectionsRefused() {
        return refused.sum();
    }

    /** Lines sent, with the first one of each connection. */
    public long lines() {
        return lines.sum();
    }
}
