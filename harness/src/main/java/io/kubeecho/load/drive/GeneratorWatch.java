package io.kubeecho.load.drive;

import com.sun.management.OperatingSystemMXBean;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.Quantiles;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Watches the generator while it measures: a load test that was its own bottleneck must say so. */
final class GeneratorWatch implements AutoCloseable {

    /** Above this share of a CPU an event loop has no time left to be on time. */
    private static final double BUSY = 0.95;

    private final OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final JitterWatch jitter = new JitterWatch();
    private final List<LoadLoop> loops;
    private final Duration maxLag;

    private long[] loopCpu = {};
    private long processCpu;
    private long gcMillis;
    private long begun;
    private long mostWaiting;

    /** @param maxLag of the 99th percentile of the send lag and of the jitter */
    GeneratorWatch(List<LoadLoop> loops, Duration maxLag) {
        this.loops = loops;
        this.maxLag = maxLag;
    }

    /** What is measured starts now. */
    void begin() {
        system.getCpuLoad();
        jitter.reset();
        loopCpu = loops.stream()
                .mapToLong(l -> threads.getThreadCpuTime(l.threadId()))
                .toArray();
        processCpu = system.getProcessCpuTime();
        gcMillis = gcMillis();
        begun = System.nanoTime();
    }

    /** To be called every so often. */
    void look() {
        mostWaiting = Math.max(
                mostWaiting, loops.stream().mapToLong(LoadLoop::waiting).sum());
    }

    /** What is measured has ended. */
    GeneratorFigures end(Figures figures, LoadPlan plan) {
        double elapsed = Math.max(1, System.nanoTime() - begun);
        double busiest = 0;
        for (int i = 0; i < loopCpu.length; i++) {
            long cpu = threads.getThreadCpuTime(loops.get(i).threadId()) - loopCpu[i];
            busiest = Math.max(busiest, cpu / elapsed);
        }
        Quantiles lag = Quantiles.of(figures.lag());
        Histogram overslept = jitter.noted();
        Quantiles noted = Quantiles.of(overslept);
        return new GeneratorFigures(
                lag,
                overslept,
                busiest,
                (system.getProcessCpuTime() - processCpu) / 1e9,
                system.getCpuLoad(),
                (gcMillis() - gcMillis) / 1e3,
                mostWaiting,
                limits(figures, plan, lag, noted, busiest),
                notes(plan));
    }

    private List<String> limits(Figures figures, LoadPlan plan, Quantiles lag, Quantiles noted, double busiest) {
        List<String> limits = new ArrayList<>();
        if (lag.p99() > maxLag.toNanos()) {
            limits.add(text("one send in 100 was at least %.1f ms behind the schedule", lag.p99() / 1e6));
        }
        if (noted.p99() > maxLag.toNanos()) {
            limits.add(text("this machine woke a sleeping thread %.1f ms late, one time in 100", noted.p99() / 1e6));
        }
        if (busiest > BUSY) {
            limits.add(text("an event loop was busy %.0f %% of the time", busiest * 100)
                    + (plan.loops() < Runtime.getRuntime().availableProcessors() ? "; try more --loops" : ""));
        }
        long local = figures.errors().getOrDefault(ErrorKind.LOCAL, 0L);
        if (local > 0) {
            limits.add(text("%d connections failed for want of ports or files on this machine", local));
        }
        return limits;
    }

    private List<String> notes(LoadPlan plan) {
        List<String> notes = new ArrayList<>();
        if (plan.model() instanceof LoadPlan.Closed) {
            notes.add("closed model: a slow answer delays the next request, so slowness counts for less than users"
                    + " would feel");
        } else if (mostWaiting > plan.clients()) {
            notes.add(text(
                    "up to %d sends waited for one of %d clients: the target was too slow for this rate on so many"
                            + " connections",
                    mostWaiting, plan.clients()));
        }
        return notes;
    }

    private static String text(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    private static long gcMillis() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum();
    }

    @Override
    public void close() {
        jitter.close();
    }
}
