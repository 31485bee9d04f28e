package io.kubeecho.dial;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * {@code POST /dial} on the management port of an echo pod: takes a {@link DialPlan} as JSON and answers with the attempts,
 * timed in this pod. An answer that takes long begins with line feeds, which JSON allows, so that nobody on the way takes
 * the connection for dead. 403 for a wrong token, 413 for a plan that is too large, 400 for a bad one, a target outside the allowed networks
 * or a source address that is not this pod's, 503 while as many plans as may be are under way. Whoever leaves before the
 * answer ends the plan.
 */
public final class DialEndpoint implements Handler<HttpServerRequest> {

    public static final String PATH = "/dial";
    public static final String TOKEN_HEADER = "Kube-Echo-Dial-Token";

    /** In bytes: the largest plan within the caps below, with names, has some 500 KiB. */
    static final int LARGEST_PLAN = 1 << 20;

    /** What one plan may ask for: enough for every scenario, and no use as a weapon. */
    private static final int MOST_CONNECTIONS = 20_000;

    private static final int MOST_SEQUENCES = 1_000;
    private static final Duration LONGEST = Duration.ofMinutes(30);

    /** At once, on one pod. */
    static final int MOST_PLANS = 32;

    /** In bytes, of the plans and the answers of all: 20,000 lines of 400. */
    static final long MOST_KEPT = 8 << 20;

    /** Beyond what a plan takes with every timeout, after which something is wrong with this pod. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    /** Well within a minute, after which many a proxy and load balancer gives up a silent connection. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);

    private final Vertx vertx;
    private final Dialer dialer;
    private final DialAccess access;
    private final Duration signOfLife;
    private final Room room;
    private final Consumer<Throwable> faults;
    private final AtomicInteger underWay = new AtomicInteger();

    /**
     * An endpoint for one pod.
     *
     * @param room for plans and answers, of which it takes at most {@value #MOST_KEPT} bytes
     * @param faults is told what went wrong by no fault of the caller's, who gets a 500
     */
    public DialEndpoint(Vertx vertx, DialAccess access, Room room, Consumer<Throwable> faults) {
        this(vertx, access, room, faults, SIGN_OF_LIFE);
    }

    /** @param signOfLife how long an answer is silent at most, at least a millisecond */
    DialEndpoint(Vertx vertx, DialAccess access, Room room, Consumer<Throwable> faults, Duration signOfLife) {
        this.vertx = vertx;
        this.room = new Part(room, MOST_KEPT);
        this.dialer = new Dialer(vertx, Optional.empty(), this.room);
        this.access = access;
        this.faults = faults;
        this.signOfLife = signOfLife;
    }

    @Override
    public void handle(HttpServerRequest request) {
        String token = request.getHeader(TOKEN_HEADER);
        if (!HttpMethod.POST.equals(request.method())) {
            answer(request, 405, "dialling is a POST");
        } else if (token == null || !access.admits(token)) {
            answer(request, 403, "the header " + TOKEN_HEADER + " does not hold this pod's token");
        } else {
            body(request)
                    .map(body -> allowed(DialJson.readPlan(body.toString(StandardCharsets.UTF_8))))
                    .compose(plan -> withSignsOfLife(request, dial(request, plan)))
                    .onSuccess(attempts -> request.response().end(attempts))
                    .onFailure(e -> fail(request, e));
        }
    }

    private Future<Buffer> body(HttpServerRequest request) {
        Promise<Buffer> whole = Promise.promise();
        Buffer body = Buffer.buffer();
        AtomicLong taken = new AtomicLong();
        request.exceptionHandler(whole::tryFail);
        request.handler(piece -> {
            if (whole.future().isComplete()) {
                return;
            }
            if (body.length() + piece.length() > LARGEST_PLAN) {
                whole.tryFail(new Refused(413, "a plan has at most " + LARGEST_PLAN + " bytes"));
            } else if (!room.take(piece.length())) {
                whole.tryFail(new Refused(503, "there is no room for another plan on this pod"));
            } else {
                taken.addAndGet(piece.length());
                body.appendBuffer(piece);
            }
        });
        request.endHandler(end -> whole.tryComplete(body));
        return whole.future().onComplete(read -> room.release(taken.get()));
    }

    private Future<String> withSignsOfLife(HttpServerRequest request, Future<String> attempts) {
        HttpServerResponse response = request.response();
        response.putHeader("Content-Type", "application/json");
        // a plan must not be sent twice, so none may be lost on a connection that the idle timeout closes as it is used
        // again
        sayLast(request);
        long timer = vertx.setPeriodic(signOfLife.toMillis(), id -> {
            if (!response.headWritten()) {
                response.setChunked(true);
            }
            if (!response.closed()) {
                response.write("\n");
            }
        });
        return attempts.onComplete(done -> vertx.cancelTimer(timer));
    }

