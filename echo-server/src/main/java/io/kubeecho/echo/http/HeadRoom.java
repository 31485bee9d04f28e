package io.kubeecho.echo.http;

/**
 * How long the lines of one request's head may be: nginx's {@code client_header_buffer_size 1k} and
 * {@code large_client_header_buffers 4 8k}.
 *
 * <p>nginx reads into a buffer of 1 KiB, and when a line does not end within it, moves what it has of the line to a
 * new buffer of 8 KiB, at most four times for a request. So a line may have 8 KiB, but how many lines a head may have
 * depends on how they fall on the ends of the buffers. This class does the sums without the buffers.
 */
final class HeadRoom {

    static final int FIRST_BUFFER = 1024;
    static final int LARGE_BUFFER = 8192;
    static final int LARGE_BUFFERS = 4;

    private int left = FIRST_BUFFER;
    private int large;

    void reset() {
        left = FIRST_BUFFER;
        large = 0;
    }

    /** How many bytes the next line may have, with its line end. */
    int forNextLine() {
        return large < LARGE_BUFFERS ? LARGE_BUFFER : left;
    }

    /** Counts a line of {@code length} bytes with its line end, at most {@link #forNextLine()}. */
    void take(int length) {
        if (length > left) {
            large++;
            left = LARGE_BUFFER;
        }
        left -= length;
    }
}
