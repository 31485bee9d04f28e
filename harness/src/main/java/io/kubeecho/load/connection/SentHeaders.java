package io.kubeecho.load.connection;

import io.kubeecho.output.PlainText;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which methods and headers may be sent: those that leave it to this end where a request ends and whom it is for. */
public final class SentHeaders {

    private static final String TOKEN = "!#$%&'*+-.^_`|~";

    /** Of the connection and not of the request (RFC 9110, 7.6.1), and those that say where a body ends (RFC 9112, 6). */
    private static final Map<String, String> OWN = Map.of(
            "content-length", "it is made of --body",
            "transfer-encoding", "a body is sent whole, with its length",
            "connection", "--connections says how long one is kept",
            "keep-alive", "--connections says how long one is kept",
            "proxy-connection", "--connections says how long one is kept",
            "upgrade", "what came after it would be no HTTP; --http 2 is asked for without",
            "http2-settings", "what came after it would be no HTTP; --http 2 is asked for without",
            "te", "trailers would be read by nobody",
            "trailer", "no trailers are sent");

    private SentHeaders() {}

    /** @throws IllegalArgumentException if it is no method, or one that makes a tunnel; the message says which */
    public static void requireMethod(String name) {
        if (!isToken(name)) {
            throw new IllegalArgumentException("'" + PlainText.inLine(name) + "' is not a method such as GET");
        }
        if (name.equals("CONNECT")) {
            throw new IllegalArgumentException("CONNECT makes a tunnel, and is answered with no HTTP");
        }
    }

    /**
     * @param http2 whether they go over HTTP/2
     * @throws IllegalArgumentException if one of them cannot be sent as it is; the message says which and why
     */
    public static void require(List<Map.Entry<String, String>> headers, boolean http2) {
        Set<String> names = new HashSet<>();
        for (Map.Entry<String, String> header : headers) {
            String name = header.getKey().toLowerCase(Locale.ROOT);
            if (!isToken(name)) {
                throw new IllegalArgumentException(
                        "'" + PlainText.inLine(header.getKey()) + "' is not the name of a header");
            }
            if (!header.getValue().chars().allMatch(SentHeaders::mayStandInValue)) {
                throw new IllegalArgumentException("the header '" + header.getKey() + "' has a character that none can"
                        + " have: '" + PlainText.inLine(header.getValue()) + "'");
            }
            if (OWN.containsKey(name)) {
                throw new IllegalArgumentException(
                        "the header '" + header.getKey() + "' cannot be given: " + OWN.get(name));
            }
            if (name.equals("host") && (http2 || names.contains(name))) {
                throw new IllegalArgumentException(
                        http2
                                ? "the header 'Host' cannot be given over HTTP/2, whose :authority is made of the URL"
                                : "the header 'Host' can be given once only");
            }
            names.add(name);
        }
    }

    /** RFC 9110, 5.6.2. */
    private static boolean isToken(String text) {
        return !text.isEmpty()
                && text.chars()
                        .allMatch(c -> (c >= '0' && c <= '9')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= 'a' && c <= 'z')
                                || TOKEN.indexOf(c) >= 0);
    }

    /** RFC 9110, 5.5; as Latin-1, which is how it is sent. */
    private static boolean mayStandInValue(int c) {
        return c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff);
    }
}
