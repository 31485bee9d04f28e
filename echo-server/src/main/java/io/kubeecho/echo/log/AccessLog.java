package io.kubeecho.echo.log;

import io.kubeecho.echo.bytes.ByteSink;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes lines to a stream from a thread of its own, so that an event loop never waits for whoever reads the stream.
 *
 * <p>Lines are on the stream within {@link #GATHER_MILLIS} of being given, and all of them after {@link #close()}. When
 * the reader is so slow that {@link #MAX_WAITING_BYTES} are waiting, further lines are dropped and counted.
 */
public final class AccessLog implements AutoCloseable {

    /** How long lines are gathered for one write: a write for each batch would cost more than the batch. */
    static final long GATHER_MILLIS = 20;

    static final int MAX_WAITING_BYTES = 4 << 20;

    private final OutputStream stream;
    private final AccessLogSettings settings;
    private final Thread writer;
    private final AtomicLong dropped = new AtomicLong();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition linesOrClosed = lock.newCondition();
    private final Condition closing = lock.newCondition();
    // guarded by the lock
    private ByteSink waiting = new ByteSink(64 << 10);
    private boolean closed;
    private boolean broken;

    /**
     * Writes to {@code stream}, which stays open when the log is closed.
     *
     * @param settings for those who make the lines
     */
    public AccessLog(OutputStream stream, AccessLogSettings settings) {
        this.stream = stream;
        this.settings = settings;
        writer = new Thread(this::write, "access-log");
        writer.setDaemon(true);
        writer.start();
    }

    /** Writes to the standard output of the process, past {@link System#out}, which would decode and encode. */
    public static AccessLog toStandardOutput(AccessLogSettings settings) {
        return new AccessLog(new FileOutputStream(FileDescriptor.out), settings);
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
            if (broken || closed || waiting.size() + lines.size() > MAX_WAITING_BYTES) {
                dropped.addAndGet(count);
                return;
            }
            boolean first = waiting.isEmpty();
            waiting.append(lines);
            if (first) {
                linesOrClosed.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** How many lines were dropped because the stream was too slow or broken. */
    public long droppedLines() {
        return dropped.get();
    }

    /** Writes what is waiting and ends the thread; waits for that, but not for a stream that takes more than 2 s. */
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
                writing.writeTo(stream);
                stream.flush();
                writing.clear();
                gather();
            }
        } catch (IOException e) {
            // standard output was closed: go on serving, which is what the process is for
            fail();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            fail();
        }
    }

    private void gather() throws InterruptedException {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS);
            while (!closed && left > 0) {
                left = closing.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void fail() {
        lock.lock();
        try {
            broken = true;
            waiting.clear();
        } finally {
            lock.unlock();
        }
    }
}
