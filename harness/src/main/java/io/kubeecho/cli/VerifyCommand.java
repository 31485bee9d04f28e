package io.kubeecho.cli;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.embedded.EmbeddedLab;
import io.kubeecho.lab.embedded.Fault;
import io.kubeecho.report.JsonReport;
import io.kubeecho.report.RunReport;
import io.kubeecho.report.TextReport;
import io.kubeecho.scenario.Catalogue;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code kube-echo verify}. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Finds out what Services really do, and says PASS or FAIL with evidence.")
final class VerifyCommand implements Callable<Integer> {

    /** The labs that can be had. */
    enum LabKind {
        EMBEDDED
    }

    @Option(
            names = "--lab",
            description = "Where to run: ${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}, which needs nothing.",
            defaultValue = "embedded")
    private LabKind lab = LabKind.EMBEDDED;

    @Option(
            names = "--run",
            split = ",",
            paramLabel = "ID",
            description = "Only these scenarios; see 'kube-echo list'.")
    private List<String> run = List.of();

    @Option(names = "--skip", split = ",", paramLabel = "ID", description = "Not these scenarios.")
    private List<String> skip = List.of();

    @Option(
            names = "--fault",
            paramLabel = "NAME",
            description = "Break the embedded lab's data plane in this way; see 'kube-echo list'.")
    private @Nullable String fault;

    @Option(
            names = "--affinity-timeout",
            paramLabel = "DURATION",
            description = "The timeout T of the affinity scenarios. Default: 500ms on the embedded lab.")
    private @Nullable Duration affinityTimeout;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where report.txt, report.json and junit/ go. Default: ${DEFAULT-VALUE}.",
            defaultValue = "report")
    private Path out = Path.of("report");

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "The run ends after this, what is left is INCONCLUSIVE. Default: ${DEFAULT-VALUE}.",
            defaultValue = "10m")
    private Duration timeout = Duration.ofMinutes(10);

    @Option(names = "--seed", description = "For the embedded lab's random choices. Default: a new one, reported.")
    private @Nullable Long seed;

    @Option(
            names = "--strict",
            negatable = true,
            description = "INCONCLUSIVE is an error in JUnit's XML, not an abort. Default: on where CI is set.")
    private @Nullable Boolean strict;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        List<Catalogue.Item> scenarios = scenarios();
        Optional<Fault> chosenFault = Optional.ofNullable(fault).map(this::faultNamed);
        Path junit = writable(out).resolve("junit");
        long chosenSeed = seed != null ? seed : RandomGenerator.getDefault().nextLong();

        Instant started = Instant.now();
        long nanos = System.nanoTime();
        // the report is written before the signal lets the process go, so that Ctrl-C loses nothing
        try (StopSignal stop = StopSignal.after(timeout)) {
            RunReport report;
            try (Lab opened = open(chosenFault, chosenSeed)) {
                Progress progress = new Progress(spec.commandLine().getOut(), scenarios.size());
                List<ScenarioResult> results = new ScenarioLauncher(
                                progress, junit, spec.commandLine().getErr())
                        .run(scenarios, opened, isStrict(), stop);
                Duration took = Duration.ofNanos(System.nanoTime() - nanos);
                report = new RunReport(
                        Version.text(), opened.describe(), opened.timing(), chosenSeed, started, took, results);
            }
            publish(report);
            return ExitCode.of(report);
        }
    }

    private Lab open(Optional<Fault> chosenFault, long chosenSeed) {
        return switch (lab) {
            case EMBEDDED -> {
                Duration t = affinityTimeout != null
                        ? affinityTimeout
                        : EmbeddedLab.Options.defaults().affinityTimeout();
                yield new EmbeddedLab(new EmbeddedLab.Options(t, chosenFault, chosenSeed));
            }
        };
    }

    private void publish(RunReport report) throws IOException {
        String text = TextReport.of(report);
        Files.writeString(out.resolve("report.txt"), text);
        JsonReport.write(report, out.resolve("report.json"));
        PrintWriter console = spec.commandLine().getOut();
        console.printf("%n%sreport: %s%n", text, out.resolve("report.json"));
        console.flush();
    }

    private List<Catalogue.Item> scenarios() {
        try {
            List<Catalogue.Item> chosen = new ArrayList<>(run.isEmpty() ? Catalogue.all() : Catalogue.named(run));
            chosen.removeAll(Catalogue.named(skip));
            if (chosen.isEmpty()) {
                throw usage("no scenario is left to run");
            }
            return chosen;
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private Fault faultNamed(String name) {
        try {
            return Fault.of(name);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private Path writable(Path folder) {
        try {
            Files.createDirectories(folder.resolve("junit"));
            Files.delete(Files.createTempFile(folder, ".writable", ""));
            return folder;
        } catch (IOException e) {
            throw usage("cannot write to the folder " + folder.toAbsolutePath() + " (" + e
                    + "); choose another with --out");
        }
    }

    private boolean isStrict() {
        return strict != null ? strict : System.getenv("CI") != null;
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), String.valueOf(message));
    }
}
