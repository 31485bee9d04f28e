package io.kubeecho.cli;

import io.kubeecho.load.report.CsvChanges;
import io.kubeecho.load.report.CsvSeries;
import io.kubeecho.load.report.HistogramLog;
import io.kubeecho.load.report.HtmlPage;
import io.kubeecho.load.report.JsonSummary;
import io.kubeecho.load.report.LoadReport;
import io.kubeecho.load.schedule.Shard;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a load leaves in a folder. The files of shards have names of their own, so that one folder has room for all. */
final class ReportFiles {

    /** How the names of shards' documents end. */
    static final String SHARD = ".shard.json";

    private final Path folder;
    private final String stem;

    ReportFiles(Path folder, Shard shard) {
        this.folder = folder;
        this.stem = shard.isWhole() ? "load" : "load-" + shard.number() + "-of-" + shard.count();
    }

    /** Makes the folder, and opens the log of histograms. */
    HistogramLog histograms() {
        try {
            Files.createDirectories(folder);
            return new HistogramLog(file(".hlog"));
        } catch (IOException e) {
            throw new LoadOutput.CannotOpenException(
                    "cannot write to the folder " + folder.toAbsolutePath() + " (" + e + "); choose another with --out",
                    e);
        }
    }

    OutputStream shard() throws IOException {
        return Files.newOutputStream(file(SHARD));
    }

    Path page() {
        return file(".html");
    }

    /** @param text the summary, as printed */
    void write(LoadReport report, String text) throws IOException {
        Files.writeString(file(".txt"), text);
        JsonSummary.write(report, file(".json"));
        CsvSeries.write(report, file(".csv"));
        CsvChanges.write(report, file("-changes.csv"));
        HtmlPage.write(report, page());
    }

    private Path file(String suffix) {
        return folder.resolve(stem + suffix);
    }
}
