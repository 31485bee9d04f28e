package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The head of an answer, which is made as the lines of HTTP/1, as the fields of HTTP/2: with their names in lower case, and
 * without those that are about the connection (RFC 9113 section 8.2).
 */
final class Http2Answer {

    private static final Set<AsciiString> OF_THE_CONNECTION = Set.of(
            AsciiString.cached("connection"),
            AsciiString.cached("keep-alive"),
            AsciiString.cached("proxy-connection"),
            AsciiString.cached("transfer-encoding"),
            AsciiString.cached("upgrade"));

    private static final int STATUS_FROM = "HTTP/1.1 ".length();
    private static final int STATUS_TO = STATUS_FROM + 3;

    private Http2Answer() {}

    /** The index after the empty line that ends the head which {@code text} begins with. */
    static int headEnd(ByteSink text) {
        byte[] bytes = text.array();
        int end = 3;
        while (end < text.size()
                && !(bytes[end] == '\n'
                        && bytes[end - 1] == '\r'
                        && bytes[end - 2] == '\n'
                        && bytes[end - 3] == '\r')) {
            end++;
        }
        if (end == text.size()) {
            throw new IllegalStateException("an answer without the end of its head");
        }
        return end + 1;
    }

    /** The fields of the head that ends before {@code to}. */
    static Http2Headers fields(ByteSink text, int to) {
        byte[] bytes = text.array();
        List<AsciiString> namesAndValues = new ArrayList<>(16);
        int from = afterLine(bytes, 0);
        while (from < to - 2) {
            int next = afterLine(bytes, from);
            int colon = from;
            while (bytes[colon] != ':') {
                colon++;
            }
            AsciiString name = new AsciiString(bytes, from, colon - from, true).toLowerCase();
            if (!OF_THE_CONNECTION.contains(name)) {
                int value = colon + 2;
                namesAndValues.add(name);
                namesAndValues.add(new AsciiString(bytes, value, next - 2 - value, true));
            }
            from = next;
        }
        return ReadOnlyHttp2Headers.serverHeaders(
                false,
                new AsciiString(bytes, STATUS_FROM, STATUS_TO - STATUS_FROM, true),
                namesAndValues.toArray(AsciiString[]::new));
    }

    private static int afterLine(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] != '\n') {
            at++;
        }
        return at + 1;
    }
}
