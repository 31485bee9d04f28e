package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The answers of one batch of requests, one after another in the bytes that go to the socket. Everything that does not
 * change from request to request is kept as bytes.
 */
final class Answers {

    private static final byte[] PREFIX_BEFORE_DATE = ByteSink.ascii("HTTP/1.1 200 OK\r\nServer: kube-echo\r\nDate: ");
    private static final byte[] PREFIX_AFTER_DATE = ByteSink.ascii(
            "\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: ");
    private static final byte[] END = ByteSink.ascii("\r\n\r\n");
    /** HTTP/1.0 has to be told (RFC 9112 appendix C.2.2). */
    private static final byte[] KEEP_ALIVE_END = ByteSink.ascii("\r\nConnection: keep-alive\r\n\r\n");

    private static final byte[] CLOSE_END = ByteSink.ascii("\r\nConnection: close\r\n\r\n");
    private static final byte[] CONTINUE = ByteSink.ascii("HTTP/1.1 100 Continue\r\n\r\n");
    /** A 405 names what would be allowed (RFC 9110 section 15.5.6). */
    private static final byte[] ALLOW = ByteSink.ascii("\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");

    /** In seconds: room is made at once, by those that are slow. */
    private static final byte[] RETRY_AFTER = ByteSink.ascii("\r\nRetry-After: 1");

    private static final byte[] NO_HOST = {'_'};
    private static final byte[] ROOT = {'/'};
    private static final byte[] HOST = ByteSink.ascii("Host=");
    private static final byte[] PATH = ByteSink.ascii("  Path=");
    private static final byte[] FROM = ByteSink.ascii("  From=");
    private static final byte[] CLIENT_IP = ByteSink.ascii("  ClientIP=");
    private static final byte[] FORWARDED_FOR = ByteSink.ascii("  XFF=");
    private static final byte[] BETWEEN_FORWARDED = {',', ' '};

    private final ByteSink out = new ByteSink(4096);
    private byte[] prefix = {};

    /** How many body bytes the last answer had, for the access log. */
    private int bodyBytesSent;

    /** The part of the line between the path and X-Forwarded-For, which is the same throughout a connection. */
    static byte[] middle(String hostname, byte[] clientAddress) {
        ByteSink middle = new ByteSink(64);
        middle.append(FROM)
                .append(hostname.getBytes(StandardCharsets.UTF_8))
                .append(CLIENT_IP)
                .append(clientAddress)
                .append(FORWARDED_FOR);
        return Arrays.copyOf(middle.array(), middle.size());
    }

    void setDate(byte[] httpDate) {
        ByteSink newPrefix = new ByteSink(256);
        newPrefix.append(PREFIX_BEFORE_DATE).append(httpDate).append(PREFIX_AFTER_DATE);
        prefix = Arrays.copyOf(newPrefix.array(), newPrefix.size());
    }

    ByteSink bytes() {
        return out;
    }

    int bodyBytesSent() {
        return bodyBytesSent;
    }

    void addContinue() {
        out.append(CONTINUE);
    }

    /**
     * Adds the echo of a request.
     *
     * @param middle of {@link #middle}
     * @param close whether the connection ends with this answer
     */
    void addEcho(RequestHead head, byte[] middle, boolean close) {
        int hostLength = head.host().isPresent() ? head.host().length() : NO_HOST.length;
        int pathLength = head.targetIsRoot() ? ROOT.length : head.target().length();
        int length = HOST.length + hostLength + PATH.length + pathLength + middle.length + forwardedLength(head) + 1;
        bodyBytesSent = head.method() == Method.HEAD ? 0 : length;
        if (head.version() != RequestHead.HTTP_09) {
            out.append(prefix).appendDecimal(length);
            out.append(end(head, close));
            if (head.method() == Method.HEAD) {
                return;
            }
        }
        addLine(out, head, middle);
    }

    /** Adds the line alone. */
    static void addLine(ByteSink out, RequestHead head, byte[] middle) {
        byte[] bytes = head.bytes();
        out.append(HOST);
        if (head.host().isPresent()) {
            out.appendLowerCase(
                    bytes, head.at(head.host().from()), head.at(head.host().to()));
        } else {
            out.append(NO_HOST);
        }
        out.append(PATH);
        if (head.targetIsRoot()) {
            out.append(ROOT);
        } else {
            out.append(
                    bytes, head.at(head.target().from()), head.at(head.target().to()));
        }
        out.append(middle);
        addForwardedFor(out, head);
        out.append('\n');
    }

    /** Adds an answer that was composed and is sent in one go. */
    void addComposed(Reply.Composed answer) {
        bodyBytesSent = answer.body().length();
        out.append(answer.head());
        for (int piece = 0; piece < answer.pieces(); piece++) {
            answer.appendPiece(out, piece);
        }
        answer.appendEnd(out);
    }

    /** Adds a 304, which has no body (RFC 9110 section 15.4.5). */
    void addNotModified(RequestHead head, byte[] httpDate, boolean close) {
        bodyBytesSent = 0;
        out.append(statusLine(Status.NOT_MODIFIED)).append(httpDate).append(end(head, close));
    }

    /** Adds the refusal of a request, after which the connection ends. */
    void addRefusal(RequestHead head, Refusal refusal, byte[] httpDate) {
        byte[] body = ByteSink.ascii(refusal.line());
        boolean headOnly = head.method() == Method.HEAD;
        bodyBytesSent = headOnly ? 0 : body.length;
        if (head.version() != RequestHead.HTTP_09) {
            Status status = refusal.status();
            out.append(statusLine(status)).append(httpDate);
            if (status == Status.NOT_ALLOWED) {
                out.append(ALLOW);
            } else if (status == Status.UNAVAILABLE) {
                out.append(RETRY_AFTER);
            }
            out.append(PREFIX_AFTER_DATE).appendDecimal(body.length).append(CLOSE_END);
            if (headOnly) {
                return;
            }
        }
        out.append(body);
    }

    /** Every X-Forwarded-For in the order they came, as nginx joins them. */
    static void addForwardedFor(ByteSink out, RequestHead head) {
        byte[] bytes = head.bytes();
        for (int i = 0; i < head.forwardedForFields(); i++) {
            if (i > 0) {
                out.append(BETWEEN_FORWARDED);
            }
            Span field = head.forwardedFor(i);
            out.append(bytes, head.at(field.from()), head.at(field.to()));
        }
    }

    private static byte[] statusLine(Status status) {
        return ByteSink.ascii("HTTP/1.1 " + status.code() + " " + status.reason() + "\r\nServer: kube-echo\r\nDate: ");
    }

    /** What follows the last field of its own, up to the body. */
    static byte[] end(RequestHead head, boolean close) {
        return close ? CLOSE_END : head.version() > RequestHead.HTTP_10 ? END : KEEP_ALIVE_END;
    }

    private static int forwardedLength(RequestHead head) {
        int fields = head.forwardedForFields();
        int length = fields > 1 ? (fields - 1) * BETWEEN_FORWARDED.length : 0;
        for (int i = 0; i < fields; i++) {
            length += head.forwardedFor(i).length();
        }
        return length;
    }
}
