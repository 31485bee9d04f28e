package io.kubeecho.load.drive;

import io.kubeecho.load.measure.Histograms;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/** A thread that sleeps a millisecond at a time and notes how much longer it took. */
final class JitterWatch implements AutoCloseable {

    private static final long SLEEP = TimeUnit.MILLISECONDS.toNanos(1);

    private final Recorder oversleep = new Recorder(1_000, TimeUnit.HOURS.toNanos(1), 2);
    private final Thread thread = new Thread(this::watch, "jitter-watch");
    private volatile boolean running = true;

    JitterWatch() {
        thread.setDaemon(true);
        thread.start();
    }

    /** Forgets what was noted so far. */
    void reset() {
        oversleep.reset();
    }

    Histogram noted() {
        Histogram noted = Histograms.coarse();
        noted.add(oversleep.getIntervalHistogram());
        return noted;
    }

    private void watch() {
        while (running) {
            long before = System.nanoTime();
            LockSupport.parkNanos(SLEEP);
            oversleep.recordValue(Math.max(0, System.nanoTime() - before - SLEEP));
        }
    }

    @Override
    public void close() {
        running = false;
    }
}
