package io.kubeecho.dial;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connections of a {@link DialPlan}, all of a plan's from one source address.
 *
 * <p>Affinity is decided per new connection, and an open one proves nothing (conntrack pins it), so unless a plan wants one
 * held, every connection is opened for one request, closed after it, and reported with its own local port. Vert.x's Web Client would hide which
 * connection an answer came on; {@link HttpClientAgent#connect} shows it.
 */
public final class Dialer {

    private static final String PATH = "/";

    private final Vertx vertx;
    private final Optional<String> source;

    /** @param source the address to connect from where a plan names none; empty leaves the choice to the kernel's routes */
    public Dialer(Vertx vertx, Optional<String> source) {
        this.vertx = vertx;
        this.source = source;
    }

    /**
     * Carries the plan out. The future never fails for what the network did: that is in the observations.
     *
     * @return the attempts, sequence by sequence, each in order
     */
    public Future<List<Dialed>> dial(DialPlan plan) {
        // Vert.x takes source address and connect timeout per client, and a plan has its own
        HttpClientAgent client = vertx.createHttpClient(config(plan));
        List<Future<List<Dialed>>> running = plan.sequences().stream()
                .map(s -> new Row(client, plan, s).run())
                .toList();
        return Future.join(running)
                .map(done -> running.stream().flatMap(f -> f.result().stream()).toList())
                .onComplete(done -> client.close());
    }

    private HttpClientConfig config(DialPlan plan) {
        HttpClientConfig config =
                new HttpClientConfig().setVersions(HttpVersion.HTTP_1_1).setConnectTimeout(plan.connectTimeout());
        plan.source()
                .or(() -> source)
                .ifPresent(
                        address -> config.getTcpConfig().setLocalAddress(SocketAddress.inetSocketAddress(0, address)));
        return config;
    }

    /** One sequence under way. */
    private final class Row {
        private final HttpClientAgent client;
        private final DialPlan plan;
        private final DialPlan.Sequence sequence;
        private final List<Dialed> done = new ArrayList<>();
        private final Promise<List<Dialed>> promise = Promise.promise();
        private @Nullable Established held;

        Row(HttpClientAgent client, DialPlan plan, DialPlan.Sequence sequence) {
            this.client = client;
            this.plan = plan;
            this.sequence = sequence;
        }

        Future<List<Dialed>> run() {
            vertx.getOrCreateContext().runOnContext(v -> next());
            return promise.future();
        }

        private void next() {
            int number = done.size();
            if (number == sequence.waits().size()) {
                if (held != null) {
                    held.connection().close();
                }
                promise.complete(List.copyOf(done));
                return;
            }
            after(sequence.waits().get(number), () -> attempt(number));
        }

        /** Vert.x's timers have a grain of 1 ms and may fire a little early, so what is left is waited for again. */
        private void after(Duration wait, Runnable then) {
            long due = System.nanoTime() + wait.toNanos();
            if (wait.isZero()) {
                then.run();
            } else {
                vertx.setTimer(Math.max(1, wait.toMillis()), id -> untilDue(due, then));
            }
        }

        private void untilDue(long due, Runnable then) {
            if (due - System.nanoTime() > 0) {
                vertx.setTimer(1, id -> untilDue(due, then));
            } else {
                then.run();
            }
        }

        private void attempt(int number) {
            long started = System.nanoTime();
            connection()
                    .compose(
                            this::ask,
                            failure -> Future.succeededFuture(
                                    new Dialed.NotConnected(Failure.of(failure), describe(failure))))
                    .onSuccess(outcome -> {
                        done.add(new Dialed(sequence.entry(), number, started, System.nanoTime(), outcome));
                        next();
                    });
        }

        /** A held connection stays the one it is, also when the peer has closed it: that is for the next request to show. */
        private Future<Established> connection() {
            if (held != null) {
                return Future.succeededFuture(held);
            }
            HttpConnectOptions to = new HttpConnectOptions()
                    .setHost(sequence.host())
                    .setPort(sequence.port())
                    .setSsl(false);
            // what connect throws at once, as for an empty host, is an attempt that failed like any other
            return Future.succeededFuture()
                    .compose(nothing -> client.connect(to))
                    .map(Established::now)
                    .onSuccess(established -> {
                        if (sequence.connections() == DialPlan.Connections.ONE_HELD) {
                            held = established;
                        }
                    });
        }

        private Future<Dialed.Outcome> ask(Established on) {
            String address = on.connection().localAddress().hostAddress();
            int port = on.connection().localAddress().port();
            RequestOptions get = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setHost(sequence.host())
                    .setPort(sequence.port())
                    .setURI(PATH);
            sequence.headers().forEach(get::putHeader);
            return on.request(get)
                    .compose(HttpClientRequest::send)
                    .compose(response -> response.body().<Dialed.Outcome>map(body -> {
                        String text = body.toString(StandardCharsets.UTF_8);
                        return new Dialed.Answered(
                                on.nanos(), address, port, response.statusCode(), withoutLineFeed(text));
                    }))
                    .timeout(plan.answerTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .recover(failure -> Future.succeededFuture(
                            new Dialed.Broken(on.nanos(), address, port, Failure.of(failure), describe(failure))))
                    .onComplete(done -> {
                        if (!on.equals(held)) {
                            on.connection().close();
                        }
                    });
        }
    }

    /**
     * An open connection.
     *
     * @param nanos when its connect event was seen
     * @param closed completed when it was closed, by whom ever
     */
    private record Established(HttpClientConnection connection, long nanos, Promise<Void> closed) {

        static Established now(HttpClientConnection connection) {
            Established established = new Established(connection, System.nanoTime(), Promise.promise());
            connection.closeHandler(v -> established.closed.tryComplete());
            return established;
        }

        /** Vert.x lets a request on a connection that has been closed wait for ever. */
        Future<HttpClientRequest> request(RequestOptions options) {
            return closed.future().isComplete()
                    ? Future.failedFuture(new HttpClosedException("Connection was closed"))
                    : connection.request(options);
        }
    }

    private static String withoutLineFeed(String body) {
        return body.endsWith("\n") ? body.substring(0, body.length() - 1) : body;
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
