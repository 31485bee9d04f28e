package io.kubeecho.echo.http;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of a request, byte by byte and in as many pieces as it comes, by the rules of nginx 1.22 where those
 * differ from RFC 9112: HTTP/0.9 is understood, a bare LF ends a line, header names with other characters than letters,
 * digits and hyphens are read over, folded lines and spaces before the colon are refused.
 *
 * <p>A refusal comes with the first byte that cannot be part of a request, not at the end of the line: a client that
 * speaks TLS to this port learns so at once.
 */
final class RequestReader {

    /** How far a call of {@link #read} has come. */
    enum Progress {
        /** The head is not complete; call again with more bytes behind the same ones. */
        MORE,
        /** {@link #head()} is complete and sound, and {@link #consumed()} bytes were its. */
        COMPLETE,
        /** See {@link #refusal()}. What follows in the connection cannot be understood. */
        REFUSED
    }

    // the states of the request line
    private static final int METHOD = 0;
    private static final int BEFORE_TARGET = 1;
    private static final int SCHEME = 2;
    private static final int SCHEME_SLASH = 3;
    private static final int SCHEME_SLASH_SLASH = 4;
    private static final int URI_HOST_FIRST = 5;
    private static final int URI_HOST = 6;
    private static final int URI_HOST_LITERAL = 7;
    private static final int AFTER_URI_HOST = 8;
    private static final int URI_PORT = 9;
    private static final int PATH = 10;
    private static final int QUERY = 11;
    private static final int AFTER_TARGET = 12;
    private static final int PROTOCOL = 13;
    private static final int MAJOR_FIRST = 14;
    private static final int MAJOR = 15;
    private static final int MINOR_FIRST = 16;
    private static final int MINOR = 17;
    private static final int AFTER_VERSION = 18;
    private static final int LINE_LF = 19;
    private static final int HTTP_09_LF = 20;
    // the states of the header fields
    private static final int FIELD_FIRST = 21;
    private static final int NAME = 22;
    private static final int VALUE_FIRST = 23;
    private static final int VALUE = 24;
    private static final int FIELD_LF = 25;
    private static final int END_LF = 26;

    private static final int COMPLETE = 27;

    private static final byte[] PROTOCOL_NAME = {'H', 'T', 'T', 'P', '/'};
    /** nginx reads minor versions of three digits. */
    private static final int MAX_MINOR_BEFORE_ANOTHER_DIGIT = 99;

    /** Instead of an index. */
    private static final int REFUSED = -1;

    private final RequestHead head = new RequestHead();
    private final HeadRoom room = new HeadRoom();
    private @Nullable Refusal refusal;

    private int state;
    /** The next byte to look at, the first one of this line, and the end of the head: offsets, as in the head. */
    private int next;

    private int lineFrom;

    private int protocolMatched;
    private int minor;
    private boolean pathToBeChecked;

    private int nameFrom;
    private int nameTo;
    private int valueFrom;
    private int valueTo;
    private boolean nameIgnored;

