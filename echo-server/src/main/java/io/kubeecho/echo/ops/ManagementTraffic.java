package io.kubeecho.echo.ops;

import java.util.concurrent.atomic.LongAdder;

/** What the management port has done to keep itself free for probes. For any thread. */
public final class ManagementTraffic {

    private final LongAdder late = new LongAdder();
    private final LongAdder crowded = new LongAdder();

    void countLate() {
        late.increment();
    }

    void countCrowded() {
        crowded.increment();
    }

    /** Connections closed since a request, its body or the reading of its answer took too long, or was too large. */
    public long late() {
        return late.sum();
    }

    /** Connections closed to make room for others. */
    public long crowded() {
        return crowded.sum();
    }
}
