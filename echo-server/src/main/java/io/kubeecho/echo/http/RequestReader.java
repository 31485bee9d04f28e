package io.kubeecho.echo.http;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of a request, in as many pieces as it comes, by the rules of nginx 1.22 where those differ from RFC
 * 9112. A bare LF ends a line, and the sizes of lines and heads are those of {@link HeadRoom}.
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

    private final RequestHead head = new RequestHead();
    private final RequestLineReader requestLine;
    private final FieldReader fields = new FieldReader(head);
    private final HeadRoom room = new HeadRoom();
    private @Nullable Refusal refusal;

    /** The next byte to look at and the first one of its line: offsets, as in the head. */
    private int next;

    private int lineFrom;

    /** Reads what clients of HTTP/1 send. */
    RequestReader() {
        this('1');
    }

    private RequestReader(char major) {
        requestLine = new RequestLineReader(head, major);
    }

    /** Reads what {@link Http2Head} has made of a request of HTTP/2, whose rules are the same. */
    static RequestReader ofHttp2() {
        return new RequestReader('2');
    }

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
        requestLine.reset();
        fields.reset();
        room.reset();
        refusal = null;
        next = 0;
        lineFrom = 0;
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
            boolean inFields = requestLine.complete();
            if (inFields) {
                p = fields.read(bytes, base, p, bound);
                if (p == FieldReader.REFUSED) {
                    return refuse(fields.refusal());
                }
            } else {
                p = requestLine.read(bytes, base, p, bound);
                if (p == RequestLineReader.REFUSED) {
                    return refuse(requestLine.refusal());
                }
            }
            next = p - base;
            if (fields.complete() || head.version() == RequestHead.HTTP_09) {
                return complete();
            }
            if (inFields ? fields.atLineStart() : requestLine.complete()) {
                room.take(next - lineFrom);
                lineFrom = next;
            }
            if (next - lineFrom >= room.forNextLine()) {
                return refuse(requestLine.complete() ? Refusal.HEAD_TOO_LARGE : Refusal.LINE_TOO_LONG);
            }
            if (p == limit) {
                return Progress.MORE;
            }
        }
    }

    private Progress complete() {
        head.end(next);
        Refusal found = head.version() == RequestHead.HTTP_09 ? null : head.complete();
        return found == null ? Progress.COMPLETE : refuse(found);
    }

    private Progress refuse(Refusal why) {
        refusal = why;
        return Progress.REFUSED;
    }
}
