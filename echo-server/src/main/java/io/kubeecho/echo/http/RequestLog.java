package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.log.AccessLog;
import io.kubeecho.echo.log.LogText;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The access log of one event loop, in nginx's {@code main} format: {@code $remote_addr - $remote_user [$time_local]
 * "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent" "$http_x_forwarded_for"}.
 */
final class RequestLog {

    private static final byte[] BEFORE_USER = ByteSink.ascii(" - ");
    private static final byte[] BEFORE_TIME = ByteSink.ascii(" [");
    private static final byte[] BEFORE_REQUEST = ByteSink.ascii("] \"");
    private static final byte[] AFTER_REQUEST = ByteSink.ascii("\" ");
    private static final byte[] BETWEEN_TEXTS = ByteSink.ascii("\" \"");
    private static final byte[] END = ByteSink.ascii("\"\n");
    private static final byte[] BASIC = ByteSink.ascii("basic ");

    private final AccessLog log;
    private final ByteSink lines = new ByteSink(4096);
    private int count;

    RequestLog(AccessLog log) {
        this.log = log;
    }

    /**
     * Adds a line.
     *
     * @param head as far as it was read
     * @param limit the index after the last byte that was received, for a request line that did not end
     * @param bodyBytes how many bytes of a body were sent
     */
    void add(RequestHead head, int limit, byte[] clientAddress, byte[] time, int status, int bodyBytes) {
        byte[] bytes = head.bytes();
        lines.append(clientAddress).append(BEFORE_USER);
        addUser(head);
        lines.append(BEFORE_TIME).append(time).append(BEFORE_REQUEST);
        LogText.append(lines, bytes, head.at(0), lineEnd(head, limit));
        lines.append(AFTER_REQUEST).appendDecimal(status).append(' ').appendDecimal(bodyBytes);
        lines.append(' ').append('"');
        addText(head, head.referer());
        lines.append(BETWEEN_TEXTS);
        addText(head, head.userAgent());
        lines.append(BETWEEN_TEXTS);
        addForwardedFor(head);
        lines.append(END);
        count++;
    }

    /** Hands the lines over to be written. */
    void flush() {
        if (count > 0) {
            log.append(lines, count);
            clear();
        }
    }

    void clear() {
        lines.clear();
        count = 0;
    }

    private static int lineEnd(RequestHead head, int limit) {
        if (head.lineEnd() > 0) {
            return head.at(head.lineEnd());
        }
        byte[] bytes = head.bytes();
        int end = head.at(0);
        while (end < limit && bytes[end] != '\r' && bytes[end] != '\n') {
            end++;
        }
        return end;
    }

    private void addText(RequestHead head, Span text) {
        if (text.isPresent()) {
            LogText.append(lines, head.bytes(), head.at(text.from()), head.at(text.to()));
        } else {
            lines.append('-');
        }
    }

    private void addForwardedFor(RequestHead head) {
        if (head.forwardedForFields() == 0) {
            lines.append('-');
            return;
        }
        for (int i = 0; i < head.forwardedForFields(); i++) {
            if (i > 0) {
                lines.append(',').append(' ');
            }
            addText(head, head.forwardedFor(i));
        }
    }

    /** The user of an {@code Authorization: Basic}, which nobody has checked. */
    private void addUser(RequestHead head) {
        byte[] user = head.authorization().isPresent() ? basicUser(head) : null;
        if (user == null) {
            lines.append('-');
        } else {
            LogText.append(lines, user, 0, user.length);
        }
    }

    private static byte @Nullable [] basicUser(RequestHead head) {
        int from = head.at(head.authorization().from());
        int to = head.at(head.authorization().to());
        byte[] bytes = head.bytes();
        if (to - from <= BASIC.length) {
            return null;
        }
        for (int i = 0; i < BASIC.length; i++) {
            if ((bytes[from + i] | 0x20) != BASIC[i]) {
                return null;
            }
        }
        from += BASIC.length;
        while (from < to && bytes[from] == ' ') {
            from++;
        }
        byte[] credentials;
        try {
            credentials = Base64.getDecoder().decode(Arrays.copyOfRange(bytes, from, to));
        } catch (IllegalArgumentException e) {
            return null;
        }
        for (int i = 1; i < credentials.length; i++) {
            if (credentials[i] == ':') {
                return Arrays.copyOf(credentials, i);
            }
        }
        return null;
    }
}
