package io.kubeecho.echo.log;

import io.kubeecho.echo.bytes.ByteSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes lines to a channel from a thread of its own, so that an event loop never waits for whoever reads the channel.
 *
 * <p>Lines are on the channel within {@link #GATHER_MILLIS} of being given, and all of them after {@link #close()}. While the
 * channel takes none, as a disk that is full, they wait, and it is tried again until it does; what was written in part is
 * gone on with where it ended, so that no line is broken. When {@link #MAX_WAITING_BYTES} are waiting, further lines are dropped
 * and counted.
 */
public final class AccessLog implements AutoCloseable {

    /** How long lines are gathered for one write: a write for each batch would cost more than the batch. */
    static final long GATHER_MILLIS = 20;

    static final int MAX_WAITING_BYTES = 4 << 20;

    /** How long a channel that has failed is left alone. */
    static final long RETRY_MILLIS = 500;

    private static final int WRITE_BYTES = 64 << 10;

    private final WritableByteChannel channel;
    private final AccessLogSettings settings;
    private final ErrorLog errors;
    /** Its own, since the JDK would take another one for each write, and there may be no memory when it does. */
    private final ByteBuffer slice = ByteBuffer.allocateDirect(WRITE_BYTES);

    private final Thread writer;
    private final AtomicLong dropped = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition linesOrClosed = lock.newCondition();
    private final Condition closing = lock.newCondition();
    // guarded by the lock
    private ByteSink waiting = new ByteSink(64 << 10);
    private boolean closed;

    /**
     * Writes to {@code channel}, which stays open when the log is closed.
     *
     * @param settings for those who make the lines
     * @param errors is told when the channel fails
     */
    public AccessLog(WritableByteChannel channel, AccessLogSettings settings, ErrorLog errors) {
        this.channel = channel;
        this.settings = settings;
        this.errors = errors;
        writer = new Thread(this::write, "access-log");
        writer.setDaemon(true);
        writer.start();
    }

    /** Writes to the standard output of the process, past {@link System#out}, which would decode and encode. */
    @SuppressWarnings("resource") // standard output is not this class's to close
    public static AccessLog toStandardOutput(AccessLogSettings settings, ErrorLog errors) {
        return new AccessLog(new FileOutputStream(FileDescriptor.out).getChannel(), settings, errors);
    }

    /** How the lines are to be made, and which. */
    public AccessLogSettings settings() {
        return settings;
    }

    /**
     * Gives complete lines to be written; does not block for the stream.
     *
     * @param lines are copied
     * @param count how many lines they are
     */
    public void append(ByteSink lines, int count) {
        lock.lock();
        try {
            if (closed || waiting.size() + lines.size() > MAX_WAITING_BYTES) {
                dropped.addAndGet(count);
                return;
            }
            boolean first = waiting.isEmpty();
            waiting.append(lines);
            if (first) {
                linesOrClosed.signal();
            }
        } catch (OutOfMemoryError e) {
            // a request is to be answered all the same; the sink has stayed as it was
            dropped.addAndGet(count);
        } finally {
            lock.unlock();
        }
    }

    /** How many lines were dropped because the channel was too slow, or would not take them. */
    public long droppedLines() {
        return dropped.get();
    }

    /** Writes what is waiting and ends the thread; waits for that, but not for a channel that takes more than 2 s. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            linesOrClosed.signal();
            closing.signal();
        } finally {
            lock.unlock();
        }
        try {
            writer.join(TimeUnit.SECONDS.toMillis(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() {
        ByteSink writing = new ByteSink(64 << 10);
        try {
            while (true) {
                lock.lock();
                try {
                    while (waiting.isEmpty() && !closed) {
                        linesOrClosed.await();
                    }
                    if (waiting.isEmpty()) {
                        return;
                    }
                    ByteSink full = waiting;
                    waiting = writing;
                    writing = full;
                } finally {
                    lock.unlock();
                }
                write(ByteBuffer.wrap(writing.array(), 0, writing.size()));
                writing.clear();
                pause(GATHER_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns when all of it is written; or, once the log is to be closed, when it cannot be. */
    private void write(ByteBuffer batch) throws InterruptedException {
        boolean failed = false;
        while (batch.hasRemaining()) {
            try {
                if (writeSome(batch) == 0) {
                    // a pipe that is full, and whose writers do not block
                    Thread.sleep(GATHER_MILLIS);
                }
            } catch (IOException e) {
                // go on serving, which is what the process is for
                failed = true;
                errors.problem("access log", "the access log cannot be written, and is tried again: " + e.getMessage());
                if (!pause(RETRY_MILLIS)) {
                    dropped.addAndGet(linesIn(batch));
                    return;
                }
            }
        }
        if (failed) {
            errors.problem("access log again", "the access log is written again; dropped so far: " + dropped.get());
        }
    }

    /** Writes what the channel takes at once, which may be nothing where it does not block. */
    private int writeSome(ByteBuffer batch) throws IOException {
        slice.clear().limit(Math.min(slice.capacity(), batch.remaining()));
        slice.put(batch.slice().limit(slice.limit())).flip();
        int written = channel.write(slice);
        batch.position(batch.position() + written);
        return written;
    }

    private static long linesIn(ByteBuffer rest) {
        long lines = 0;
        for (int i = rest.position(); i < rest.limit(); i++) {
            if (rest.get(i) == '\n') {
                lines++;
            }
        }
        return lines;
    }

    /** Waits, but not once the log is to be closed; returns whether it is still open. */
    private boolean pause(long millis) throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && left > 0) {
                left = closing.awaitNanos(left);
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }
}
