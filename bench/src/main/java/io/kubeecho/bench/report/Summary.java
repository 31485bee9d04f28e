package io.kubeecho.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A run beside the one before it, which is kept so that a regression shows. What this run has not measured stays as it was
 * measured last, and the conditions say so.
 */
public final class Summary {

    private static final String LATEST = "latest.json";
    private static final String PREVIOUS = "previous.json";
    private static final String BEGIN = "<!-- results: written by `make bench` -->\n";
    private static final String END = "<!-- end of results -->";

    private final Results results;
    private final boolean isWhole;

    private Summary(Results results, boolean isWhole) {
        this.results = results;
        this.isWhole = isWhole;
    }

    /**
     * Gathers the parts of a run.
     *
     * @param folder where each part has left {@code NAME.json}
     * @param names of the parts in the order of the table; one that is missing was not measured
     * @throws IOException when there is none at all
     */
    public static Summary of(Path folder, List<String> names) throws IOException {
        List<Results> parts = new ArrayList<>();
        for (String name : names) {
            Path file = folder.resolve(name + ".json");
            if (Files.exists(file)) {
                parts.add(Results.read(file));
            }
        }
        return new Summary(
                parts.stream()
                        .reduce(Results::and)
                        .orElseThrow(() -> new IOException("nothing was measured in " + folder)),
                parts.size() == names.size());
    }

    /**
     * Writes the results, the page and the plot. What was the latest run becomes the previous one, unless it is this one.
     *
     * @param kept the folder of both
     * @param page has the table between two marks
     */
    public void write(Path kept, Path page, Path plot) throws IOException {
        Files.createDirectories(kept);
        Path latest = kept.resolve(LATEST);
        Path previous = kept.resolve(PREVIOUS);
        Results all = results;
        if (Files.exists(latest)) {
            Results before = Results.read(latest);
            all = isWhole ? results : results.orElse(before);
            if (!before.began().equals(results.began())) {
                Files.move(latest, previous, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
        }
        all.write(latest);
        @Nullable Results last = Files.exists(previous) ? Results.read(previous) : null;
        String text = Files.readString(page);
        int from = text.indexOf(BEGIN);
        int to = text.indexOf(END);
        if (from < 0 || to < from) {
            throw new IOException(page + " has no place for the results");
        }
        Files.writeString(page, text.substring(0, from + BEGIN.length()) + Table.of(all, last) + text.substring(to));
        Files.writeString(plot, Plot.of(all, last));
    }
}
