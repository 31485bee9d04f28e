package io.kubeecho.load.report;

import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Measurement;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;

/**
 * The histograms of every interval in HdrHistogram's log format, tagged {@code response} and {@code service}, in
 * nanoseconds. It is written while the load runs, so that a long one keeps no histograms in memory.
 */
public final class HistogramLog implements AutoCloseable {

    private final Path file;
    private final boolean isNew;
    private final FileChannel channel;
    private final PrintStream stream;
    private final HistogramLogWriter log;
    private boolean started;

    /**
     * Opens the file. Nothing is written before {@link #start}: the log of an earlier load stays until there is another.
     *
     * @throws IOException if the file cannot be written
     */
    public HistogramLog(Path file) throws IOException {
        this.file = file;
        isNew = !Files.exists(file);
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        stream = new PrintStream(Channels.newOutputStream(channel), false, StandardCharsets.UTF_8);
        log = new HistogramLogWriter(stream);
    }

    /**
     * What is measured starts.
     *
     * @throws UncheckedIOException if what an earlier load wrote cannot be cut off
     */
    public void start(Instant at) {
        started = true;
        try {
            channel.truncate(0);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot empty " + file, e);
        }
        log.outputLogFormatVersion();
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
        if (isNew && !started) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot remove " + file + ", which is empty", e);
            }
        }
    }
}
