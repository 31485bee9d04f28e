package io.kubeecho.echo.http;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the header fields of a request (RFC 9112 section 5), as nginx does: a name alone is a field with an empty value,
 * a field whose name has other characters than letters, digits and hyphens is read over, and spaces before the colon,
 * folded lines and NUL are refused.
 */
final class FieldReader {

    /** Instead of an index. */
    static final int REFUSED = -1;

    private static final int FIELD_FIRST = 0;
    private static final int NAME = 1;
    private static final int VALUE_FIRST = 2;
    private static final int VALUE = 3;
    private static final int FIELD_LF = 4;
    private static final int END_LF = 5;
    private static final int COMPLETE = 6;

    /** Of fields that are not read over; in the nginx of Debian 12, which has it from nginx 1.29's {@code max_headers}. */
    private static final int MAX_FIELDS = 1000;

    private final RequestHead head;
    private @Nullable Refusal refusal;
    private int state;
    private int fields;
    private int nameFrom;
    private int nameTo;
    private int valueFrom;
    private int valueTo;
    private boolean nameIgnored;

    FieldReader(RequestHead head) {
        this.head = head;
    }

    void reset() {
        refusal = null;
        state = FIELD_FIRST;
        fields = 0;
    }

    /** Whether the empty line behind the last field has been read. */
    boolean complete() {
        return state == COMPLETE;
    }

    /** Whether the next byte begins a field, or the empty line. */
    boolean atLineStart() {
        return state == FIELD_FIRST;
    }

    Refusal refusal() {
        return Objects.requireNonNull(refusal, "nothing was refused");
    }

    private int refuse(Refusal why) {
        refusal = why;
        return REFUSED;
    }

    /** Reads to the end of a field at the most, and returns the index after what it read, or {@link #REFUSED}. */
    int read(byte[] bytes, int base, int from, int to) {
        int p = from;
        while (p < to) {
            byte c = bytes[p++];
            switch (state) {
                case FIELD_FIRST -> {
                    if (c == '\r') {
                        state = END_LF;
                    } else if (c == '\n') {
                        state = COMPLETE;
                        return p;
                    } else if (NameByte.KINDS[c & 0xff] == NameByte.FORBIDDEN || c == ':') {
                        return refuse(Refusal.FIELD);
                    } else {
                        nameFrom = p - 1 - base;
                        nameIgnored = false;
                        state = NAME;
                        p--;
                    }
                }
                case NAME -> {
                    p = readName(bytes, base, p - 1, to);
                    if (p == REFUSED) {
                        return p;
                    }
                    if (state == FIELD_FIRST) {
                        return endField(p);
                    }
                }
                case VALUE_FIRST -> {
                    if (c != ' ') {
                        valueFrom = p - 1 - base;
                        state = VALUE;
                        p--;
                    }
                }
                case VALUE -> {
                    int end = p - 1;
                    while (end < to && !isValueEnd(bytes[end])) {
                        end++;
                    }
                    if (end == to) {
                        return to;
                    }
                    p = end + 1;
                    if (bytes[end] == 0) {
                        return refuse(Refusal.FIELD);
                    }
                    valueTo = trimmed(bytes, base + valueFrom, end) - base;
                    if (bytes[end] == '\n') {
                        return endField(p);
                    }
                    state = FIELD_LF;
                }
                case FIELD_LF -> {
                    if (c == '\n') {
                        return endField(p);
                    }
                    if (c != '\r') {
                        return refuse(Refusal.FIELD);
                    }
                }
                case END_LF -> {
                    if (c != '\n') {
                        return refuse(Refusal.FIELD);
                    }
                    state = COMPLETE;
                    return p;
                }
                default -> throw new IllegalStateException("no such state in a header field: " + state);
            }
        }
        return p;
    }

    private int readName(byte[] bytes, int base, int from, int to) {
        int p = from;
        while (p < to) {
            byte c = bytes[p++];
            switch (NameByte.KINDS[c & 0xff]) {
                case NameByte.PLAIN -> {}
                case NameByte.IGNORED -> nameIgnored = true;
                case NameByte.COLON -> {
                    nameTo = p - 1 - base;
                    state = VALUE_FIRST;
                    return p;
                }
                default -> {
                    if (c != '\r' && c != '\n') {
                        return refuse(Refusal.FIELD);
                    }
                    // a name alone is a field with an empty value
                    nameTo = p - 1 - base;
                    valueFrom = nameTo;
                    valueTo = nameTo;
                    state = c == '\r' ? FIELD_LF : FIELD_FIRST;
                    return p;
                }
            }
        }
        return p;
    }

    private int endField(int p) {
        state = FIELD_FIRST;
        if (!nameIgnored) {
            if (++fields > MAX_FIELDS) {
                return refuse(Refusal.TOO_MANY_FIELDS);
            }
            Refusal fieldRefusal = head.takeField(nameFrom, nameTo, valueFrom, valueTo);
            if (fieldRefusal != null) {
                return refuse(fieldRefusal);
            }
        }
        return p;
    }

    private static int trimmed(byte[] bytes, int from, int to) {
        int end = to;
        while (end > from && bytes[end - 1] == ' ') {
            end--;
        }
        return end;
    }

    private static boolean isValueEnd(byte c) {
        return c <= '\r' && c >= 0 && (c == '\r' || c == '\n' || c == 0);
    }
}
