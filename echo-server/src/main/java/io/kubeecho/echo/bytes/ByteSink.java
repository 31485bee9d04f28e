package io.kubeecho.echo.bytes;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A reusable array of bytes that grows as it is appended to. Not for more than one thread at a time.
 *
 * <p>It keeps its array when it is cleared: a sink per event loop, cleared after each batch, allocates nothing once it
 * has seen the largest batch.
 */
public final class ByteSink {

    private byte[] bytes;
    private int size;

    /** A sink that holds {@code capacity} bytes before it grows. */
    public ByteSink(int capacity) {
        bytes = new byte[capacity];
    }

    /** The bytes of an ASCII text, for constants. */
    public static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    public int size() {
        return size;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    /** The array behind this sink, of which the first {@link #size()} bytes count, valid until the next append. */
    public byte[] array() {
        return bytes;
    }

    public void clear() {
        size = 0;
    }

    public ByteSink append(int oneByte) {
        ensure(1);
        bytes[size++] = (byte) oneByte;
        return this;
    }

    public ByteSink append(byte[] source) {
        return append(source, 0, source.length);
    }

    /** Appends {@code source[from]} to {@code source[to - 1]}. */
    public ByteSink append(byte[] source, int from, int to) {
        int length = to - from;
        ensure(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
        return this;
    }

    /** Appends with {@code A} to {@code Z} in lower case and every other byte as it is. */
    public ByteSink appendLowerCase(byte[] source, int from, int to) {
        ensure(to - from);
        byte[] target = bytes;
        int at = size;
        for (int i = from; i < to; i++) {
            byte c = source[i];
            target[at++] = c >= 'A' && c <= 'Z' ? (byte) (c | 0x20) : c;
        }
        size = at;
        return this;
    }

    /** Appends a number that is not negative, in decimal. */
    public ByteSink appendDecimal(int number) {
        int digits = 1;
        for (int rest = number / 10; rest > 0; rest /= 10) {
            digits++;
        }
        ensure(digits);
        int rest = number;
        for (int at = size + digits - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
        size += digits;
        return this;
    }

    /** Appends everything of another sink. */
    public ByteSink append(ByteSink other) {
        return append(other.bytes, 0, other.size);
    }

    /** A stream that appends here, and needs no closing. */
    public OutputStream asStream() {
        return new OutputStream() {
            @Override
            public void write(int oneByte) {
                append(oneByte);
            }

            @Override
            public void write(byte[] source, int from, int length) {
                append(source, from, from + length);
            }
        };
    }

    /** The content as text, one character for each byte; for tests and messages. */
    @Override
    public String toString() {
        return new String(bytes, 0, size, StandardCharsets.ISO_8859_1);
    }

    private void ensure(int more) {
        int needed = size + more;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length * 2));
        }
    }
}
