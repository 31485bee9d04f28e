package io.kubeecho.hostile.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** The page in docs/ with the tables, each between its two marks. */
public final class Page {

    private Page() {}

    /**
     * Writes a table into its place, with what it depends on.
     *
     * @param series which table
     * @throws IOException also when the page has no such place
     */
    public static void write(Path page, String series, Plan plan, int atOnce, String table)
            throws IOException, InterruptedException {
        String begin = "<!-- hostile " + series + ": this table is written by make hostile -->\n";
        String end = "<!-- end of hostile " + series + " -->\n";
        String text = Files.readString(page);
        int from = text.indexOf(begin);
        int to = text.indexOf(end);
        if (from < 0 || to < from) {
            throw new IOException(page + " has no place for the table: " + begin.strip() + " and " + end.strip());
        }
        Path next = page.resolveSibling(page.getFileName() + ".new");
        Files.writeString(
                next, text.substring(0, from + begin.length()) + conditions(plan, atOnce) + table + text.substring(to));
        Files.move(next, page, StandardCopyOption.REPLACE_EXISTING);
    }

    private static String conditions(Plan plan, int atOnce) throws IOException, InterruptedException {
        String revision = Command.said(
                "docker",
                "inspect",
                "--format",
                "{{index .Config.Labels \"org.opencontainers.image.revision\"}}",
                plan.image());
        return String.format(
                Locale.ROOT,
                "%s, image of %.12s, limit %s without swap, %d container(s) at once on %d processors; JVM: `%s`.%n%n",
                Instant.now().truncatedTo(ChronoUnit.MINUTES),
                revision,
                plan.memory(),
                atOnce,
                Runtime.getRuntime().availableProcessors(),
                flags(plan.image()));
    }

    /** Those of the image that bound memory, from its file of options. */
    private static String flags(String image) throws IOException, InterruptedException {
        String container = Command.said("docker", "create", image);
        try {
            String options = Command.said("sh", "-c", "docker cp -q \"$0:/app/java.options\" - | tar -xO", container);
            return String.join(
                    " ",
                    options.lines()
                            .filter(line -> line.matches(
                                    "-X(m[sx]|ss).*|-XX:.*(Size|GC|Metaspace|OutOfMemory).*|-Dio\\.netty.*"))
                            .toList());
        } finally {
            Command.said("docker", "rm", container);
        }
    }
}
