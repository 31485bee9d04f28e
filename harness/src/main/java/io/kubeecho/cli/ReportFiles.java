package io.kubeecho.cli;

import io.kubeecho.load.report.CsvChanges;
import io.kubeecho.load.report.CsvSeries;
import io.kubeecho.load.report.HistogramLog;
import io.kubeecho.load.report.HtmlPage;
import io.kubeecho.load.report.JsonSummary;
import io.kubeecho.load.report.LoadReport;
import io.kubeecho.load.schedule.Shard;
import io.kubeecho.output.OutputException;
import io.kubeecho.output.OutputLock;
import io.kubeecho.output.PlainText;
import io.kubeecho.output.WholeFile;
import io.kubeecho.output.Writings;
import java.nio.file.Path;

/**
 * What a load leaves in a folder, which is its alone until it ends. The files of shards have names of their own, so that
 * one folder has room for all.
 */
final class ReportFiles implements AutoCloseable {

    /** How the names of shards' documents end. */
    static final String SHARD = ".shard.json";

    private final Path folder;
    private final String stem;
    private final OutputLock lock;

    private ReportFiles(Path folder, String stem, OutputLock lock) {
        this.folder = folder;
        this.stem = stem;
        this.lock = lock;
    }

    /** Makes the folder, and claims it; an earlier load's files stay until there are others. */
    static ReportFiles in(Path folder, Shard shard) {
        String stem = shard.isWhole() ? "load" : "load-" + shard.number() + "-of-" + shard.count();
        try {
            return new ReportFiles(folder, stem, OutputLock.take(folder, stem));
        } catch (OutputException e) {
            throw new LoadOutput.CannotOpenException(String.valueOf(e.getMessage()), e);
        }
    }

    HistogramLog histograms() {
        return new HistogramLog(file(".hlog"));
    }

    WholeFile shard() throws OutputException {
        return WholeFile.open(file(SHARD));
    }

    Path page() {
        return file(".html");
    }

    /**
     * Writes what is of the whole load; what cannot be written costs nothing else.
     *
     * @param text the summary, as printed
     * @throws OutputException if any of it could not be written
     */
    void write(LoadReport report, String text, HistogramLog histograms) throws OutputException {
        Writings writings = new Writings(folder);
        writings.attempt(() -> WholeFile.write(file(".txt"), PlainText.ofLines(text)));
        writings.attempt(() -> JsonSummary.write(report, file(".json")));
        writings.attempt(() -> CsvSeries.write(report, file(".csv")));
        writings.attempt(() -> CsvChanges.write(report, file("-changes.csv")));
        writings.attempt(() -> HtmlPage.write(report, page()));
        writings.attempt(histograms::finish);
        writings.end();
    }

    private Path file(String suffix) {
        return folder.resolve(stem + suffix);
    }

    @Override
    public void close() {
        lock.close();
    }
}
