package io.kubeecho.echo.http;

import java.util.concurrent.atomic.AtomicInteger;

/** How many connections may be open at once on a port, whichever event loop has them. */
public final class ConnectionCap {

    private final int most;
    private final AtomicInteger open = new AtomicInteger();

    /** @param most at least 1 */
    public ConnectionCap(int most) {
        this.most = most;
    }

    /** Takes the place of one connection, if there is one; who has taken it gives it back by {@link #leave()}. */
    public boolean enter() {
        if (open.incrementAndGet() <= most) {
            return true;
        }
        open.decrementAndGet();
        return false;
    }

    /** Gives a place back. */
    public void leave() {
        open.decrementAndGet();
    }
}