    /** The first index in {@code bytes[from .. to)} that is no line end: empty lines may precede a request. */
    static int skipEmptyLines(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && (bytes[at] == '\r' || bytes[at] == '\n')) {
            at++;
        }
        return at;
    }

    RequestHead head() {
        return head;
    }

    /** Why it refused. */
    Refusal refusal() {
        return Objects.requireNonNull(refusal, "nothing was refused");
    }

    /** How many bytes have been looked at; of a complete head, its length. */
    int consumed() {
        return next;
    }

    /** Whether part of a head has been read. */
    boolean begun() {
        return next > 0;
    }

    /** Makes ready for the next request. */
    void reset() {
        head.reset();
        room.reset();
        refusal = null;
        state = METHOD;
        next = 0;
        lineFrom = 0;
        pathToBeChecked = false;
    }

    /**
     * Reads on.
     *
     * @param bytes the head is at {@code bytes[base]} and goes on to {@code bytes[limit - 1]} at the most; what was
     *     read before is still there, though perhaps in another array
     */
    Progress read(byte[] bytes, int base, int limit) {
        head.isAt(bytes, base);
        int p = base + next;
        while (true) {
            int bound = Math.min(limit, base + lineFrom + room.forNextLine());
            p = state < FIELD_FIRST ? readRequestLine(bytes, base, p, bound) : readField(bytes, base, p, bound);
            if (p == REFUSED) {
                return Progress.REFUSED;
            }
            next = p - base;
            if (state == COMPLETE) {
                refusal = head.version == RequestHead.HTTP_09 ? null : head.complete();
                return refusal == null ? Progress.COMPLETE : Progress.REFUSED;
            }
            if (next - lineFrom >= room.forNextLine()) {
                refusal = state < FIELD_FIRST ? Refusal.LINE_TOO_LONG : Refusal.HEAD_TOO_LARGE;
                return Progress.REFUSED;
            }
            if (p == limit) {
                return Progress.MORE;
            }
        }
    }

    private int refuse(Refusal why) {
        refusal = why;
        return REFUSED;
    }

    /** Reads within the request line, and returns the index after what it read, or {@link #REFUSED}. */
    private int readRequestLine(byte[] bytes, int base, int from, int to) {
        int p = from;
        while (p < to) {
            byte c = bytes[p++];
            switch (state) {
                case METHOD -> {
                    if (c == ' ' && p - base > 1) {
                        head.method = Method.of(bytes, base, p - 1);
                        state = BEFORE_TARGET;
                    } else if (!isMethodCharacter(c)) {
                        return refuse(Refusal.METHOD);
                    }
                }
                case BEFORE_TARGET -> {
                    if (c == '/') {
                        head.targetFrom = p - 1 - base;
                        state = PATH;
                    } else if (isLetter(c)) {
                        state = SCHEME;
                    } else if (c != ' ') {
                        return refuse(Refusal.TARGET);
                    }
                }
                case SCHEME -> {
                    if (c == ':') {
                        state = SCHEME_SLASH;
                    } else if (!isLetter(c) && !isDigit(c) && c != '+' && c != '-' && c != '.') {
                        return refuse(Refusal.TARGET);
                    }
                }
                case SCHEME_SLASH, SCHEME_SLASH_SLASH -> {
                    if (c != '/') {
                        return refuse(Refusal.TARGET);
                    }
                    state = state == SCHEME_SLASH ? SCHEME_SLASH_SLASH : URI_HOST_FIRST;
                }
                case URI_HOST_FIRST -> {
                    head.uriHostFrom = p - 1 - base;
                    if (c == '[') {
                        state = URI_HOST_LITERAL;
                    } else {
                        state = URI_HOST;
                        p--;
                    }
                }
                case URI_HOST -> {
                    if (!isLetter(c) && !isDigit(c) && c != '.' && c != '-') {
                        head.uriHostTo = p - 1 - base;
                        state = AFTER_URI_HOST;
                        p--;
                    }
                }
                case URI_HOST_LITERAL -> {
                    if (c == ']') {
                        head.uriHostTo = p - base;
                        state = AFTER_URI_HOST;
                    } else if (!isInLiteral(c)) {
                        return refuse(Refusal.TARGET);
                    }
                }
                case AFTER_URI_HOST, URI_PORT -> {
                    if (c == ':' && state == AFTER_URI_HOST) {
                        state = URI_PORT;
                    } else if (!(isDigit(c) && state == URI_PORT) && !endAuthority(c, p - 1 - base)) {
                        return refuse(Refusal.TARGET);
                    }
                }
                case PATH, QUERY -> {
                    p = readTarget(bytes, base, p - 1, to);
                    if (p == REFUSED) {
                        return refuse(Refusal.TARGET);
                    }
                    if (state == COMPLETE) {
                        return endHttp09(p, base);
                    }
                }
                case AFTER_TARGET -> {
                    switch (c) {
                        case ' ' -> {}
                        case '\r' -> endLine(p, base, HTTP_09_LF);
                        case '\n' -> {
                            endLine(p, base, COMPLETE);
                            return endHttp09(p, base);
                        }
                        case 'H' -> {
                            protocolMatched = 1;
                            state = PROTOCOL;
                        }
                        default -> {
                            return refuse(Refusal.REQUEST_LINE);
                        }
                    }
                }
                case PROTOCOL -> {
                    if (c != PROTOCOL_NAME[protocolMatched++]) {
                        return refuse(Refusal.REQUEST_LINE);
                    }
                    if (protocolMatched == PROTOCOL_NAME.length) {
                        state = MAJOR_FIRST;
                    }
                }
                case MAJOR_FIRST -> {
                    if (c < '1' || c > '9') {
                        return refuse(Refusal.REQUEST_LINE);
                    }
                    if (c > '1') {
                        return refuse(Refusal.VERSION);
                    }
                    state = MAJOR;
                }
                case MAJOR -> {
                    if (c == '.') {
                        state = MINOR_FIRST;
                    } else {
                        // a second digit makes it 10 at the least
                        return refuse(isDigit(c) ? Refusal.VERSION : Refusal.REQUEST_LINE);
                    }
                }
                case MINOR_FIRST -> {
                    if (!isDigit(c)) {
                        return refuse(Refusal.REQUEST_LINE);
                    }
                    minor = c - '0';
                    state = MINOR;
                }
                case MINOR, AFTER_VERSION -> {
                    if (c == '\r') {
                        endLine(p, base, LINE_LF);
                    } else if (c == '\n') {
                        endLine(p, base, FIELD_FIRST);
                        return endVersioned(p, base);
                    } else if (c == ' ') {
                        state = AFTER_VERSION;
                    } else if (isDigit(c) && state == MINOR && minor <= MAX_MINOR_BEFORE_ANOTHER_DIGIT) {
                        minor = minor * 10 + (c - '0');
                    } else {
                        return refuse(Refusal.REQUEST_LINE);
                    }
                }
                case LINE_LF -> {
                    return c == '\n' ? endVersioned(p, base) : refuse(Refusal.REQUEST_LINE);
                }
                case HTTP_09_LF -> {
                    return c == '\n' ? endHttp09(p, base) : refuse(Refusal.REQUEST_LINE);
                }
                default -> throw new IllegalStateException("no such state in a request line: " + state);
            }
        }
        return p;
    }

    /** Reads on in the path or the query, up to the byte after the one that ends it. */
    private int readTarget(byte[] bytes, int base, int from, int to) {
        int p = from;
        while (p < to) {
            byte c = bytes[p++];
            switch (TargetByte.KINDS[c & 0xff]) {
                case TargetByte.PLAIN -> {}
                case TargetByte.NEEDS_CHECK -> pathToBeChecked |= state == PATH;
                case TargetByte.ENDS_PATH -> state = QUERY;
                case TargetByte.SPACE -> {
                    head.targetTo = p - 1 - base;
                    state = AFTER_TARGET;
                    return p;
                }
                case TargetByte.CR -> {
                    head.targetTo = p - 1 - base;
                    endLine(p, base, HTTP_09_LF);
                    return p;
                }
                case TargetByte.LF -> {
                    head.targetTo = p - 1 - base;
                    endLine(p, base, COMPLETE);
                    return p;
                }
                default -> {
                    return REFUSED;
                }
            }
        }
        return p;
    }

    /** The byte after a URI's host or port: whether it may be, and what comes then. */
    private boolean endAuthority(byte c, int offset) {
        switch (c) {
            case '/' -> {
                head.targetFrom = offset;
                state = PATH;
            }
            case '?' -> {
                head.targetFrom = offset;
                state = QUERY;
            }
            case ' ' -> {
                head.targetIsRoot = true;
                state = AFTER_TARGET;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void endLine(int p, int base, int newState) {
        head.lineEnd = p - 1 - base;
        state = newState;
    }

    private int endVersioned(int p, int base) {
        head.version = RequestHead.HTTP_10 + minor;
        state = FIELD_FIRST;
        return endRequestLine(p, base);
    }

    private int endHttp09(int p, int base) {
        head.version = RequestHead.HTTP_09;
        state = COMPLETE;
        if (head.method != Method.GET) {
            return refuse(Refusal.METHOD_OF_HTTP_09);
        }
        return endRequestLine(p, base);
    }

    private int endRequestLine(int p, int base) {
        if (pathToBeChecked && !PathRule.resolves(head.bytes(), head.at(head.targetFrom), head.at(head.targetTo))) {
            return refuse(Refusal.PATH);
        }
        Refusal hostRefusal = head.takeUriHost();
        if (hostRefusal != null) {
            return refuse(hostRefusal);
        }
        takeLine(p, base);
        return p;
    }

    private void takeLine(int p, int base) {
        int end = p - base;
        room.take(end - lineFrom);
        lineFrom = end;
    }

    /** Reads within a header field, and returns the index after what it read, or {@link #REFUSED}. */
    private int readField(byte[] bytes, int base, int from, int to) {
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
                        return endField(p, base);
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
                        return endField(p, base);
                    }
                    state = FIELD_LF;
                }
                case FIELD_LF -> {
                    if (c == '\n') {
                        return endField(p, base);
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

    private int endField(int p, int base) {
        state = FIELD_FIRST;
        if (!nameIgnored) {
            Refusal fieldRefusal = head.takeField(nameFrom, nameTo, valueFrom, valueTo);
            if (fieldRefusal != null) {
                return refuse(fieldRefusal);
            }
        }
        takeLine(p, base);
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

    private static boolean isMethodCharacter(byte c) {
        return (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
    }

    private static boolean isLetter(byte c) {
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'z';
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    /** The characters of an IP literal, of RFC 3986 section 3.2.2 and its IPvFuture. */
    private static boolean isInLiteral(byte c) {
        return isLetter(c) || isDigit(c) || ":-._~!$&'()*+,;=".indexOf(c) >= 0;
    }
}
