package io.kubeecho.bench;

import io.kubeecho.bench.part.Bench;
import io.kubeecho.bench.part.Part;
import io.kubeecho.bench.part.Parts;
import io.kubeecho.bench.report.Conditions;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.report.Results;
import io.kubeecho.bench.report.Summary;
import io.kubeecho.bench.server.EchoServers;
import io.kubeecho.bench.server.Peers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures one part of a run, or makes the report of all of them. {@code bench/run} calls it for each. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures the echo server of an image beside its peers.",
        subcommands = {Main.Measure.class, Main.ListParts.class, Main.Report.class})
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Main()).execute(args));
    }

    @Command(name = "parts", description = "Lists the parts.")
    static final class ListParts implements Runnable {
        @Override
        public void run() {
            Parts.byName().keySet().forEach(System.out::println);
        }
    }

    @Command(name = "measure", description = "Measures one part; needs root, for the image's own root directory.")
    static final class Measure implements Callable<Integer> {

        @Parameters(paramLabel = "PART", description = "One of those that `parts` lists.")
        private String part = "";

        @Option(names = "--root", required = true, description = "Where the image is unpacked.")
        private Path root = Path.of("");

        @Option(names = "--image", required = true, description = "Its name.")
        private String image = "";

        @Option(names = "--harness", required = true, description = "The jar of kube-echo.")
        private Path harness = Path.of("");

        @Option(names = "--rounds", description = "How often each comparison is made. Default: ${DEFAULT-VALUE}.")
        private int rounds = 10;

        @Option(names = "--port", description = "The first of the ports to use. Default: ${DEFAULT-VALUE}.")
        private int port = 18_100;

        @Option(names = "--out", required = true, description = "The folder for what it found.")
        private Path out = Path.of("");

        @Override
        public Integer call() throws IOException, InterruptedException {
            Part wanted = Optional.ofNullable(Parts.byName().get(part))
                    .orElseThrow(() -> new IllegalArgumentException("no part " + part));
            Path work = Files.createTempDirectory("kube-echo-bench-");
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Bench bench = new Bench(
                    root.toAbsolutePath(),
                    image,
                    new EchoServers(root.toAbsolutePath(), port),
                    new Peers(work, java),
                    port + 10,
                    rounds,
                    java,
                    harness,
                    work);
            String began = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
            var conditions = Conditions.look(image, root);
            List<Figure> figures = wanted.measure(bench);
            Files.createDirectories(out);
            new Results(began, conditions, figures).write(out.resolve(part + ".json"));
            for (Figure figure : figures) {
                System.out.printf(
                        Locale.ROOT,
                        "%-75s %9.3f  [%.3f, %.3f] %s%n",
                        figure.title(),
                        figure.interval().median(),
                        figure.interval().low(),
                        figure.interval().high(),
                        figure.unit());
            }
            return 0;
        }
    }

    @Command(name = "report", description = "Makes the table and the plot of all parts in a folder.")
    static final class Report implements Callable<Integer> {

        @Option(names = "--parts", required = true, description = "The folder of what `measure` found.")
        private Path parts = Path.of("");

        @Option(
                names = "--results",
                required = true,
                description = "The folder of this run's and the last run's results.")
        private Path results = Path.of("");

        @Option(names = "--page", required = true, description = "The page with the table, between its two marks.")
        private Path page = Path.of("");

        @Option(names = "--plot", required = true, description = "The SVG.")
        private Path plot = Path.of("");

        @Override
        public Integer call() throws IOException {
            Summary.of(parts, List.copyOf(Parts.byName().keySet())).write(results, page, plot);
            return 0;
        }
    }
}
