package io.kubeecho.echo.proxy;

import java.util.concurrent.atomic.LongAdder;

/** How the headers of the PROXY protocol came out. For any thread. */
public final class ProxyTraffic {

    private final LongAdder version1 = new LongAdder();
    private final LongAdder version2 = new LongAdder();
    private final LongAdder local = new LongAdder();
    private final LongAdder malformed = new LongAdder();
    private final LongAdder late = new LongAdder();

    void countAccepted(ProxyHeader header) {
        (header.version() == 1 ? version1 : version2).increment();
        if (header.command() == ProxyHeader.Command.LOCAL) {
            local.increment();
        }
    }

    void countMalformed() {
        malformed.increment();
    }

    void countLate() {
        late.increment();
    }

    /**
     * Headers that were accepted.
     *
     * @param version 1 or 2
     */
    public long accepted(int version) {
        return (version == 1 ? version1 : version2).sum();
    }

    /** Headers of version 2 that were accepted and say {@link ProxyHeader.Command#LOCAL}, as those of health checks. */
    public long local() {
        return local.sum();
    }

    /** Connections that were closed because what they began with is no header of the protocol. */
    public long malformed() {
        return malformed.sum();
    }

    /** Connections that were closed because their header did not come in time. */
    public long late() {
        return late.sum();
    }
}
