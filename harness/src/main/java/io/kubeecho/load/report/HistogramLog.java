package io.kubeecho.load.report;

import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Measurement;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * The histograms of every interval in HdrHistogram's log format, tagged {@code response} and {@code service}, in
 * nanoseconds. It is written while the load runs, so that a long one keeps no histograms in memory.
 */
public final class HistogramLog implements AutoCloseable {

    private final PrintStream stream;
    private final HistogramLogWriter log;

    /** @throws IOException if the file cannot be written */
    public HistogramLog(Path file) throws IOException {
        stream = new PrintStream(file.toFile(), StandardCharsets.UTF_8);
        log = new HistogramLogWriter(stream);
        log.outputLogFormatVersion();
    }

    /** What is measured starts. */
    public void start(Instant at) {
        log.outputComment("[Latencies in nanoseconds; response from the intended send, service from the actual one]");
        log.setBaseTime(at.toEpochMilli());
        log.outputBaseTime(at.toEpochMilli());
        log.outputStartTime(at.toEpochMilli());
        log.outputLegend();
    }

    /** Adds one interval. */
    public void add(IntervalFigures interval, Measurement.IntervalHistograms histograms) {
        add("response", interval, histograms.response());
        add("service", interval, histograms.service());
    }

    private void add(String tag, IntervalFigures interval, Histogram histogram) {
        histogram.setTag(tag);
        // the log's times are seconds from its base
        log.outputIntervalHistogram(interval.fromSeconds(), interval.toSeconds(), histogram, 1e6);
        stream.flush();
    }

    @Override
    public void close() {
        stream.close();
    }
}
