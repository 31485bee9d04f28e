package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.log.LogText;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * nginx's {@code main} format: {@code $remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent
 * "$http_referer" "$http_user_agent" "$http_x_forwarded_for"}.
 */
final class NginxLogLine implements LogLine {

    private static final byte[] BEFORE_USER = ByteSink.ascii(" - ");
    private static final byte[] BEFORE_TIME = ByteSink.ascii(" [");
    private static final byte[] BEFORE_REQUEST = ByteSink.ascii("] \"");
    private static final byte[] AFTER_REQUEST = ByteSink.ascii("\" ");
    private static final byte[] BETWEEN_TEXTS = ByteSink.ascii("\" \"");
    private static final byte[] END = ByteSink.ascii("\"\n");
    private static final byte[] BASIC = ByteSink.ascii("basic ");

    private final ByteSink lines;
    private final LoopClock clock;

    NginxLogLine(ByteSink lines, LoopClock clock) {
        this.lines = lines;
        this.clock = clock;
    }

    @Override
    public void append(Caller caller, RequestHead head, int limit, int status, int bodyBytes, LogTiming timing) {
        lines.append(caller.clientAddress()).append(BEFORE_USER);
        appendUser(head);
        lines.append(BEFORE_TIME).append(clock.logTime()).append(BEFORE_REQUEST);
        LogText.append(lines, head.bytes(), head.at(0), LogLine.lineEnd(head, limit));
        lines.append(AFTER_REQUEST).appendDecimal(status).append(' ').appendDecimal(bodyBytes);
        lines.append(' ').append('"');
        appendText(head, head.referer());
        lines.append(BETWEEN_TEXTS);
        appendText(head, head.userAgent());
        lines.append(BETWEEN_TEXTS);
        appendForwardedFor(head);
        lines.append(END);
    }

    private void appendText(RequestHead head, Span text) {
        if (text.isPresent()) {
            LogText.append(lines, head.bytes(), head.at(text.from()), head.at(text.to()));
        } else {
            lines.append('-');
        }
    }

    private void appendForwardedFor(RequestHead head) {
        if (head.forwardedForFields() == 0) {
            lines.append('-');
            return;
        }
        for (int i = 0; i < head.forwardedForFields(); i++) {
            if (i > 0) {
                lines.append(',').append(' ');
            }
            appendText(head, head.forwardedFor(i));
        }
    }

    /** The user of an {@code Authorization: Basic}, which nobody has checked. */
    private void appendUser(RequestHead head) {
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
