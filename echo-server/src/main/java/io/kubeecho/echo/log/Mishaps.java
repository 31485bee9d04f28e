package io.kubeecho.echo.log;

import java.util.concurrent.atomic.LongAdder;

/** Failures that nobody had foreseen, each of which has ended a connection: counted, and told to the error log. For any thread. */
public final class Mishaps {

    private final LongAdder count = new LongAdder();
    private final ErrorLog errors;

    /** @param errors is told of them */
    public Mishaps(ErrorLog errors) {
        this.errors = errors;
    }

    /** Whether this is, or comes of, a failure of this process, and is not just a connection that ended or broke the rules. */
    public static boolean isOne(Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            if (e instanceof Error || (e == thrown && !(e instanceof java.io.IOException))) {
                return true;
            }
        }
        return false;
    }

    /** Counts one, and tells of it. Throws nothing, whatever the state of the process. */
    public void count(Throwable cause) {
        count.increment();
        try {
            errors.problem("a connection", "it was closed", cause);
        } catch (Throwable outOfMemory) {
            // counted it is
        }
    }

    /** How many there were. */
    public long total() {
        return count.sum();
    }
}
