package io.kubeecho.cli;

import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.objective.Objective;
import io.kubeecho.load.report.HistogramLog;
import io.kubeecho.load.report.LoadReport;
import io.kubeecho.load.report.TextSummary;
import io.kubeecho.load.schedule.Shard;
import io.kubeecho.load.shard.ShardException;
import io.kubeecho.load.shard.ShardHeader;
import io.kubeecho.load.shard.ShardPart;
import io.kubeecho.load.shard.Shards;
import io.kubeecho.output.PlainText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kube-echo report}. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Puts the shards of a load together, or judges a load anew, without loading again.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every objective was met, or there was none",
            "1:an objective was missed",
            "2:wrong usage, or shards that do not belong together",
            "3:a generator itself was the limit",
            "4:the target could not be reached at all"
        })
final class ReportCommand implements Callable<Integer> {

    /** Far more than any load leaves, and little enough to be held. */
    private static final long MOST_BYTES = 1L << 30;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE",
            description = "What loads have left: *.shard.json, folders with them, logs of pods, or - for standard"
                    + " input.")
    private List<String> files = List.of();

    @Option(
            names = "--slo",
            paramLabel = "LIST",
            description = "Objectives, such as \"p99<50ms, errors<0.1%%\". Default: those of the load.")
    private @Nullable String slo;

    @Option(
            names = "--affinity-timeout",
            paramLabel = "DURATION",
            description = "Expect each source to stay on its pod for so long. Default: as the load.")
    private @Nullable Duration affinityTimeout;

    @Option(names = "--endpoints", paramLabel = "N", description = "How many pods there are. Default: as the load.")
    private @Nullable Integer endpoints;

    @Option(names = "--partial", description = "Go on without shards that are missing.")
    private boolean partial;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where load.txt, .json, .csv, .hlog and .html go. Default: ${DEFAULT-VALUE}.",
            defaultValue = "report")
    private Path out = Path.of("report");

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Shards shards;
        List<Objective> objectives;
        Optional<Integer> counted;
        try {
            shards = Shards.of(read(), partial);
            String list = slo != null ? slo : shards.header().objectives().orElse("");
            objectives = list.isEmpty() ? List.of() : Objective.parse(list);
            requireNoWatch(objectives);
            counted = LoadCommand.endpoints(endpoints);
        } catch (ShardException | IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
        ShardHeader header = shards.header();
        SessionAffinity affinity = affinity(header.affinity(), objectives);
        try (ReportFiles written = ReportFiles.in(out, Shard.WHOLE);
                HistogramLog histograms = written.histograms()) {
            histograms.start(shards.started());
            LoadResult result = shards.add(affinity, counted.or(header::endpoints), histograms::add);
            LoadReport report =
                    LoadReport.of(header.kubeEcho(), header.targets(), shards.settings(), affinity, result, objectives);
            PrintWriter console = spec.commandLine().getOut();
            String text = TextSummary.of(report);
            console.print(PlainText.ofLines(text));
            console.flush();
            written.write(report, text, histograms);
            console.printf("%nreport: %s%n", written.page());
            console.flush();
            return LoadExit.code(report, spec.commandLine().getErr());
        } catch (ShardException | LoadOutput.CannotOpenException e) {
            throw usage(e.getMessage());
        }
    }

    private static void requireNoWatch(List<Objective> objectives) {
        objectives.stream().filter(o -> o.measure().needsWatch()).findFirst().ifPresent(o -> {
            throw new IllegalArgumentException("the objective '" + o.text() + "' is about endpoints, of which a shard's"
                    + " document has nothing; give others with --slo");
        });
    }

    private SessionAffinity affinity(SessionAffinity ofTheLoad, List<Objective> objectives) {
        return affinityTimeout != null
                ? new SessionAffinity(true, affinityTimeout)
                : new SessionAffinity(
                        ofTheLoad.expected() || LoadCommand.nameAffinity(objectives), ofTheLoad.timeout());
    }

    private List<ShardPart> read() throws ShardException {
        List<ShardPart> found = new ArrayList<>();
        for (String name : files) {
            if (name.equals("-")) {
                found.addAll(read("standard input", name));
                continue;
            }
            for (Path file : filesOf(Path.of(name))) {
                found.addAll(read(file.toString(), file.toString()));
            }
        }
        return found;
    }

    private static List<ShardPart> read(String name, String from) throws ShardException {
        requireSize(from);
        try (BufferedReader lines = from.equals("-")
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(Path.of(from))) {
            return ShardPart.read(lines, name);
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + name + " (" + e + ")", e);
        }
    }

    private static void requireSize(String from) {
        try {
            if (!from.equals("-") && Files.size(Path.of(from)) > MOST_BYTES) {
                throw new IllegalArgumentException(
                        "the file " + from + " has more than " + (MOST_BYTES >> 20) + " MiB, and is no load's");
            }
        } catch (IOException e) {
            // said when it is read
        }
    }

    /** Of a folder, what its name says to be a shard's document. */
    private static List<Path> filesOf(Path file) {
        if (!Files.isDirectory(file)) {
            return List.of(file);
        }
        try (Stream<Path> all = Files.list(file)) {
            return all.filter(f -> f.toString().endsWith(ReportFiles.SHARD))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new IllegalArgumentException("cannot read " + file + " (" + e + ")", e);
        }
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), String.valueOf(message));
    }
}
