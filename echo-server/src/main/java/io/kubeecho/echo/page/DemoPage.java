package io.kubeecho.echo.page;

import io.kubeecho.echo.log.LogText;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * {@code /demo} on the management port: the page, its script and style, {@code /demo/events} with what happens (Server-Sent
 * Events) and {@code POST /demo/controls} for pause and interval.
 *
 * <p>Whoever reaches the port may watch and use the controls, whose worst is a connection to each target every
 * {@link Command#SHORTEST_INTERVAL}. Targets come from a setting only, and of an answer only the pod's name and the address
 * it saw are passed on.
 */
public final class DemoPage {

    /** The page; everything else is below it. */
    public static final String PATH = "/demo";

    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
    private static final int LARGEST_COMMAND = 1024;
    private static final int LONGEST_TEXT = 300;

    /** A viewer that is behind by more than this is sent away; its browser comes back and is shown how things stand. */
    private static final int MOST_QUEUED_BYTES = 1024 * 1024;

    /** Nothing but what this port serves, no frame around it, and no script in the page itself. */
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final Show show;

    /**
     * Makes no connection before somebody watches.
     *
     * @param client the name of this pod, for the audience
     * @param targets at least one
     */
    public DemoPage(Vertx vertx, String client, List<Target> targets) {
        show = new Show(vertx, client, targets);
    }

    /** What answers on the management port, by its path. */
    public Map<String, Handler<HttpServerRequest>> endpoints() {
        return Map.of(
                PATH,
                part("text/html; charset=utf-8", "demo.html"),
                PATH + "/demo.css",
                part("text/css; charset=utf-8", "demo.css"),
                PATH + "/demo.js",
                part("text/javascript; charset=utf-8", "demo.js"),
                PATH + "/icon.svg",
                part("image/svg+xml", "icon.svg"),
                PATH + "/events",
                this::events,
                PATH + "/controls",
                this::control);
    }

    private static Handler<HttpServerRequest> part(String contentType, String resource) {
        Buffer content = read(resource);
        return request -> {
            if (!isRead(request)) {
                notAllowed(request, "GET, HEAD");
                return;
            }
            HttpServerResponse response = safe(request).putHeader("Content-Type", contentType);
            if (request.method().equals(HttpMethod.HEAD)) {
                response.putHeader("Content-Length", String.valueOf(content.length()))
                        .end();
            } else {
                response.end(content);
            }
        };
    }

    private void events(HttpServerRequest request) {
        if (!isRead(request)) {
            notAllowed(request, "GET, HEAD");
            return;
        }
        if (fromAnotherSite(request)) {
            answer(request, 403, "403 the page can be used from its own address only");
            return;
        }
        if (request.method().equals(HttpMethod.HEAD)) {
            safe(request).putHeader("Content-Type", "text/event-stream").end();
            return;
        }
        HttpServerResponse response = request.response();
        response.setWriteQueueMaxSize(MOST_QUEUED_BYTES);
        Show.Viewer viewer = event -> {
            if (response.writeQueueFull()) {
                response.reset();
            } else if (!response.closed()) {
                response.write(text(event));
            }
        };
        response.closeHandler(closed -> show.leave(viewer));
        show.enter(viewer, admitted -> {
            if (admitted) {
                safe(request).setChunked(true).putHeader("Content-Type", "text/event-stream");
            } else {
                response.putHeader("Retry-After", "5");
                answer(request, 503, "503 there are " + Show.MOST_VIEWERS + " viewers already");
            }
        });
    }

    private static String text(Show.Event event) {
        // JSON has no line feed in it, so it is one line of data
        return event.name().isEmpty()
                ? ": still here\n\n"
                : "event: " + event.name() + "\ndata: " + event.data().encode() + "\n\n";
    }

    private void control(HttpServerRequest request) {
        String type = Objects.requireNonNullElse(request.getHeader("Content-Type"), "");
        if (!request.method().equals(HttpMethod.POST)) {
            notAllowed(request, "POST");
        } else if (fromAnotherSite(request)) {
            answer(request, 403, "403 the page can be used from its own address only");
        } else if (!type.equals("application/json")) {
            // a page of another site could send any other type without being asked for permission
            answer(request, 415, "415 a command is application/json");
        } else {
            Buffer body = Buffer.buffer();
            request.handler(piece -> {
                if (body.length() <= LARGEST_COMMAND) {
                    body.appendBuffer(piece);
                }
            });
            request.endHandler(end -> obey(request, body));
        }
    }

    private void obey(HttpServerRequest request, Buffer body) {
        if (body.length() > LARGEST_COMMAND) {
            answer(request, 413, "413 a command has at most " + LARGEST_COMMAND + " bytes");
            return;
        }
        try {
            show.obey(Command.read(body.toString(StandardCharsets.UTF_8), show.targets()));
            safe(request).setStatusCode(204).end();
        } catch (IllegalArgumentException e) {
            answer(request, 400, "400 " + e.getMessage());
        }
    }

    /** Browsers say it by themselves, and no page can change it; programs that are no browser do not say it. */
    private static boolean fromAnotherSite(HttpServerRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        return site != null && !Set.of("same-origin", "none").contains(site);
    }

    private static boolean isRead(HttpServerRequest request) {
        return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
    }

    private static void notAllowed(HttpServerRequest request, String allowed) {
        request.response().putHeader("Allow", allowed);
        answer(request, 405, "405 only " + allowed);
    }

    private static HttpServerResponse safe(HttpServerRequest request) {
        return request.response()
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("X-Content-Type-Options", "nosniff")
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("Cross-Origin-Resource-Policy", "same-origin")
                .putHeader("Cache-Control", "no-store");
    }

    private static void answer(HttpServerRequest request, int status, String text) {
        safe(request)
                .setStatusCode(status)
                .putHeader("Content-Type", PLAIN_TEXT)
                .end(request.method().equals(HttpMethod.HEAD) ? "" : LogText.printable(text, LONGEST_TEXT) + "\n");
    }

    private static Buffer read(String name) {
        try (InputStream resource = DemoPage.class.getResourceAsStream(name)) {
            return Buffer.buffer(Objects.requireNonNull(resource, name).readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
