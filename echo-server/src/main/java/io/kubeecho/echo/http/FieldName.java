package io.kubeecho.echo.http;

import io.kubeecho.echo.control.Asked;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The header fields that decide something here; every other one is read over. */
enum FieldName {
    HOST("host", true),
    ACCEPT("accept", false),
    EXPECT("expect", true),
    REFERER("referer", false),
    IF_MATCH("if-match", true),
    IF_RANGE("if-range", true),
    CONNECTION("connection", false),
    USER_AGENT("user-agent", false),
    AUTHORIZATION("authorization", true),
    CONTENT_RANGE("content-range", true),
    IF_NONE_MATCH("if-none-match", true),
    CONTENT_LENGTH("content-length", true),
    X_FORWARDED_FOR("x-forwarded-for", false),
    IF_MODIFIED_SINCE("if-modified-since", true),
    TRANSFER_ENCODING("transfer-encoding", true),
    IF_UNMODIFIED_SINCE("if-unmodified-since", true);

    private static final FieldName[][] BY_LENGTH = byLength();

    private final String lowerCase;
    private final boolean single;

    FieldName(String lowerCase, boolean single) {
        this.lowerCase = lowerCase;
        this.single = single;
    }

    /** Whether it may come once only; nginx refuses a second one even where it does not look at the value. */
    boolean single() {
        return single;
    }

    /** Whether {@code bytes[from .. to)} begins as the names of controls do. */
    static boolean isControl(byte[] bytes, int from, int to) {
        // nearly every name is told by its first letter
        return (bytes[from] | 0x20) == 'k'
                && to - from > Asked.HEADER_PREFIX.length()
                && AsciiText.is(bytes, from, from + Asked.HEADER_PREFIX.length(), Asked.HEADER_PREFIX);
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
            table[length] = Arrays.stream(values())
                    .filter(name -> name.lowerCase.length() == wanted)
                    .toArray(FieldName[]::new);
        }
        return table;
    }
}
