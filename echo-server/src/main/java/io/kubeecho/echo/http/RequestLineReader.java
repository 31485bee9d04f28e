package io.kubeecho.echo.http;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the first line of a request (RFC 9112 section 3), as nginx does: the target is a path or an absolute URI, the
 * version is 1.x or, for HTTP/0.9, is not there; spaces around the target may be repeated.
 */
final class RequestLineReader {

    /** Instead of an index. */
    static final int REFUSED = -1;

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
    private static final int COMPLETE = 21;

    private static final byte[] PROTOCOL_NAME = {'H', 'T', 'T', 'P', '/'};
    /** nginx reads minor versions of three digits. */
    private static final int MAX_MINOR_BEFORE_ANOTHER_DIGIT = 99;

    private final RequestHead head;
    private final char major;
    private @Nullable Refusal refusal;
    private int state;
    private int protocolMatched;
    private int minor;
    private boolean pathToBeChecked;

    /** @param major the version that it reads, 1; or 2 for a line that {@link Http2Head} has made */
    RequestLineReader(RequestHead head, char major) {
        this.head = head;
        this.major = major;
    }

    void reset() {
        refusal = null;
        state = METHOD;
        pathToBeChecked = false;
    }

    boolean complete() {
        return state == COMPLETE;
    }

    Refusal refusal() {
        return Objects.requireNonNull(refusal, "nothing was refused");
    }

    private int refuse(Refusal why) {
        refusal = why;
        return REFUSED;
    }

    /** Reads within the request line, and returns the index after what it read, or {@link #REFUSED}. */
    int read(byte[] bytes, int base, int from, int to) {
        int p = from;
        while (p < to) {
            byte c = bytes[p++];
            switch (state) {
                case METHOD -> {
                    if (c == ' ' && p - base > 1) {
                        head.method(Method.of(bytes, base, p - 1));
                        state = BEFORE_TARGET;
                    } else if (!isMethodCharacter(c)) {
                        return refuse(Refusal.METHOD);
                    }
                }
                case BEFORE_TARGET -> {
                    if (c == '/') {
                        head.target().begin(p - 1 - base);
                        state = PATH;
                    } else if (isLetter(c) && major == '1') {
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
                    head.uriHost().begin(p - 1 - base);
                    if (c == '[') {
                        state = URI_HOST_LITERAL;
                    } else {
                        state = URI_HOST;
                        p--;
                    }
                }
                case URI_HOST -> {
                    if (!isLetter(c) && !isDigit(c) && c != '.' && c != '-') {
                        head.uriHost().end(p - 1 - base);
                        state = AFTER_URI_HOST;
                        p--;
                    }
                }
                case URI_HOST_LITERAL -> {
                    if (c == ']') {
                        head.uriHost().end(p - base);
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
                        return endHttp09(p);
                    }
                }
                case AFTER_TARGET -> {
                    switch (c) {
                        case ' ' -> {}
                        case '\r' -> endLine(p, base, HTTP_09_LF);
                        case '\n' -> {
                            endLine(p, base, COMPLETE);
                            return endHttp09(p);
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
                    if (c != major) {
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
                        endLine(p, base, COMPLETE);
                        return endVersioned(p);
                    } else if (c == ' ') {
                        state = AFTER_VERSION;
                    } else if (isDigit(c) && state == MINOR && minor <= MAX_MINOR_BEFORE_ANOTHER_DIGIT) {
                        minor = minor * 10 + (c - '0');
                    } else {
                        return refuse(Refusal.REQUEST_LINE);
                    }
                }
                case LINE_LF -> {
                    return c == '\n' ? endVersioned(p) : refuse(Refusal.REQUEST_LINE);
                }
                case HTTP_09_LF -> {
                    return c == '\n' ? endHttp09(p) : refuse(Refusal.REQUEST_LINE);
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
                case TargetByte.ENDS_PATH -> {
                    state = QUERY;
                    head.hasQuery(true);
                }
                case TargetByte.SPACE -> {
                    head.target().end(p - 1 - base);
                    state = AFTER_TARGET;
                    return p;
                }
                case TargetByte.CR -> {
                    head.target().end(p - 1 - base);
                    endLine(p, base, HTTP_09_LF);
                    return p;
                }
                case TargetByte.LF -> {
                    head.target().end(p - 1 - base);
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
                head.target().begin(offset);
                state = PATH;
            }
            case '?' -> {
                head.target().begin(offset);
                head.hasQuery(true);
                state = QUERY;
            }
            case ' ' -> {
                head.targetIsRoot(true);
                state = AFTER_TARGET;
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private void endLine(int p, int base, int newState) {
        head.lineEnd(p - 1 - base);
        state = newState;
    }

    private int endVersioned(int p) {
        head.version((major == '1' ? RequestHead.HTTP_10 : RequestHead.HTTP_20) + minor);
        state = COMPLETE;
        return endRequestLine(p);
    }

    private int endHttp09(int p) {
        head.version(RequestHead.HTTP_09);
        state = COMPLETE;
        if (head.method() != Method.GET) {
            return refuse(Refusal.METHOD_OF_HTTP_09);
        }
        return endRequestLine(p);
    }

    private int endRequestLine(int p) {
        Span target = head.target();
        if (pathToBeChecked && !PathRule.resolves(head.bytes(), head.at(target.from()), head.at(target.to()))) {
            return refuse(Refusal.PATH);
        }
        Refusal hostRefusal = head.takeUriHost();
        if (hostRefusal != null) {
            return refuse(hostRefusal);
        }
        return p;
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