    /** HTTP/2, which whoever uses this endpoint may have let in, has no such field (RFC 9113 section 8.2.2). */
    private static void sayLast(HttpServerRequest request) {
        if (request.version() != HttpVersion.HTTP_2) {
            request.response().putHeader("Connection", "close");
        }
    }

    private void fail(HttpServerRequest request, Throwable why) {
        if (request.response().closed()) {
            // the client has left, and nobody is there to be told
        } else if (request.response().headWritten()) {
            // the status has been sent, so that an answer cut short has to say it
            request.connection().close();
        } else if (why instanceof Refused refused) {
            sayLast(request);
            answer(request, refused.status, String.valueOf(refused.getMessage()));
        } else if (why instanceof IllegalArgumentException) {
            answer(request, 400, String.valueOf(why.getMessage()));
        } else {
            faults.accept(why);
            answer(request, 500, "this pod could not carry out the plan, and says why on its standard error");
        }
    }

    private Future<String> dial(HttpServerRequest request, DialPlan plan) {
        if (underWay.incrementAndGet() > MOST_PLANS) {
            underWay.decrementAndGet();
            return Future.failedFuture(
                    new Refused(503, MOST_PLANS + " plans are under way on this pod, and no more may be"));
        }
        Promise<Void> givenUp = Promise.promise();
        request.response().closeHandler(left -> givenUp.tryComplete());
        request.response().exceptionHandler(left -> givenUp.tryComplete());
        long deadline = vertx.setTimer(plan.longest().plus(GRACE).toMillis(), id -> givenUp.tryComplete());
        return dialer.dial(plan, givenUp.future()).map(DialJson::write).onComplete(done -> {
            underWay.decrementAndGet();
            vertx.cancelTimer(deadline);
        });
    }

    private DialPlan allowed(DialPlan plan) {
        requireWithinCaps(plan);
        for (int i = 0; i < plan.sequences().size(); i++) {
            String host = plan.sequences().get(i).host();
            String place = "sequences[" + i + "].host";
            if (host.indexOf('%') >= 0) {
                throw new IllegalArgumentException(
                        place + " has a zone, which means something on one machine only: write the address without it");
            }
            if (DialAccess.address(host) == null) {
                throw new IllegalArgumentException(place + " is no IP address, and no resolver is asked for names");
            }
            if (!access.allows(host)) {
                throw new IllegalArgumentException(place + ": '" + host + "' is no address of the allowed networks");
            }
        }
        plan.source().filter(source -> !isOwnAddress(source)).ifPresent(source -> {
            throw new IllegalArgumentException(
                    "the source " + (DialAccess.address(source) == null ? "" : "'" + source + "' ")
                            + "is no address of this machine");
        });
        return plan;
    }

    /** Asked before anything is dialled: otherwise every connection would fail for the same mistake. */
    private static boolean isOwnAddress(String source) {
        InetAddress address = source.indexOf('%') >= 0 ? null : DialAccess.address(source);
        if (address == null) {
            return false;
        }
        // binding knows more than a list of addresses: all of 127.0.0.0/8 is this machine's
        try (ServerSocket socket = new ServerSocket(0, 1, address)) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    private static void requireWithinCaps(DialPlan plan) {
        if (plan.sequences().size() > MOST_SEQUENCES || plan.connections() > MOST_CONNECTIONS) {
            throw new IllegalArgumentException("a plan has at most %d sequences and %d connections, this one %d and %d"
                    .formatted(
                            MOST_SEQUENCES, MOST_CONNECTIONS, plan.sequences().size(), plan.connections()));
        }
        if (plan.longest().compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("a plan takes at most %s, with every wait and timeout; this one %s"
                    .formatted(LONGEST, plan.longest()));
        }
    }

    private static void answer(HttpServerRequest request, int status, String text) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "text/plain; charset=utf-8")
                .putHeader("X-Content-Type-Options", "nosniff")
                .end(text + "\n");
    }

    /** Room of which no more than a part is taken. */
    private static final class Part implements Room {
        private final Room whole;
        private final long most;
        private final AtomicLong taken = new AtomicLong();

        Part(Room whole, long most) {
            this.whole = whole;
            this.most = most;
        }

        @Override
        public boolean take(long bytes) {
            boolean isMine = taken.addAndGet(bytes) <= most;
            if (isMine && whole.take(bytes)) {
                return true;
            }
            taken.addAndGet(-bytes);
            return false;
        }

        @Override
        public void release(long bytes) {
            taken.addAndGet(-bytes);
            whole.release(bytes);
        }
    }

    /** A plan that is not carried out, with the status that says so. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final int status;

        Refused(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }
    }
}
