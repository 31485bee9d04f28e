package io.kubeecho.cli;

import io.kubeecho.load.drive.LoadListener;
import io.kubeecho.load.drive.LoadPlan;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.measure.Cut;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Measurement;
import io.kubeecho.load.report.HistogramLog;
import io.kubeecho.load.report.LoadReport;
import io.kubeecho.load.report.MetricsPort;
import io.kubeecho.load.report.TextSummary;
import io.kubeecho.load.report.Words;
import io.kubeecho.load.shard.ShardHeader;
import io.kubeecho.load.shard.ShardWriter;
import io.kubeecho.load.view.LiveFrame;
import io.kubeecho.load.view.PlainLine;
import io.kubeecho.load.view.Progress;
import io.kubeecho.output.OutputException;
import io.kubeecho.output.PlainText;
import io.kubeecho.output.WholeFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What a load shows while it runs, and leaves behind. */
final class LoadOutput implements LoadListener, AutoCloseable {

    /** As {@code --out}: nothing is written but the shard's document, to standard output. */
    private static final Path STANDARD_OUTPUT = Path.of("-");

    /** A container's log that is larger is rotated, unless the cluster says otherwise. */
    private static final int LOG_BYTES = 10 << 20;

    /** Standard error and standard output come to a container's log by ways of their own. */
    private static final Duration APART = Duration.ofMillis(200);

    private final CommandLine command;
    private final PrintWriter console;
    private final Optional<ReportFiles> files;
    private final Optional<Terminal> terminal;
    private final Optional<HistogramLog> histograms;
    private final Optional<MetricsPort> metrics;
    private final LoadPlan plan;
    private final ShardHeader header;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable WholeFile shard;
    private final ShardWriter document;
    private @Nullable IOException lost;
    private boolean showing;

    /** Something that it needs is not to be had; the message says what. */
    static final class CannotOpenException extends RuntimeException {
        private static final long serialVersionUID = 1;

        CannotOpenException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    private LoadOutput(
            CommandLine command,
            Optional<ReportFiles> files,
            Optional<Terminal> terminal,
            Optional<HistogramLog> histograms,
            Optional<MetricsPort> metrics,
            LoadPlan plan,
            ShardHeader header) {
        this.command = command;
        this.console = console(command, files);
        this.files = files;
        this.terminal = terminal;
        this.histograms = histograms;
        this.metrics = metrics;
        this.plan = plan;
        this.header = header;
        this.document = new ShardWriter(header, this::sink);
    }

    private OutputStream sink() throws IOException {
        if (files.isEmpty()) {
            return line;
        }
        WholeFile opened = files.get().shard();
        shard = opened;
        return opened;
    }

    /**
     * @param out a folder, or - for standard output, which then has nothing but the shard's document
     * @param live whether to draw; null leaves it to whether there is a terminal
     */
    static LoadOutput open(
            CommandLine command,
            Path out,
            @Nullable Boolean live,
            Optional<Integer> metricsPort,
            LoadPlan plan,
            ShardHeader header) {
        Optional<ReportFiles> files =
                out.equals(STANDARD_OUTPUT) ? Optional.empty() : Optional.of(ReportFiles.in(out, header.shard()));
        Optional<HistogramLog> histograms = files.map(ReportFiles::histograms);
        Optional<MetricsPort> metrics;
        try {
            metrics = metricsPort.map(LoadOutput::metrics);
        } catch (CannotOpenException e) {
            files.ifPresent(ReportFiles::close);
            throw e;
        }
        boolean draws = files.isPresent() && (live != null ? live : Terminal.isThere());
        metrics.ifPresent(m -> console(command, files).println("metrics: http://127.0.0.1:" + m.number() + "/metrics"));
        return new LoadOutput(
                command,
                files,
                draws ? Optional.of(Terminal.ofThisProcess()) : Optional.empty(),
                histograms,
                metrics,
                plan,
                header);
    }

