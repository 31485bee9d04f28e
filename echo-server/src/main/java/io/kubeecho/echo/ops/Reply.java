package io.kubeecho.echo.ops;

import io.kubeecho.echo.log.LogText;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.function.Supplier;

/**
 * What an endpoint of the management port answers.
 *
 * @param status of HTTP
 * @param contentType such as {@code text/plain; charset=utf-8}
 * @param body ASCII
 */
public record Reply(int status, String contentType, String body) {

    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
    private static final int LONGEST_LINE = 10_000;

    /** One line of text, given without its line end; what of it is not printable ASCII is escaped. */
    public static Reply text(int status, String line) {
        return new Reply(status, PLAIN_TEXT, LogText.printable(line, LONGEST_LINE) + "\n");
    }

    /** An endpoint that is read and takes no other method than GET and HEAD. */
    public static Handler<HttpServerRequest> toGet(Supplier<Reply> reply) {
        return request -> {
            if (isRead(request)) {
                reply.get().send(request);
            } else {
                notAllowed("GET, HEAD", request);
            }
        };
    }

    /** Whether the method is GET or HEAD. */
    static boolean isRead(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    /**
     * Answers 405.
     *
     * @param allowed the methods it takes, such as {@code GET, HEAD}
     */
    static void notAllowed(String allowed, HttpServerRequest request) {
        request.response().putHeader("Allow", allowed);
        text(405, "405 only " + allowed.replace(", ", " and ")).send(request);
    }

    /** Sends it as the answer to a request. */
    public void send(HttpServerRequest request) {
        HttpServerResponse response = request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", contentType)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Cache-Control", "no-store");
        if (request.method().equals(HttpMethod.HEAD)) {
            response.putHeader("Content-Length", String.valueOf(body.length())).end();
        } else {
            response.end(body);
        }
    }
}
