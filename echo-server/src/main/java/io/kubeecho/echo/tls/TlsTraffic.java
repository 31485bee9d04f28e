package io.kubeecho.echo.tls;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How handshakes came out. For any thread. */
public final class TlsTraffic {

    private final LongAdder version13 = new LongAdder();
    private final LongAdder version12 = new LongAdder();
    private final Map<HandshakeFailure, LongAdder> failed;

    public TlsTraffic() {
        Map<HandshakeFailure, LongAdder> counts = new EnumMap<>(HandshakeFailure.class);
        for (HandshakeFailure failure : HandshakeFailure.values()) {
            counts.put(failure, new LongAdder());
        }
        failed = Collections.unmodifiableMap(counts);
    }

    void countDone(String version) {
        (version.equals("TLSv1.3") ? version13 : version12).increment();
    }

    void countFailed(HandshakeFailure failure) {
        count(failure).increment();
    }

    /** Handshakes of TLS 1.3 that were completed. */
    public long done13() {
        return version13.sum();
    }

    /** Handshakes of TLS 1.2 that were completed. */
    public long done12() {
        return version12.sum();
    }

    /** Connections that ended in their handshake. */
    public long failed(HandshakeFailure failure) {
        return count(failure).sum();
    }

    private LongAdder count(HandshakeFailure failure) {
        return java.util.Objects.requireNonNull(failed.get(failure), "every failure has a count");
    }
}
