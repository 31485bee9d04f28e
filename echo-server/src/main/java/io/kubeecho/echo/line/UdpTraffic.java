package io.kubeecho.echo.line;

import java.util.concurrent.atomic.LongAdder;

/** What the UDP echo has done since it was opened. For any thread. */
public final class UdpTraffic {

    private final LongAdder answered = new LongAdder();
    private final LongAdder fromLowPorts = new LongAdder();
    private final LongAdder looped = new LongAdder();
    private final LongAdder tooMany = new LongAdder();
    private final LongAdder failed = new LongAdder();

    void countAnswered() {
        answered.increment();
    }

    void countFromLowPort() {
        fromLowPorts.increment();
    }

    void countLooped() {
        looped.increment();
    }

    void countTooMany() {
        tooMany.increment();
    }

    void countFailed() {
        failed.increment();
    }

    /** Datagrams that were answered. */
    public long answered() {
        return answered.sum();
    }

    /** Datagrams that were dropped because their source port is below 1024. */
    public long fromLowPorts() {
        return fromLowPorts.sum();
    }

    /** Datagrams that were dropped because they have an answer of an echo server like this one in them. */
    public long looped() {
        return looped.sum();
    }

    /** Datagrams that were dropped because their peer had as many answers as one may have. */
    public long tooMany() {
        return tooMany.sum();
    }

    /** Answers that the kernel would not send. */
    public long failed() {
        return failed.sum();
    }
}
