package io.kubeecho.dial;

import java.util.Locale;
import java.util.Set;

/** What may be a header field of a request that a plan asks for. */
final class RequestField {

    /** They say where a request ends (RFC 9112 section 6), and those of a plan have no body. */
    private static final Set<String> FRAMING = Set.of("content-length", "transfer-encoding");

    private RequestField() {}

    /** @throws IllegalArgumentException if it would not be one field, and nothing else */
    static void require(String name, String value) {
        if (name.isEmpty() || !name.chars().allMatch(RequestField::isToken)) {
            throw new IllegalArgumentException(
                    "headers: a name has letters, digits and the like, and no spaces (RFC 9110 section 5.6.2)");
        }
        if (!value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff))) {
            throw new IllegalArgumentException(
                    "headers: the value of " + name + " has a character that no header field may have");
        }
        if (FRAMING.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "headers: " + name + " would break the framing of the request, which has no body");
        }
    }

    private static boolean isToken(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }
}
