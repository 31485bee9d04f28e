package io.kubeecho.echo.http;

import java.util.stream.LongStream;

/** The limits of connections in nanoseconds, as {@link System#nanoTime()} counts. */
record Timeouts(long keepAlive, long head, long bodyIdle, long bodyTotal, long send, int requests) {

    static Timeouts of(ConnectionLimits limits) {
        return new Timeouts(
                limits.keepAlive().toNanos(),
                limits.head().toNanos(),
                limits.bodyIdle().toNanos(),
                limits.bodyTotal().toNanos(),
                limits.send().toNanos(),
                limits.requests());
    }

    long shortest() {
        return LongStream.of(keepAlive, head, bodyIdle, bodyTotal, send).min().orElseThrow();
    }
}
