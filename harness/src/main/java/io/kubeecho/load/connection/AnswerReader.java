package io.kubeecho.load.connection;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Reads HTTP/1 answers to requests that are not pipelined, in however many pieces they come. It looks at the headers
 * that say where an answer ends and at the one that names the pod, and at nothing else.
 */
final class AnswerReader {

    /** The most that a status line and headers may take. */
    static final int LONGEST_HEAD = 64 * 1024;

    /** What is kept of a body to find out who sent it; the rest is counted and thrown away. */
    static final int KEPT_BODY = 16 * 1024;

    private static final byte[] CONTENT_LENGTH = "content-length".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TRANSFER_ENCODING = "transfer-encoding".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CONNECTION = "connection".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHUNKED = "chunked".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CLOSE = "close".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] KEEP_ALIVE = "keep-alive".getBytes(StandardCharsets.US_ASCII);

    private static final long UNTIL_CLOSE = -1;

    private enum Phase {
        HEAD,
        BODY,
        CHUNK_SIZE,
        CHUNK,
        CHUNK_END,
        TRAILER
    }

    private final byte[] identityHeader;
    private final Answer answer = new Answer();

    private boolean headRequest;
    private Phase phase = Phase.HEAD;
    private byte[] bytes = new byte[1024];
    private int length;
    private int scanned;
    private int lineStart;
    private boolean statusRead;
    private boolean chunked;
    private long contentLength = UNTIL_CLOSE;
    private long left;
    private boolean chunkSizeEnded;

    /** @param identityHeader the lower-case name of the header that names the pod */
    AnswerReader(Optional<String> identityHeader) {
        this.identityHeader = identityHeader.orElse("").getBytes(StandardCharsets.US_ASCII);
    }

    /** From now on the answer to another request is read. */
    void expect(boolean toHeadRequest) {
        headRequest = toHeadRequest;
        begin();
    }

    private void begin() {
        phase = Phase.HEAD;
        length = 0;
        scanned = 0;
        lineStart = 0;
        statusRead = false;
        chunked = false;
        contentLength = UNTIL_CLOSE;
        answer.bodyBytes = 0;
        answer.headerFrom = 0;
        answer.headerTo = 0;
    }

    /** Whether the first bytes of the answer have come. */
    boolean begun() {
        return length > 0;
    }

    /** What has been read, whole once {@link #read} or {@link #end} has said so. */
    Answer answer() {
        answer.body = bytes;
        answer.header = bytes;
        answer.bodyTo = length;
        return answer;
    }

    /**
     * Takes what has come.
     *
     * @return whether the answer is whole
     */
    boolean read(ByteBuf input) throws MalformedAnswerException {
        while (input.isReadable()) {
            boolean whole = switch (phase) {
                case HEAD -> readHead(input);
                case BODY -> readBody(input);
                case CHUNK_SIZE -> readChunkSize(input);
                case CHUNK -> readChunk(input);
                case CHUNK_END -> readChunkEnd(input);
                case TRAILER -> readTrailer(input);
            };
            if (whole) {
                if (input.isReadable()) {
                    throw new MalformedAnswerException("more bytes than one answer has");
                }
                return true;
            }
        }
        return false;
    }

    /** The connection was closed: whether that was the end of a whole answer. */
    boolean end() {
        return phase == Phase.BODY && left == UNTIL_CLOSE;
    }

    private boolean readHead(ByteBuf input) throws MalformedAnswerException {
        take(input, Math.min(input.readableBytes(), LONGEST_HEAD - length + KEPT_BODY));
        byte[] b = bytes;
        for (int i = scanned; i < length; i++) {
            if (b[i] == '\n') {
                int lineEnd = i > lineStart && b[i - 1] == '\r' ? i - 1 : i;
                if (lineEnd == lineStart && statusRead) {
                    // what belongs to the body is read again, as such
                    input.readerIndex(input.readerIndex() - (length - i - 1));
                    length = i + 1;
                    return headRead();
                }
                readLine(lineStart, lineEnd);
                lineStart = i + 1;
            }
        }
        scanned = length;
        if (length >= LONGEST_HEAD) {
            throw new MalformedAnswerException("a head of more than 64 KiB");
        }
        return false;
    }

    private boolean headRead() {
        int status = answer.status;
        if (status < 200 && status != 101) {
            // an interim answer: the one that counts is still to come
            begin();
            return false;
        }
        answer.bodyFrom = length;
        if (headRequest || status == 204 || status == 304) {
            return true;
        }
        if (chunked) {
            beginChunk();
            return false;
        }
        phase = Phase.BODY;
        left = contentLength;
        answer.staysOpen &= left != UNTIL_CLOSE;
        return left == 0;
    }

    private void readLine(int from, int to) throws MalformedAnswerException {
        if (!statusRead) {
            readStatus(from, to);
            return;
        }
        int colon = from;
        while (colon < to && bytes[colon] != ':') {
            colon++;
        }
        int nameLength = colon - from;
        int valueFrom = colon + 1;
        while (valueFrom < to && bytes[valueFrom] == ' ') {
            valueFrom++;
        }
        // by length first: most headers are none of these
        if (nameLength == CONTENT_LENGTH.length && equalsIgnoringCase(from, CONTENT_LENGTH)) {
            contentLength = number(valueFrom, to);
        } else if (nameLength == TRANSFER_ENCODING.length && equalsIgnoringCase(from, TRANSFER_ENCODING)) {
            chunked = endsWith(valueFrom, to, CHUNKED);
        } else if (nameLength == CONNECTION.length && equalsIgnoringCase(from, CONNECTION)) {
            if (endsWith(valueFrom, to, CLOSE)) {
                answer.staysOpen = false;
            } else if (endsWith(valueFrom, to, KEEP_ALIVE)) {
                answer.staysOpen = true;
            }
        }
        if (nameLength == identityHeader.length && nameLength > 0 && equalsIgnoringCase(from, identityHeader)) {
            answer.headerFrom = valueFrom;
            answer.headerTo = to;
        }
    }

    private void readStatus(int from, int to) throws MalformedAnswerException {
        // HTTP/1.x 200
        if (to - from < 12
                || bytes[from] != 'H'
                || bytes[from + 4] != '/'
                || bytes[from + 5] != '1'
                || bytes[from + 8] != ' ') {
            String seen = new String(bytes, from, Math.min(to - from, 40), StandardCharsets.ISO_8859_1);
            throw new MalformedAnswerException("'" + seen + "' is not a status line of HTTP/1");
        }
        answer.status = (int) number(from + 9, from + 12);
        answer.staysOpen = bytes[from + 7] == '1';
        statusRead = true;
    }

    private boolean readBody(ByteBuf input) {
        int available = input.readableBytes();
        int n = left == UNTIL_CLOSE ? available : (int) Math.min(left, available);
        keep(input, n);
        if (left == UNTIL_CLOSE) {
            return false;
        }
        left -= n;
        return left == 0;
    }

    private void beginChunk() {
        phase = Phase.CHUNK_SIZE;
        left = 0;
        chunkSizeEnded = false;
    }

    private boolean readChunkSize(ByteBuf input) throws MalformedAnswerException {
        byte c = input.readByte();
        if (c == '\n') {
            phase = left == 0 ? Phase.TRAILER : Phase.CHUNK;
            scanned = 0;
        } else if (c == ';' || c == '\r' || c == ' ') {
            chunkSizeEnded = true;
        } else if (!chunkSizeEnded) {
            int digit = Character.digit(c, 16);
            if (digit < 0 || left > Long.MAX_VALUE >> 5) {
                throw new MalformedAnswerException("a chunk without a size");
            }
            left = left * 16 + digit;
        }
        return false;
    }

    private boolean readChunk(ByteBuf input) {
        int n = (int) Math.min(left, input.readableBytes());
        keep(input, n);
        left -= n;
        if (left == 0) {
            phase = Phase.CHUNK_END;
        }
        return false;
    }

    private boolean readChunkEnd(ByteBuf input) throws MalformedAnswerException {
        byte c = input.readByte();
        if (c == '\n') {
            beginChunk();
        } else if (c != '\r') {
            throw new MalformedAnswerException("a chunk longer than its size");
        }
        return false;
    }

    /** Counts the bytes of the line in {@link #scanned}: the empty one is the last. */
    private boolean readTrailer(ByteBuf input) {
        byte c = input.readByte();
        if (c == '\n') {
            boolean empty = scanned == 0;
            scanned = 0;
            return empty;
        }
        if (c != '\r') {
            scanned++;
        }
        return false;
    }

    private void keep(ByteBuf input, int n) {
        int kept = Math.min(n, KEPT_BODY - (length - answer.bodyFrom));
        take(input, kept);
        input.skipBytes(n - kept);
        answer.bodyBytes += n;
    }

    private void take(ByteBuf input, int n) {
        if (length + n > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + n));
        }
        input.readBytes(bytes, length, n);
        length += n;
    }

    private long number(int from, int to) throws MalformedAnswerException {
        long value = 0;
        int end = to;
        while (end > from && bytes[end - 1] == ' ') {
            end--;
        }
        for (int i = from; i < end; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || value > Long.MAX_VALUE / 20) {
                throw new MalformedAnswerException("a number that is none in the head");
            }
            value = value * 10 + digit;
        }
        if (end == from) {
            throw new MalformedAnswerException("a number is missing in the head");
        }
        return value;
    }

    private boolean equalsIgnoringCase(int from, byte[] lowerCase) {
        for (int i = 0; i < lowerCase.length; i++) {
            int c = bytes[from + i];
            if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    private boolean endsWith(int from, int to, byte[] lowerCase) {
        int end = to;
        while (end > from && bytes[end - 1] == ' ') {
            end--;
        }
        return end - from >= lowerCase.length && equalsIgnoringCase(end - lowerCase.length, lowerCase);
    }
}
