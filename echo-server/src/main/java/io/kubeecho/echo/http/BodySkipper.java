package io.kubeecho.echo.http;

/**
 * Reads over the body of a request, which nobody wants, to find where the next request begins (RFC 9112 sections 6.2
 * and 7.1). A bare LF ends a line here too, and chunk extensions and trailers are read over.
 */
final class BodySkipper {

    /** How far a call of {@link #skip} has come. */
    enum Progress {
        MORE,
        /** The body ended before {@link #end()}. */
        DONE,
        /** These are not chunks. */
        MALFORMED
    }

    private static final int DATA_OF_LENGTH = 0;
    private static final int SIZE_FIRST = 1;
    private static final int SIZE = 2;
    private static final int EXTENSION = 3;
    private static final int SIZE_LF = 4;
    private static final int CHUNK_DATA = 5;
    private static final int AFTER_DATA = 6;
    private static final int AFTER_DATA_LF = 7;
    private static final int TRAILER_FIRST = 8;
    private static final int TRAILER = 9;
    private static final int TRAILER_LF = 10;
    private static final int END_LF = 11;
    private static final int ENDED = 12;
    private static final int NOT_CHUNKED = -1;

    /** Of a chunk, in nginx: beyond it another digit might not fit. */
    private static final long MAX_SIZE = Long.MAX_VALUE / 16;

    private int state;
    private long left;
    private int end;

    /** Makes ready for a body of {@code length} bytes. */
    void beginLength(long length) {
        state = DATA_OF_LENGTH;
        left = length;
    }

    /** Makes ready for a chunked body. */
    void beginChunks() {
        state = SIZE_FIRST;
    }

    /** After {@link Progress#DONE}, the index after the body. */
    int end() {
        return end;
    }

    /** Reads over {@code bytes[from .. to)}, or the part of it that is the body's. */
    Progress skip(byte[] bytes, int from, int to) {
        int p = from;
        while (p < to) {
            if (state == DATA_OF_LENGTH || state == CHUNK_DATA) {
                int step = (int) Math.min(left, to - p);
                left -= step;
                p += step;
                if (left == 0) {
                    if (state == DATA_OF_LENGTH) {
                        end = p;
                        return Progress.DONE;
                    }
                    state = AFTER_DATA;
                }
                continue;
            }
            state = frame(bytes[p++]);
            if (state == NOT_CHUNKED) {
                return Progress.MALFORMED;
            }
            if (state == ENDED) {
                end = p;
                return Progress.DONE;
            }
        }
        return Progress.MORE;
    }

    /** The state after a byte that is not data. */
    private int frame(byte c) {
        return switch (state) {
            case SIZE_FIRST -> {
                left = Hex.digit(c);
                yield left < 0 ? NOT_CHUNKED : SIZE;
            }
            case SIZE -> size(c);
            case EXTENSION -> c == '\r' ? SIZE_LF : c == '\n' ? afterSize() : EXTENSION;
            case SIZE_LF -> c == '\n' ? afterSize() : NOT_CHUNKED;
            case AFTER_DATA -> c == '\r' ? AFTER_DATA_LF : c == '\n' ? SIZE_FIRST : NOT_CHUNKED;
            case AFTER_DATA_LF -> c == '\n' ? SIZE_FIRST : NOT_CHUNKED;
            case TRAILER_FIRST -> c == '\r' ? END_LF : c == '\n' ? ENDED : TRAILER;
            case TRAILER -> c == '\r' ? TRAILER_LF : c == '\n' ? TRAILER_FIRST : TRAILER;
            case TRAILER_LF -> c == '\n' ? TRAILER_FIRST : NOT_CHUNKED;
            case END_LF -> c == '\n' ? ENDED : NOT_CHUNKED;
            default -> throw new IllegalStateException("no such state in a chunked body: " + state);
        };
    }

    private int size(byte c) {
        int digit = Hex.digit(c);
        if (digit >= 0) {
            left = (left << 4) | digit;
            return left > MAX_SIZE ? NOT_CHUNKED : SIZE;
        }
        return switch (c) {
            case '\r' -> SIZE_LF;
            case '\n' -> afterSize();
            case ';', ' ', '\t' -> EXTENSION;
            default -> NOT_CHUNKED;
        };
    }

    private int afterSize() {
        return left == 0 ? TRAILER_FIRST : CHUNK_DATA;
    }
}
