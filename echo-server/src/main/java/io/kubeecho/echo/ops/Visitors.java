package io.kubeecho.echo.ops;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connections of the management port, with how long each has been at what it does. For any thread.
 *
 * <p>A connection <em>waits</em> until the head of a request is complete, whatever comes meanwhile: a byte now and then, or
 * empty lines, prolong nothing. It <em>sends</em> until the body is complete. Then it is <em>answered</em>, for as long as
 * the endpoint takes.
 */
final class Visitors {

    /** In bytes; more than any endpoint takes. */
    static final long LARGEST_BODY = 2 << 20;

    private final int most;
    private final Patience patience;
    private final ManagementTraffic traffic;
    /** Guarded by this; in the order of their opening. */
    private final Map<HttpConnection, Visit> visits = new LinkedHashMap<>();

    /**
     * How long a connection may be at something, in nanoseconds.
     *
     * @param first until its first request
     * @param next from an answer until the next request
     * @param body from a head until its body is complete
     */
    record Patience(long first, long next, long body) {}

    /** @param most connections at once */
    Visitors(int most, Patience patience, ManagementTraffic traffic) {
        this.most = most;
        this.patience = patience;
        this.traffic = traffic;
    }

    /**
     * Takes a new connection. Where there are too many, the one that has waited longest goes, so that a probe, which sends
     * its request at once, always finds room; the new one goes only if all others are being answered.
     */
    void came(HttpConnection connection, long now) {
        connection.closeHandler(closed -> left(connection));
        HttpConnection victim = null;
        synchronized (this) {
            if (visits.size() >= most) {
                victim = longestIdle(now).orElse(connection);
                visits.remove(victim);
            }
            if (victim != connection) {
                visits.put(connection, new Visit(now));
            }
        }
        if (victim != null) {
            traffic.countCrowded();
            victim.close();
        }
    }

    /** The head of a request is complete. */
    synchronized void asked(HttpServerRequest request, long now) {
        Visit visit = visits.get(request.connection());
        if (visit != null) {
            visit.since = now;
            visit.request = request;
            visit.first = false;
        }
    }

    /** An answer has been given. */
    synchronized void answered(HttpServerRequest request, long now) {
        Visit visit = visits.get(request.connection());
        if (visit != null && request.equals(visit.request)) {
            visit.since = now;
            visit.answered = request.isEnded() ? null : request;
            visit.request = null;
        }
    }

    /** Closes those that have taken too long. */
    void lookAround(long now) {
        List<HttpConnection> late = new ArrayList<>();
        synchronized (this) {
            visits.forEach((connection, visit) -> {
                if (visit.isLate(now)) {
                    late.add(connection);
                }
            });
            late.forEach(visits::remove);
        }
        for (HttpConnection connection : late) {
            traffic.countLate();
            connection.close();
        }
    }

    private synchronized void left(HttpConnection connection) {
        visits.remove(connection);
    }

    private Optional<HttpConnection> longestIdle(long now) {
        return visits.entrySet().stream()
                .filter(entry -> !entry.getValue().isBeingAnswered())
                .max((a, b) -> Long.compare(now - a.getValue().since, now - b.getValue().since))
                .map(Map.Entry::getKey);
    }

    private final class Visit {
        private long since;
        private boolean first = true;
        private @Nullable HttpServerRequest request;
        /** A request that was answered before its body was complete. */
        private @Nullable HttpServerRequest answered;

        Visit(long since) {
            this.since = since;
        }

        boolean isBeingAnswered() {
            return request != null && request.isEnded();
        }

        boolean isLate(long now) {
            HttpServerRequest latest = request == null ? answered : request;
            if (latest != null && !latest.isEnded()) {
                return latest.bytesRead() > LARGEST_BODY || now - since > patience.body();
            }
            return !isBeingAnswered() && now - since > (first ? patience.first() : patience.next());
        }
    }
}
