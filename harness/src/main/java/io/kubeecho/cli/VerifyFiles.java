package io.kubeecho.cli;

import io.kubeecho.output.OutputException;
import io.kubeecho.output.OutputLock;
import io.kubeecho.output.WholeFile;
import io.kubeecho.report.HtmlReport;
import io.kubeecho.report.JsonReport;
import io.kubeecho.report.RunReport;
import io.kubeecho.scenario.Catalogue;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code verify} leaves in a folder, claimed by one run at a time. What an earlier run left is gone from the start: a
 * report that is there is of the last run, or there is none.
 */
final class VerifyFiles implements AutoCloseable {

    private final Path folder;
    private final boolean made;
    private final OutputLock lock;

    private VerifyFiles(Path folder, boolean made, OutputLock lock) {
        this.folder = folder;
        this.made = made;
        this.lock = lock;
    }

    /** @throws OutputException if another run writes there, or nobody can */
    static VerifyFiles claim(Path folder) throws OutputException {
        boolean made = !Files.exists(folder);
        VerifyFiles files = new VerifyFiles(folder, made, OutputLock.take(folder, "verify"));
        try {
            files.forget();
            return files;
        } catch (IOException e) {
            files.close();
            throw new OutputException("the report of an earlier run cannot be removed from the folder "
                    + folder.toAbsolutePath() + " (" + e + "); choose another with --out");
        }
    }

    Path page() {
        return folder.resolve("report.html");
    }

    /** Has a folder for each scenario that needs explaining. */
    Path diagnostics() {
        return folder.resolve("diagnostics");
    }

    private Path junitFolder() {
        return folder.resolve("junit");
    }

    private Path junit() {
        return junitFolder().resolve("TEST-junit-jupiter.xml");
    }

    /**
     * Writes all of it.
     *
     * @param text the report as printed
     * @param strict as in {@link JunitXml#write}
     * @throws IOException if one cannot be written: then it is not there
     */
    void write(RunReport report, String text, boolean strict) throws IOException {
        WholeFile.write(folder.resolve("report.txt"), text);
        Files.createDirectories(junitFolder());
        JunitXml.write(report, strict, junit());
        HtmlReport.write(report, page());
        JsonReport.write(report, folder.resolve("report.json"));
    }

    private void forget() throws IOException {
        for (String name : List.of("report.txt", "report.html", "report.json")) {
            Files.deleteIfExists(folder.resolve(name));
        }
        Files.deleteIfExists(junit());
        deleteIfEmpty(junitFolder());
        for (Catalogue.Item scenario : Catalogue.all()) {
            deleteAll(diagnostics().resolve(scenario.id()));
        }
        deleteIfEmpty(diagnostics());
    }

    private static void deleteAll(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path each : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void deleteIfEmpty(Path folder) throws IOException {
        try {
            Files.deleteIfExists(folder);
        } catch (DirectoryNotEmptyException e) {
            // what else is there is somebody's
        }
    }

    /** Lets others write there; a folder that was made for nothing is gone. */
    @Override
    public void close() {
        lock.close();
        if (made) {
            try {
                deleteIfEmpty(folder);
            } catch (IOException e) {
                // an empty folder misleads nobody
            }
        }
    }
}
