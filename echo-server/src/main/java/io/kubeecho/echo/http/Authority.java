package io.kubeecho.echo.http;

/**
 * The host of an authority ({@code host[:port]}), by the rules of nginx's {@code $host}: the port is cut off without
 * being looked at, one trailing dot is dropped, and what is between brackets may have colons.
 *
 * <p>Laxer than RFC 3986 section 3.2.2 in which bytes a name may have, and deliberately so: a wrong {@code Host} is
 * what people want to see echoed.
 */
final class Authority {

    /** No host: it is empty, or has two dots in a row, a slash, a space or a control character. */
    static final int INVALID = -1;

    private Authority() {}

    /** Where the host in {@code bytes[from .. to)} ends, which is after {@code from}, or {@link #INVALID}. */
    static int hostEnd(byte[] bytes, int from, int to) {
        boolean bracketed = from < to && bytes[from] == '[';
        int end = INVALID;
        int lastDot = INVALID - 1;
        for (int i = from; i < to; i++) {
            byte c = bytes[i];
            switch (c) {
                case '.' -> {
                    if (lastDot == i - 1) {
                        return INVALID;
                    }
                    lastDot = i;
                }
                case ':' -> {
                    if (!bracketed && end == INVALID) {
                        end = i;
                    }
                }
                case ']' -> {
                    if (bracketed) {
                        bracketed = false;
                        end = i + 1;
                    }
                }
                case '/', 0x7f -> {
                    return INVALID;
                }
                default -> {
                    if ((c & 0xff) <= ' ') {
                        return INVALID;
                    }
                }
            }
        }
        if (end == INVALID) {
            end = to;
        }
        if (lastDot == end - 1) {
            end--;
        }
        return end == from ? INVALID : end;
    }
}
