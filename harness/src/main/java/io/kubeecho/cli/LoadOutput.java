package io.kubeecho.cli;

import io.kubeecho.load.drive.LoadListener;
import io.kubeecho.load.drive.LoadPlan;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Measurement;
import io.kubeecho.load.report.CsvChanges;
import io.kubeecho.load.report.CsvSeries;
import io.kubeecho.load.report.HistogramLog;
import io.kubeecho.load.report.HtmlPage;
import io.kubeecho.load.report.JsonSummary;
import io.kubeecho.load.report.LoadReport;
import io.kubeecho.load.report.MetricsPort;
import io.kubeecho.load.report.TextSummary;
import io.kubeecho.load.report.Words;
import io.kubeecho.load.view.LiveFrame;
import io.kubeecho.load.view.PlainLine;
import io.kubeecho.load.view.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What a load shows while it runs, and leaves behind. */
final class LoadOutput implements LoadListener, AutoCloseable {

    private final PrintWriter console;
    private final Path folder;
    private final Optional<Terminal> terminal;
    private final HistogramLog histograms;
    private final Optional<MetricsPort> metrics;
    private final LoadPlan plan;
    private boolean showing;

    /** Something that it needs is not to be had; the message says what. */
    static final class CannotOpenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CannotOpenException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private LoadOutput(
            PrintWriter console,
            Path folder,
            Optional<Terminal> terminal,
            HistogramLog histograms,
            Optional<MetricsPort> metrics,
            LoadPlan plan) {
        this.console = console;
        this.folder = folder;
        this.terminal = terminal;
        this.histograms = histograms;
        this.metrics = metrics;
        this.plan = plan;
    }

    /** @param live whether to draw; null leaves it to whether there is a terminal */
    static LoadOutput open(
            CommandLine command, Path folder, @Nullable Boolean live, Optional<Integer> metricsPort, LoadPlan plan) {
        HistogramLog histograms;
        try {
            Files.createDirectories(folder);
            histograms = new HistogramLog(folder.resolve("load.hlog"));
        } catch (IOException e) {
            throw new CannotOpenException(
                    "cannot write to the folder " + folder.toAbsolutePath() + " (" + e + "); choose another with --out",
                    e);
        }
        Optional<MetricsPort> metrics = metricsPort.map(LoadOutput::metrics);
        boolean draws = live != null ? live : Terminal.isThere();
        PrintWriter console = command.getOut();
        metrics.ifPresent(m -> console.println("metrics: http://127.0.0.1:" + m.number() + "/metrics"));
        return new LoadOutput(
                console,
                folder,
                draws ? Optional.of(Terminal.ofThisProcess()) : Optional.empty(),
                histograms,
                metrics,
                plan);
    }

    private static MetricsPort metrics(int port) {
        try {
            return new MetricsPort(port);
        } catch (IOException | IllegalArgumentException e) {
            throw new CannotOpenException("cannot serve metrics on port " + port + " (" + e.getMessage() + ")", e);
        }
    }

    @Override
    public void opened() {
        if (terminal.isPresent()) {
            console.print(Terminal.ENTER);
            showing = true;
        }
        String count = Words.count(plan.model().count());
        console.println("kube-echo load " + targets() + ": " + text(plan.model().warmup()) + " of warm-up, then "
                + text(plan.model().duration()) + " or " + count + " requests");
        console.flush();
    }

    @Override
    public void started(Instant at) {
        histograms.start(at);
    }

    @Override
    public void interval(IntervalFigures interval, Measurement.IntervalHistograms kept, Figures soFar) {
        histograms.add(interval, kept);
        metrics.ifPresent(m -> m.update(soFar));
        if (isRemainder(interval)) {
            return;
        }
        double seconds = plan.model().duration().toNanos() / 1e9;
        Progress progress = new Progress(
                targets(), seconds, plan.model().count(), plan.affinity().expected(), interval, soFar);
        if (terminal.isPresent()) {
            console.print(terminal.get()
                    .picture(LiveFrame.of(
                            progress, terminal.get().columns(), terminal.get().rows())));
        } else {
            console.println(PlainLine.of(progress));
        }
        console.flush();
    }

    /** Whether it is but the moment in which the last answers came: a rate of it would say nothing. */
    private boolean isRemainder(IntervalFigures interval) {
        return interval.due() == 0
                && interval.toSeconds() - interval.fromSeconds()
                        < plan.interval().toNanos() / 4e9;
    }

    /** Prints the summary and writes the files. */
    void publish(LoadReport report) throws IOException {
        leavePicture();
        String text = TextSummary.of(report);
        console.printf("%n%s", text);
        console.flush();
        // the thread may have been interrupted to end the load, which must not end the writing
        boolean wasInterrupted = Thread.interrupted();
        Files.writeString(folder.resolve("load.txt"), text);
        JsonSummary.write(report, folder.resolve("load.json"));
        CsvSeries.write(report, folder.resolve("load.csv"));
        CsvChanges.write(report, folder.resolve("load-changes.csv"));
        HtmlPage.write(report, folder.resolve("load.html"));
        console.printf("%nreport: %s%n", folder.resolve("load.html"));
        console.flush();
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void leavePicture() {
        if (showing) {
            console.print(Terminal.LEAVE);
            console.flush();
            showing = false;
        }
    }

    private String targets() {
        return plan.requests().stream().map(r -> r.target().url()).collect(Collectors.joining(" "));
    }

    /** A duration as the options take it. */
    static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    @Override
    public void close() {
        leavePicture();
        histograms.close();
        metrics.ifPresent(MetricsPort::close);
    }
}
