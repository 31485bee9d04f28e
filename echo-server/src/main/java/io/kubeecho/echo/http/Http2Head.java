package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The head of a request of HTTP/2 as the lines that it would have in HTTP/1, so that {@link RequestReader} holds both to
 * the same rules. {@code :authority} becomes Host (RFC 9113 section 8.3.1).
 *
 * <p>In HTTP/2 any byte can be anywhere: what would end a line or a part of one is refused here, or a request could be
 * read as another one than was sent (RFC 9113 section 10.3).
 */
final class Http2Head {

    private static final byte[] VERSION = ByteSink.ascii(" HTTP/2.0\r\n");
    private static final byte[] HOST = ByteSink.ascii("host: ");
    private static final byte[] COLON = ByteSink.ascii(": ");
    private static final byte[] END = ByteSink.ascii("\r\n");
    private static final AsciiString CONNECT = AsciiString.cached("CONNECT");
    private static final AsciiString ROOT = AsciiString.cached("/");
    private static final AsciiString HOST_NAME = AsciiString.cached("host");

    private Http2Head() {}

    /**
     * Writes the head, or as much of it as can be.
     *
     * @param out emptied first
     * @return null where it was written whole; or why the request is refused
     */
    static @Nullable Refusal write(ByteSink out, Http2Headers headers) {
        out.clear();
        CharSequence method = headers.method();
        CharSequence path = headers.path();
        CharSequence scheme = headers.scheme();
        if (method != null && path == null && CONNECT.contentEquals(method)) {
            // it has neither path nor scheme (RFC 9113 section 8.5), and is refused by its name
            path = ROOT;
            scheme = ROOT;
        }
        if (method == null || path == null || scheme == null) {
            return Refusal.PSEUDO_FIELDS;
        }
        if (!isToken(method)) {
            return Refusal.METHOD;
        }
        append(out, method);
        out.append(' ');
        if (!isToken(path)) {
            return Refusal.TARGET;
        }
        append(out, path);
        out.append(VERSION);
        CharSequence authority = headers.authority();
        if (authority != null) {
            if (!isFieldValue(authority)) {
                return Refusal.HOST;
            }
            out.append(HOST);
            append(out, authority);
            out.append(END);
        }
        return writeFields(out, headers, authority);
    }

    private static @Nullable Refusal writeFields(ByteSink out, Http2Headers headers, @Nullable CharSequence authority) {
        for (Map.Entry<CharSequence, CharSequence> field : headers) {
            CharSequence name = field.getKey();
            CharSequence value = field.getValue();
            if (Http2Headers.PseudoHeaderName.isPseudoHeader(name)) {
                continue;
            }
            if (authority != null && HOST_NAME.contentEquals(name) && AsciiString.contentEquals(authority, value)) {
                continue; // as gateways send it that were asked over HTTP/1
            }
            if (name.length() == 0
                    || !isToken(name)
                    || AsciiString.indexOf(name, ':', 0) >= 0
                    || !isFieldValue(value)) {
                return Refusal.FIELD;
            }
            append(out, name);
            out.append(COLON);
            append(out, value);
            out.append(END);
        }
        out.append(END);
        return null;
    }

    /** Whether a text can be between two spaces: it has some, but no space and no control character. */
    private static boolean isToken(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c <= ' ' || c == 0x7f) {
                return false;
            }
        }
        return text.length() > 0;
    }

    /** Whether a text can be in one line. */
    private static boolean isFieldValue(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\r' || c == '\n' || c == 0) {
                return false;
            }
        }
        return true;
    }

    private static void append(ByteSink out, CharSequence text) {
        if (text instanceof AsciiString bytes) {
            out.append(bytes.array(), bytes.arrayOffset(), bytes.arrayOffset() + bytes.length());
        } else {
            for (int i = 0; i < text.length(); i++) {
                out.append(text.charAt(i));
            }
        }
    }
}
