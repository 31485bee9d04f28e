package io.kubeecho.load.report;

import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Measurement;
import io.kubeecho.output.OutputException;
import io.kubeecho.output.WholeFile;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.jspecify.annotations.Nullable;

/**
 * The histograms of every interval in HdrHistogram's log format, tagged {@code response} and {@code service}, in
 * nanoseconds. It is written while the load runs, so that a long one keeps no histograms in memory, and takes the place of
 * an earlier load's when it is {@link #finish finished}. What cannot be written is told then: it is no reason to end a load.
 */
public final class HistogramLog implements AutoCloseable {

    private final Path file;
    private @Nullable WholeFile whole;
    private @Nullable PrintStream stream;
    private @Nullable HistogramLogWriter log;
    private @Nullable OutputException failure;

    /** Nothing is written before {@link #start}. */
    public HistogramLog(Path file) {
        this.file = file;
    }

    /** What is measured starts. */
    public void start(Instant at) {
        try {
            WholeFile opened = WholeFile.open(file);
            whole = opened;
            stream = new PrintStream(opened, false, StandardCharsets.UTF_8);
        } catch (OutputException e) {
            failure = e;
            return;
        }
        HistogramLogWriter begun = new HistogramLogWriter(stream);
        log = begun;
        begun.outputLogFormatVersion();
        begun.outputComment("[Latencies in nanoseconds; response from the intended send, service from the actual one]");
        begun.setBaseTime(at.toEpochMilli());
        begun.outputBaseTime(at.toEpochMilli());
        begun.outputStartTime(at.toEpochMilli());
        begun.outputLegend();
    }

    /** Adds one interval. */
    public void add(IntervalFigures interval, Measurement.IntervalHistograms histograms) {
        add("response", interval, histograms.response());
        add("service", interval, histograms.service());
    }

    private void add(String tag, IntervalFigures interval, Histogram histogram) {
        if (log != null && stream != null) {
            histogram.setTag(tag);
            // the log's times are seconds from its base
            log.outputIntervalHistogram(interval.fromSeconds(), interval.toSeconds(), histogram, 1e6);
            stream.flush();
        }
    }

    /**
     * Puts the log in its place; without a start there is none.
     *
     * @throws OutputException if any of it could not be written
     */
    public void finish() throws OutputException {
        if (failure != null) {
            throw failure;
        }
        if (whole != null) {
            whole.commit();
        }
    }

    @Override
    public void close() {
        try {
            if (whole != null) {
                whole.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove what was begun of " + file, e);
        }
    }
}
