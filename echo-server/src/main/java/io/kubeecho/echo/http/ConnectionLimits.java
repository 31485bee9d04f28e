package io.kubeecho.echo.http;

import java.time.Duration;

/**
 * When a connection is ended for its own slowness or age. The defaults are nginx 1.22's.
 *
 * @param keepAlive how long a connection may wait for its next request; nginx's {@code keepalive_timeout}
 * @param head how long the head of a request may take from its first byte (of a new connection: from its opening);
 *     nginx's {@code client_header_timeout}
 * @param bodyIdle how long the rest of a body may pause; nginx's {@code lingering_timeout}, since the answer is sent
 *     before
 * @param bodyTotal how long the rest of a body may take altogether; nginx's {@code lingering_time}
 * @param send how long an answer may wait for a client that does not read; nginx's {@code send_timeout}
 * @param requests how many requests a connection may carry, at least 1; nginx's {@code keepalive_requests}
 * @param connections how many may be open at once, at least 1; further ones are closed as soon as they are accepted, as
 *     nginx does beyond {@code worker_connections}
 */
public record ConnectionLimits(
        Duration keepAlive,
        Duration head,
        Duration bodyIdle,
        Duration bodyTotal,
        Duration send,
        int requests,
        int connections) {

    public ConnectionLimits {
        requirePositive("keep-alive timeout", keepAlive);
        requirePositive("head timeout", head);
        requirePositive("body idle timeout", bodyIdle);
        requirePositive("body timeout", bodyTotal);
        requirePositive("send timeout", send);
        if (connections < 1) {
            throw new IllegalArgumentException("connections must be at least 1, not " + connections);
        }
        if (requests < 1) {
            throw new IllegalArgumentException("requests per connection must be at least 1, not " + requests);
        }
    }

    public static ConnectionLimits defaults() {
        return new ConnectionLimits(
                Duration.ofSeconds(75),
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofSeconds(60),
                1000,
                10_000);
    }

    public ConnectionLimits withKeepAlive(Duration timeout) {
        return new ConnectionLimits(timeout, head, bodyIdle, bodyTotal, send, requests, connections);
    }

    public ConnectionLimits withHead(Duration timeout) {
        return new ConnectionLimits(keepAlive, timeout, bodyIdle, bodyTotal, send, requests, connections);
    }

    public ConnectionLimits withBody(Duration idle, Duration total) {
        return new ConnectionLimits(keepAlive, head, idle, total, send, requests, connections);
    }

    public ConnectionLimits withSend(Duration timeout) {
        return new ConnectionLimits(keepAlive, head, bodyIdle, bodyTotal, timeout, requests, connections);
    }

    public ConnectionLimits withConnections(int count) {
        return new ConnectionLimits(keepAlive, head, bodyIdle, bodyTotal, send, requests, count);
    }

    public ConnectionLimits withRequests(int count) {
        return new ConnectionLimits(keepAlive, head, bodyIdle, bodyTotal, send, count, connections);
    }

    private static void requirePositive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("the " + name + " must be more than zero, but is " + value);
        }
    }
}
