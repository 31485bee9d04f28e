package io.kubeecho.echo.control;

import java.util.Locale;
import java.util.Set;

/**
 * A header field to answer with.
 *
 * @param name a token of RFC 9110 section 5.6.2
 * @param value without control characters, one character for each byte
 */
public record ResponseField(String name, String value) {

    private static final int LONGEST = 1024;

    /** They say where an answer ends, what it is and who made it: nobody but this server says that. */
    private static final Set<String> OURS = Set.of(
            "connection",
            "content-encoding",
            "content-length",
            "content-type",
            "date",
            "keep-alive",
            "proxy-connection",
            "server",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "x-content-type-options");

    /** Beside {@code X-…}, what a browser may be told by whoever gets it to follow a link. */
    private static final Set<String> HARMLESS =
            Set.of("age", "cache-control", "etag", "expires", "last-modified", "retry-after", "vary");

    /**
     * The field in {@code Name: value}.
     *
     * @param place it was given at: a link must not set cookies or redirect
     * @throws IllegalArgumentException with what is wrong, to follow the control's name
     */
    static ResponseField of(Asked.Place place, String text) {
        int colon = text.indexOf(':');
        if (colon < 1 || text.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "is not a header field such as X-Name: value of at most " + LONGEST + " bytes");
        }
        String name = text.substring(0, colon);
        String value = withoutBlanksAround(text, colon + 1);
        if (!name.chars().allMatch(ResponseField::isToken) || !value.chars().allMatch(ResponseField::isValue)) {
            throw new IllegalArgumentException("has a character that no header field may have");
        }
        String lower = name.toLowerCase(Locale.ROOT);
        if (OURS.contains(lower)) {
            throw new IllegalArgumentException("sets a field that this server sets itself");
        }
        if (place == Asked.Place.QUERY && !lower.startsWith("x-") && !HARMLESS.contains(lower)) {
            throw new IllegalArgumentException("sets a field that a link must not set; ask for it by the header "
                    + Control.HEADER.as(Asked.Place.HEADER));
        }
        return new ResponseField(name, value);
    }

    /** Not {@code strip}: a line end is not to be dropped but refused. */
    private static String withoutBlanksAround(String text, int from) {
        int start = from;
        int end = text.length();
        while (start < end && isBlank(text.charAt(start))) {
            start++;
        }
        while (end > start && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isToken(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    private static boolean isValue(int c) {
        return c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff);
    }
}
