package io.kubeecho.dial;

import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connections of a {@link DialPlan}, all of a plan's from one source address.
 *
 * <p>Affinity is decided per new connection, and an open one proves nothing (conntrack pins it), so unless a plan wants one
 * held, every connection is opened for one request, closed after it, and reported with its own local port. Vert.x's Web Client would hide which
 * connection an answer came on; {@link HttpClientAgent#connect} shows it.
 *
 * <p>Each attempt ends, whatever a peer does: it has a timeout for the connection and one for the answer, of which at most
 * {@link #LARGEST_BODY} bytes are taken.
 */
public final class Dialer {

    /** In bytes. An echo's answer has a few hundred; one with all that a head may have, some 33,000. */
    public static final int LARGEST_BODY = 64 << 10;

    private static final String PATH = "/";

    /** Beyond its own timeout, after which a connect that says nothing at all is given up. */
    private static final Duration CONNECT_GRACE = Duration.ofSeconds(1);

    /** As long as a resolver may take for a name, with its retries. */
    private static final Duration RESOLVE_GRACE = Duration.ofSeconds(60);

    private static final int LONGEST_DETAIL = 300;

    private final Vertx vertx;
    private final Optional<String> source;
    private final Room room;
    private final Function<DialPlan.Sequence, Duration> untilArrival;

    /** @param source the address to connect from where a plan names none; empty leaves the choice to the kernel's routes */
    public Dialer(Vertx vertx, Optional<String> source) {
        this(vertx, source, Room.ENDLESS, to -> Duration.ZERO);
    }

    /**
     * Over a network that may lose a SYN, where the one below does not.
     *
     * @param untilArrival how long it takes until the first packet of a new connection arrives: zero where none is lost
     */
    public Dialer(Vertx vertx, Optional<String> source, Function<DialPlan.Sequence, Duration> untilArrival) {
        this(vertx, source, Room.ENDLESS, untilArrival);
    }

    /** @param room for the answers of all plans; beyond it, attempts fail and say so */
    Dialer(Vertx vertx, Optional<String> source, Room room) {
        this(vertx, source, room, to -> Duration.ZERO);
    }

    private Dialer(
            Vertx vertx, Optional<String> source, Room room, Function<DialPlan.Sequence, Duration> untilArrival) {
        this.vertx = vertx;
        this.source = source;
        this.room = room;
        this.untilArrival = untilArrival;
    }

    /**
     * Carries the plan out. The future never fails for what the network did: that is in the observations.
     *
     * @return the attempts, sequence by sequence, each in order
     */
    public Future<List<Dialed>> dial(DialPlan plan) {
        return dial(plan, Promise.<Void>promise().future());
    }

    /**
     * As {@link #dial(DialPlan)}, until somebody wants it no longer.
     *
     * @param givenUp when it completes, connections are closed, no more are made, and what is returned fails with a
     *     {@link CancellationException}
     */
    Future<List<Dialed>> dial(DialPlan plan, Future<Void> givenUp) {
        // Vert.x takes source address and connect timeout per client, and a plan has its own
        HttpClientAgent client = vertx.createHttpClient(config(plan));
        AtomicLong kept = new AtomicLong();
        List<Row> rows = plan.sequences().stream()
                .map(s -> new Row(client, plan, s, kept))
                .toList();
        List<Future<List<Dialed>>> running = rows.stream().map(Row::run).toList();
        givenUp.onComplete(over -> rows.forEach(Row::giveUp));
        return Future.join(running)
                .map(done -> running.stream().flatMap(f -> f.result().stream()).toList())
                .onComplete(done -> {
                    client.close();
                    room.release(kept.get());
                });
    }

    private HttpClientConfig config(DialPlan plan) {
        HttpClientConfig config =
                new HttpClientConfig().setVersions(HttpVersion.HTTP_1_1).setConnectTimeout(plan.connectTimeout());
        plan.source()
                .or(() -> source)
                .map(Dialer::usual)
                .ifPresent(
                        address -> config.getTcpConfig().setLocalAddress(SocketAddress.inetSocketAddress(0, address)));
        return config;
    }

    /** The way to write an address that Vert.x connects to: it does not to {@code ::ffff:192.0.2.1} and {@code [::1]}. */
    private static String usual(String host) {
        InetAddress address = DialAccess.address(host);
        return address == null ? host : NetUtil.toAddressString(address);
    }

    /** One sequence under way. */
    private final class Row {
        private final HttpClientAgent client;
        private final DialPlan plan;
        private final DialPlan.Sequence sequence;
        /** Bytes of answers that are held for this plan. */
        private final AtomicLong kept;

        private final List<Dialed> done = new ArrayList<>();
        private final Promise<List<Dialed>> promise = Promise.promise();
        private @Nullable Established held;
        /** Bytes of the answer that is being read. */
        private long reading;
        /** Of the wait before the next attempt; a plan that was given up is not to be kept in memory by it. */
        private volatile @Nullable Long timer;

        Row(HttpClientAgent client, DialPlan plan, DialPlan.Sequence sequence, AtomicLong kept) {
            this.client = client;
            this.plan = plan;
            this.sequence = sequence;
            this.kept = kept;
        }

        Future<List<Dialed>> run() {
            vertx.getOrCreateContext().runOnContext(v -> next());
            return promise.future();
        }

        void giveUp() {
            promise.tryFail(new CancellationException("the plan was given up"));
            Long waiting = timer;
            if (waiting != null) {
                vertx.cancelTimer(waiting);
            }
        }

        private void next() {
            if (promise.future().isComplete()) {
                return;
            }
            int number = done.size();
            if (number == sequence.waits().size()) {
                if (held != null) {
                    held.connection().close();
                }
                promise.tryComplete(List.copyOf(done));
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
                timer = vertx.setTimer(Math.max(1, wait.toMillis()), id -> untilDue(due, then));
            }
        }

        private void untilDue(long due, Runnable then) {
            if (promise.future().isComplete()) {
                return;
            }
            if (due - System.nanoTime() > 0) {
                timer = vertx.setTimer(1, id -> untilDue(due, then));
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
                    // what is thrown here, for whatever reason, is an attempt that failed: a plan always goes on
                    .otherwise(failure -> new Dialed.NotConnected(Failure.OTHER, describe(failure)))
                    .onComplete(outcome -> {
                        done.add(new Dialed(sequence.entry(), number, started, System.nanoTime(), outcome.result()));
                        next();
                    });
        }

        /** A held connection stays the one it is, also when the peer has closed it: that is for the next request to show. */
        private Future<Established> connection() {
            if (held != null) {
                return Future.succeededFuture(held);
            }
            String host = usual(sequence.host());
            HttpConnectOptions to = new HttpConnectOptions()
                    .setHost(host)
                    .setPort(sequence.port())
                    .setSsl(false);
            Duration grace = DialAccess.address(host) == null ? RESOLVE_GRACE : CONNECT_GRACE;
            // what connect throws at once, as for an empty host, is an attempt that failed like any other
            return arrival()
                    .compose(nothing -> client.connect(to)
                            .timeout(plan.connectTimeout().plus(grace).toMillis(), TimeUnit.MILLISECONDS))
                    .map(Established::now)
                    .onSuccess(established -> {
                        if (sequence.connections() == DialPlan.Connections.ONE_HELD) {
                            held = established;
                        }
                    });
        }

        private Future<Void> arrival() {
            Duration lost = untilArrival.apply(sequence);
            if (lost.isZero()) {
                return Future.succeededFuture();
            }
            boolean inTime = lost.compareTo(plan.connectTimeout()) < 0;
            Promise<Void> arrival = Promise.promise();
            after(inTime ? lost : plan.connectTimeout(), () -> {
                if (inTime) {
                    arrival.complete();
                } else {
                    arrival.fail(new TimeoutException("connection timed out"));
                }
            });
            return arrival.future();
        }

        private Future<Dialed.Outcome> ask(Established on) {
            String address = on.connection().localAddress().hostAddress();
            int port = on.connection().localAddress().port();
            return Future.succeededFuture()
                    .compose(nothing -> on.request(get()))
                    .compose(HttpClientRequest::send)
                    .compose(response -> body(response).<Dialed.Outcome>map(body -> {
                        String text = body.toString(StandardCharsets.UTF_8);
                        return new Dialed.Answered(
                                on.nanos(), address, port, response.statusCode(), withoutLineFeed(text));
                    }))
                    .timeout(plan.answerTimeout().toMillis(), TimeUnit.MILLISECONDS)
                    .recover(failure -> Future.succeededFuture(
                            new Dialed.Broken(on.nanos(), address, port, Failure.of(failure), describe(failure))))
                    .onComplete(outcome -> {
                        if (outcome.result() instanceof Dialed.Broken) {
                            room.release(reading);
                            kept.addAndGet(-reading);
                        }
                        reading = 0;
                        if (!on.equals(held)) {
                            on.connection().close();
                        }
                    });
        }

        private RequestOptions get() {
            RequestOptions get = new RequestOptions()
                    .setMethod(HttpMethod.GET)
                    .setHost(usual(sequence.host()))
                    .setPort(sequence.port())
                    .setURI(PATH);
            sequence.headers().forEach(get::putHeader);
            return get;
        }

        /** As Vert.x's own {@code body()}, which takes whatever comes. */
        private Future<Buffer> body(HttpClientResponse response) {
            Promise<Buffer> whole = Promise.promise();
            Buffer body = Buffer.buffer();
            response.exceptionHandler(whole::tryFail);
            response.handler(piece -> {
                if (whole.future().isComplete()) {
                    response.request().connection().close();
                } else if (body.length() + piece.length() > LARGEST_BODY) {
                    whole.tryFail(new UnkeptAnswerException("the body has more than " + LARGEST_BODY + " bytes"));
                } else if (promise.future().isComplete() || !room.take(piece.length())) {
                    whole.tryFail(new UnkeptAnswerException("there is no room for more answers on this pod"));
                } else {
                    reading += piece.length();
                    kept.addAndGet(piece.length());
                    body.appendBuffer(piece);
                }
            });
            response.endHandler(end -> whole.tryComplete(body));
            return whole.future();
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

    /** An answer that is not taken, since there is too much of it. */
    private static final class UnkeptAnswerException extends Exception {
        private static final long serialVersionUID = 1;

        UnkeptAnswerException(String message) {
            super(message);
        }
    }

    private static String withoutLineFeed(String body) {
        return body.endsWith("\n") ? body.substring(0, body.length() - 1) : body;
    }

    private static String describe(Throwable failure) {
        String message = failure.getMessage();
        String text = failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return text.length() > LONGEST_DETAIL ? text.substring(0, LONGEST_DETAIL) : text;
    }
}
