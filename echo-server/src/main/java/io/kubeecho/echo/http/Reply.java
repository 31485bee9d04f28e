package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;

/** What a request gets that may not be a plain echo. */
sealed interface Reply {

    /** Whether there is nothing to wait for and not much to send. */
    default boolean atOnce() {
        return false;
    }

    /** How many bytes it takes until it has been sent. */
    default int kept() {
        return 0;
    }

    /** The echo as every request gets it that asks for nothing. */
    record Plain() implements Reply {}

    /** Nothing was composed: it would have to be kept for a while, and there is no memory for that. */
    record NoMemory() implements Reply {}

    /**
     * No answer, and the end of the connection.
     *
     * @param delay before that, in nanoseconds
     * @param reset whether by a TCP RST
     */
    record CutOff(long delay, boolean reset) implements Reply {}

    /**
     * An answer of its own.
     *
     * @param status 200 to 599
     * @param head status line and fields with the empty line behind them; empty for HTTP/0.9
     * @param body what is sent of it: nothing after a HEAD
     * @param chunked whether the body is sent in chunks
     * @param close whether the connection ends with it
     * @param delay before it, in nanoseconds
     * @param bodyTime over which the body is spread, in nanoseconds
     */
    record Composed(int status, ByteSink head, Body body, boolean chunked, boolean close, long delay, long bodyTime)
            implements Reply {

        /** What is sent in one go, as other answers are. */
        static final int AT_ONCE = 16 << 10;

        @Override
        public boolean atOnce() {
            return isAtOnce(delay, bodyTime, body.length());
        }

        /** Whether an answer is sent in one go, of these times in nanoseconds and so many bytes. */
        static boolean isAtOnce(long delay, long bodyTime, int length) {
            return delay == 0 && bodyTime == 0 && length <= AT_ONCE;
        }

        @Override
        public int kept() {
            return head.array().length + body.text().array().length;
        }

        /** Into how many pieces the body is cut, which with {@link #chunked} are the chunks. */
        int pieces() {
            int bySize = (body.length() + AT_ONCE - 1) / AT_ONCE;
            int wanted = bodyTime > 0 ? MOST_STEPS : chunked ? CHUNKS : 1;
            return Math.min(Math.max(bySize, wanted), body.length());
        }

        /** Appends a piece, framed if it is a chunk. */
        void appendPiece(ByteSink out, int piece) {
            if (chunked) {
                out.append(ByteSink.ascii(Integer.toHexString(start(piece + 1) - start(piece))))
                        .append('\r')
                        .append('\n');
            }
            appendData(out, piece);
            if (chunked) {
                out.append('\r').append('\n');
            }
        }

        /** Appends a piece as it is. */
        void appendData(ByteSink out, int piece) {
            body.append(out, start(piece), start(piece + 1));
        }

        /** Appends what follows the last piece. */
        void appendEnd(ByteSink out) {
            if (chunked && body.sent()) {
                out.append(LAST_CHUNK);
            }
        }

        /** When a piece is due, in nanoseconds after the head: the first at once, the last after the whole time. */
        long due(int piece) {
            int gaps = pieces() - 1;
            return gaps <= 0 ? bodyTime : (long) ((double) bodyTime * piece / gaps);
        }

        private int start(int piece) {
            return (int) ((long) body.length() * piece / Math.max(1, pieces()));
        }

        private static final int CHUNKS = 8;
        private static final int MOST_STEPS = 50;
        private static final byte[] LAST_CHUNK = ByteSink.ascii("0\r\n\r\n");
    }

    /**
     * A text, filled up or cut off to a length.
     *
     * @param text at its beginning
     * @param filling what fills it up
     * @param length how many bytes are sent
     * @param sent whether the answer has a body at all, perhaps of no bytes
     */
    record Body(ByteSink text, Filling filling, int length, boolean sent) {

        /** Lines of one character. */
        @SuppressWarnings("ImmutableEnumChecker") // the bytes are written once, here
        enum Filling {
            DOTS("."),
            SPACES(" ");

            private static final int LINE = 64;

            private final byte[] lines;

            Filling(String character) {
                lines = ByteSink.ascii((character.repeat(LINE - 1) + '\n').repeat(LINE));
            }

            /** Appends what stands in it from one place to another. */
            private void append(ByteSink out, int from, int to) {
                for (int at = from; at < to; ) {
                    int inLine = at % LINE;
                    int length = Math.min(to - at, lines.length - inLine);
                    out.append(lines, inLine, inLine + length);
                    at += length;
                }
            }
        }

        static Body none() {
            return new Body(new ByteSink(0), Filling.SPACES, 0, false);
        }

        void append(ByteSink out, int from, int to) {
            int textTo = Math.min(to, text.size());
            if (from < textTo) {
                out.append(text.array(), from, textTo);
            }
            filling.append(out, Math.max(from, text.size()) - text.size(), to - text.size());
        }
    }
}
