package io.kubeecho.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ends a run early, at the end of its time or by Ctrl-C, so that what was seen until then is still reported and what was
 * made is removed.
 */
final class StopSignal implements AutoCloseable {

    /** For the removal of what was made; a busy cluster takes a minute over a namespace. */
    private static final Duration GRACE = Duration.ofMinutes(3);

    /** For what is said after all is done, such as why there was no lab. */
    private static final Duration LAST_WORDS = Duration.ofMillis(300);

    private final AtomicReference<@Nullable String> reason = new AtomicReference<>();
    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread onInterrupt = new Thread(this::interrupted, "ctrl-c");
    private final Thread watchdog;
    private @Nullable Thread interruptible;

    private final String onItsWayOut;

    private StopSignal(Duration limit, String onItsWayOut) {
        this.onItsWayOut = onItsWayOut;
        this.watchdog = new Thread(() -> expire(limit), "time-limit");
        watchdog.setDaemon(true);
    }

    /**
     * Counts from now.
     *
     * @param onItsWayOut what is still done after Ctrl-C, for whoever waits
     */
    static StopSignal after(Duration limit, String onItsWayOut) {
        StopSignal signal = new StopSignal(limit, onItsWayOut);
        signal.watchdog.start();
        Runtime.getRuntime().addShutdownHook(signal.onInterrupt);
        return signal;
    }

    /** Why the run is to stop; empty while it may go on. */
    Optional<String> reason() {
        return Optional.ofNullable(reason.get());
    }

    /**
     * Does work that a stop interrupts. Outside of it a stop is only remembered: a lab is closed whole, and a report is
     * written to its end.
     */
    <T> T interruptibly(Supplier<T> work) {
        setInterruptible(Thread.currentThread());
        try {
            return work.get();
        } finally {
            setInterruptible(null);
            // an interrupt that came too late for the work is not for what follows
            Thread.interrupted();
        }
    }

    private synchronized void setInterruptible(@Nullable Thread thread) {
        interruptible = thread;
    }

    private void expire(Duration limit) {
        try {
            if (!finished.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                stop("the time of the run was over (--timeout)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void interrupted() {
        stop("interrupted");
        System.err.println("kube-echo: interrupted, " + onItsWayOut);
        try {
            if (!finished.await(GRACE.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("kube-echo: did not finish cleaning up within " + GRACE.toSeconds() + " s");
            }
            Thread.sleep(LAST_WORDS.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void stop(String why) {
        reason.compareAndSet(null, why);
        if (interruptible != null) {
            interruptible.interrupt();
        }
    }

    @Override
    public void close() {
        finished.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(onInterrupt);
        } catch (IllegalStateException e) {
            // the JVM is on its way down because of the very signal
        }
    }
}
