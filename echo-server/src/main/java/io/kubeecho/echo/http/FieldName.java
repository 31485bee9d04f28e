package io.kubeecho.echo.http;

import org.jspecify.annotations.Nullable;

/** The header fields that decide something here; every other one is read over. */
enum FieldName {
    HOST("host"),
    EXPECT("expect"),
    REFERER("referer"),
    IF_MATCH("if-match", true),
    IF_RANGE("if-range", true),
    CONNECTION("connection"),
    USER_AGENT("user-agent"),
    AUTHORIZATION("authorization"),
    IF_NONE_MATCH("if-none-match", true),
    CONTENT_RANGE("content-range", true),
    CONTENT_LENGTH("content-length"),
    X_FORWARDED_FOR("x-forwarded-for"),
    TRANSFER_ENCODING("transfer-encoding"),
    IF_MODIFIED_SINCE("if-modified-since", true),
    IF_UNMODIFIED_SINCE("if-unmodified-since", true);

    private static final FieldName[][] BY_LENGTH = byLength();

    private final String lowerCase;
    private final boolean onlyCounted;

    FieldName(String lowerCase) {
        this(lowerCase, false);
    }

    FieldName(String lowerCase, boolean onlyCounted) {
        this.lowerCase = lowerCase;
        this.onlyCounted = onlyCounted;
    }

    /** Whether the value means nothing here, but a second field of this name is refused, as nginx does. */
    boolean onlyCounted() {
        return onlyCounted;
    }

    /**
     * The field of this name in any case, or null for one that decides nothing.
     *
     * @param bytes of which {@code [from .. to)} is a name of letters, digits and hyphens
     */
    static @Nullable FieldName of(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length >= BY_LENGTH.length) {
            return null;
        }
        for (FieldName candidate : BY_LENGTH[length]) {
            if (candidate.is(bytes, from)) {
                return candidate;
            }
        }
        return null;
    }

    private boolean is(byte[] bytes, int from) {
        for (int i = 0; i < lowerCase.length(); i++) {
            // digits and the hyphen have this bit already, and nothing else is in a name
            if ((bytes[from + i] | 0x20) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    private static FieldName[][] byLength() {
        int longest = 0;
        for (FieldName name : values()) {
            longest = Math.max(longest, name.lowerCase.length());
        }
        FieldName[][] table = new FieldName[longest + 1][];
        for (int length = 0; length <= longest; length++) {
            int wanted = length;
            table[length] = java.util.Arrays.stream(values())
                    .filter(name -> name.lowerCase.length() == wanted)
                    .toArray(FieldName[]::new);
        }
        return table;
    }
}
