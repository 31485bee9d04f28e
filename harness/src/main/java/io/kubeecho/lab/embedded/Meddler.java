package io.kubeecho.lab.embedded;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A proxy that does not leave an open connection's requests alone, as some in user space do. It takes every chunk of
 * bytes from the client for one request, which small requests on a loopback interface are.
 */
final class Meddler {

    private final NetSocket inbound;
    private NetSocket outbound;
    private long lastNanos = System.nanoTime();

    Meddler(NetSocket inbound, NetSocket outbound) {
        this.inbound = inbound;
        this.outbound = outbound;
        inbound.closeHandler(closed -> this.outbound.close());
    }

    /** Changes each request on its way. */
    void changing(UnaryOperator<Buffer> request) {
        answerFrom(outbound);
        inbound.handler(bytes -> outbound.write(request.apply(bytes))).resume();
    }

    /** Takes the connection to another endpoint for a request that comes after so long a silence. */
    void moving(Duration idle, Supplier<Future<NetSocket>> elsewhere) {
        answerFrom(outbound);
        inbound.handler(bytes -> {
                    boolean wasIdle = System.nanoTime() - lastNanos > idle.toNanos();
                    lastNanos = System.nanoTime();
                    if (wasIdle) {
                        inbound.pause();
                        elsewhere.get().onSuccess(next -> moveTo(next, bytes)).onFailure(none -> inbound.close());
                    } else {
                        outbound.write(bytes);
                    }
                })
                .resume();
    }

    private void moveTo(NetSocket next, Buffer request) {
        outbound.closeHandler(closed -> {});
        outbound.close();
        outbound = next;
        answerFrom(next);
        next.write(request);
        inbound.resume();
    }

    private void answerFrom(NetSocket endpoint) {
        endpoint.handler(inbound::write);
        endpoint.closeHandler(closed -> inbound.close());
    }

    /** The request with one more header, right after its first line. */
    static Buffer withHeader(Buffer request, String header) {
        String text = request.toString(StandardCharsets.ISO_8859_1);
        int afterFirstLine = text.indexOf("\r\n") + 2;
        return afterFirstLine < 2
                ? request
                : Buffer.buffer()
                        .appendBuffer(request.slice(0, afterFirstLine))
                        .appendString(header + "\r\n")
                        .appendBuffer(request.slice(afterFirstLine, request.length()));
    }
}
