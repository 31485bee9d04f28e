package io.kubeecho.dial;

import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
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

/**
 * {@code POST /dial} on the management port of an echo pod: takes a {@link DialPlan} as JSON and answers with the attempts,
 * timed in this pod. An answer that takes long begins with line feeds, which JSON allows, so that nobody on the way takes
 * the connection for dead. 403 for a wrong token, 400 for a bad plan, a target outside the allowed networks or a source address
 * that is not this pod's.
 */
public final class DialEndpoint implements Handler<HttpServerRequest> {

    public static final String PATH = "/dial";
    public static final String TOKEN_HEADER = "Kube-Echo-Dial-Token";

    /** What one plan may ask for: enough for every scenario, and no use as a weapon. */
    private static final int MOST_CONNECTIONS = 20_000;

    private static final int MOST_SEQUENCES = 1_000;
    private static final Duration LONGEST = Duration.ofMinutes(30);

    /** Well within a minute, after which many a proxy and load balancer gives up a silent connection. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);

    private final Vertx vertx;
    private final Dialer dialer;
    private final DialAccess access;
    private final Duration signOfLife;

    public DialEndpoint(Vertx vertx, DialAccess access) {
        this(vertx, access, SIGN_OF_LIFE);
    }

    /** @param signOfLife how long an answer is silent at most, at least a millisecond */
    DialEndpoint(Vertx vertx, DialAccess access, Duration signOfLife) {
        this.vertx = vertx;
        this.dialer = new Dialer(vertx, Optional.empty());
        this.access = access;
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
            request.body()
                    .map(body -> DialJson.readPlan(body.toString(StandardCharsets.UTF_8)))
                    .compose(plan -> withSignsOfLife(request, dial(plan)))
                    .onSuccess(attempts -> request.response().end(attempts))
                    .onFailure(e -> fail(request, e));
        }
    }

    private Future<String> withSignsOfLife(HttpServerRequest request, Future<String> attempts) {
        HttpServerResponse response = request.response();
        response.putHeader("Content-Type", "application/json");
        // a plan must not be sent twice, so none may be lost on a connection that the idle timeout closes as it is used
        // again; HTTP/2 says so by GOAWAY and forbids this header (RFC 9113, 8.2.2)
        if (request.version() != HttpVersion.HTTP_2) {
            response.putHeader("Connection", "close");
        }
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

    private static void fail(HttpServerRequest request, Throwable why) {
        if (request.response().headWritten()) {
            // the status has been sent, so that an answer cut short has to say it
            request.connection().close();
        } else {
            answer(request, why instanceof IllegalArgumentException ? 400 : 500, String.valueOf(why.getMessage()));
        }
    }

    private Future<String> dial(DialPlan plan) {
        requireWithinCaps(plan);
        plan.sequences().stream()
                .map(DialPlan.Sequence::host)
                .filter(host -> !access.allows(host))
                .findFirst()
                .ifPresent(host -> {
                    throw new IllegalArgumentException("'" + host + "' is no address of the allowed networks");
                });
        plan.source().filter(source -> !isOwnAddress(source)).ifPresent(source -> {
            throw new IllegalArgumentException("the source '" + source + "' is no address of this machine");
        });
        return dialer.dial(plan).map(DialJson::write);
    }

    /** Asked before anything is dialled: otherwise every connection would fail for the same mistake. */
    private static boolean isOwnAddress(String source) {
        byte[] address = NetUtil.createByteArrayFromIpAddressString(source);
        if (address == null) {
            return false;
        }
        // binding knows more than a list of addresses: all of 127.0.0.0/8 is this machine's
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(address))) {
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
}