    private static PrintWriter console(CommandLine command, Optional<ReportFiles> files) {
        return files.isPresent() ? command.getOut() : command.getErr();
    }

    private static MetricsPort metrics(int port) {
        try {
            return new MetricsPort(port);
        } catch (IOException | IllegalArgumentException e) {
            throw new CannotOpenException("cannot serve metrics on port " + port + " (" + e.getMessage() + ")", e);
        }
    }

    /** Says what it waits for. */
    void waiting() {
        plan.startAt().filter(at -> at.isAfter(Instant.now())).ifPresent(at -> {
            console.println("waiting until " + at);
            console.flush();
        });
    }

    @Override
    public void opened() {
        if (terminal.isPresent()) {
            console.print(Terminal.ENTER);
            showing = true;
        }
        String count = Words.count(plan.model().count());
        String part = header.shard().isWhole() ? "" : " shard " + header.shard().text();
        console.println("kube-echo load" + part + " " + targets() + ": "
                + text(plan.model().warmup()) + " of warm-up, then "
                + text(plan.model().duration()) + " or " + count + " requests");
        console.flush();
    }

    @Override
    public void started(Instant at) {
        histograms.ifPresent(h -> h.start(at));
    }

    @Override
    public void cut(List<Cut> cuts, double fromSeconds, double toSeconds) {
        try {
            document.add(cuts, fromSeconds, toSeconds);
        } catch (UncheckedIOException e) {
            // a full disk is no reason to end a load: it is told when the document is to be handed over
            lost = lost == null ? e.getCause() : lost;
        }
    }

    @Override
    public void interval(IntervalFigures interval, Measurement.IntervalHistograms kept, Figures soFar) {
        histograms.ifPresent(h -> h.add(interval, kept));
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

    /**
     * Prints the summary and writes the files.
     *
     * @throws OutputException if one of them cannot be written
     */
    void publish(LoadReport report) throws OutputException {
        leavePicture();
        String text = TextSummary.of(report);
        // first of all, so that a full disk does not cost it
        console.printf("%n%s", PlainText.ofLines(text));
        console.flush();
        // the thread may have been interrupted to end the load, which must not end the writing
        boolean wasInterrupted = Thread.interrupted();
        if (files.isPresent() && histograms.isPresent()) {
            files.get().write(report, text, histograms.get());
            console.printf("%nreport: %s%n", files.get().page());
            console.flush();
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Ends the shard's document; on standard output it is the last line of all.
     *
     * @throws OutputException if it cannot be written
     */
    void handOver(LoadResult result) throws OutputException {
        boolean wasInterrupted = Thread.interrupted();
        try {
            if (lost == null) {
                document.finish(result);
            }
        } catch (IOException e) {
            lost = e;
        }
        if (lost != null) {
            throw lost instanceof OutputException told
                    ? told
                    : new OutputException("cannot write the shard's document: " + lost.getMessage());
        }
        if (shard != null) {
            shard.commit();
        }
        if (files.isEmpty()) {
            if (line.size() > LOG_BYTES / 2) {
                console.printf(
                        "kube-echo: the document has %d MiB, and a container's log is cut off at %d; a longer"
                                + " --interval makes it smaller%n",
                        line.size() >> 20, LOG_BYTES >> 20);
            }
            console.flush();
            try {
                Thread.sleep(APART.toMillis());
            } catch (InterruptedException e) {
                wasInterrupted = true;
            }
            command.getOut().print(line.toString(StandardCharsets.UTF_8));
            command.getOut().flush();
        }
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
        histograms.ifPresent(HistogramLog::close);
        try (WholeFile unfinished = shard) {
            document.close();
        } catch (IOException | UncheckedIOException e) {
            // what is thrown away need not have been written
        }
        metrics.ifPresent(MetricsPort::close);
        files.ifPresent(ReportFiles::close);
    }
}
