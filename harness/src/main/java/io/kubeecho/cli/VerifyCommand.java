package io.kubeecho.cli;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.embedded.EmbeddedLab;
import io.kubeecho.lab.embedded.Fault;
import io.kubeecho.lab.k3s.K3sLab;
import io.kubeecho.lab.k3s.K3sOptions;
import io.kubeecho.lab.kubernetes.KubernetesLab;
import io.kubeecho.lab.kubernetes.KubernetesOptions;
import io.kubeecho.report.HtmlReport;
import io.kubeecho.report.JsonReport;
import io.kubeecho.report.RunReport;
import io.kubeecho.report.TextReport;
import io.kubeecho.scenario.Catalogue;
import io.kubeecho.scenario.Profile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
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

    /** The labs that can be had; the names are what users type. */
    enum LabKind {
        EMBEDDED,
        K3S,
        KUBECONFIG;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** When what the run made stays in the cluster. */
    enum Keep {
        NEVER,
        ON_FAILURE,
        ALWAYS;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    @Option(
            names = "--lab",
            paramLabel = "LAB",
            converter = LabKindConverter.class,
            description = "Where to run: embedded, which needs nothing, k3s, a cluster of its own in Docker,"
                    + " or kubeconfig, a cluster that is there. Default: embedded.",
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
            names = "--profile",
            paramLabel = "NAME",
            description = "What the data plane is known to be: kube-proxy-iptables, kube-proxy-nftables or none."
                    + " What Kubernetes leaves open FAILs only against this."
                    + " Default: kube-proxy-iptables on the embedded lab, else none.")
    private @Nullable String profile;

    @Option(
            names = "--affinity-timeout",
            paramLabel = "DURATION",
            description =
                    "The timeout T of the affinity scenarios. Default: 500ms on the embedded lab, 5s in a cluster.")
    private @Nullable Duration affinityTimeout;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where report.html, report.json, report.txt and junit/ go. Default: ${DEFAULT-VALUE}.",
            defaultValue = "report")
    private Path out = Path.of("report");

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "The run ends after this, what is left is INCONCLUSIVE. Default: ${DEFAULT-VALUE}.",
            defaultValue = "10m")
    private Duration timeout = Duration.ofMinutes(10);

    @Option(
            names = "--keep",
            paramLabel = "WHEN",
            converter = KeepConverter.class,
            description = "What the run made stays in the cluster: never, on-failure or always. Default: never.",
            defaultValue = "never")
    private Keep keep = Keep.NEVER;

    @ArgGroup(validate = false, heading = "%nWith --lab kubeconfig, and but for the first two with k3s:%n")
    private ClusterFlags cluster = new ClusterFlags();

    @ArgGroup(validate = false, heading = "%nWith --lab k3s:%n")
    private K3sFlags k3s = new K3sFlags();

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
        if (affinityTimeout != null && affinityTimeout.isZero()) {
            throw usage("--affinity-timeout is above zero");
        }
        Profile chosenProfile = profile();
        requireWritable(out);
        long chosenSeed = seed != null ? seed : RandomGenerator.getDefault().nextLong();

        Instant started = Instant.now();
        long nanos = System.nanoTime();
        // the report is written before the signal lets the process go, so that Ctrl-C loses nothing
        try (StopSignal stop = StopSignal.after(timeout, "removing what the run made")) {
            RunReport report;
            try (Lab opened = opened(stop, chosenFault, chosenSeed)) {
                Progress progress = new Progress(spec.commandLine().getOut(), scenarios.size());
                progress.labReady(Duration.ofNanos(System.nanoTime() - nanos));
                ScenarioLauncher launcher = new ScenarioLauncher(
                        progress, chosenProfile, out, spec.commandLine().getErr());
                List<ScenarioResult> results =
                        stop.interruptibly(() -> launcher.run(scenarios, opened, isStrict(), stop));
                Duration took = Duration.ofNanos(System.nanoTime() - nanos);
                report = new RunReport(
                        Version.text(), opened.describe(), opened.timing(), chosenSeed, started, took, results);
                keepIfAsked(opened, report);
            }
            publish(report);
            return ExitCode.of(report);
        }
    }

    /** A cluster takes its time, and its lab can stop in the middle of being made. */
    private Lab opened(StopSignal stop, Optional<Fault> chosenFault, long chosenSeed) {
        return lab != LabKind.EMBEDDED
                ? stop.interruptibly(() -> open(chosenFault, chosenSeed))
                : open(chosenFault, chosenSeed);
    }

    private Lab open(Optional<Fault> chosenFault, long chosenSeed) {
        return switch (lab) {
            case EMBEDDED -> {
                Duration t = affinityTimeout != null
                        ? affinityTimeout
                        : EmbeddedLab.Options.defaults().affinityTimeout();
                yield new EmbeddedLab(new EmbeddedLab.Options(t, chosenFault, chosenSeed));
            }
            case K3S -> {
                refuse(chosenFault);
                if (keep != Keep.NEVER) {
                    throw usage(
                            "--keep is for clusters that outlive the run; what explains a failure is in diagnostics");
                }
                yield openK3s();
            }
            case KUBECONFIG -> {
                refuse(chosenFault);
                yield new KubernetesLab(cluster.options(Optional.ofNullable(affinityTimeout)));
            }
        };
    }

    private Lab openK3s() {
        PrintWriter console = spec.commandLine().getOut();
        KubernetesOptions pods = cluster.options(Optional.ofNullable(affinityTimeout));
        try {
            K3sOptions options = k3s.options(pods);
            return new K3sLab(options, line -> {
                console.println(line);
                console.flush();
            });
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private void refuse(Optional<Fault> chosenFault) {
        if (chosenFault.isPresent()) {
            throw usage("--fault breaks the embedded lab's data plane; a cluster has its own");
        }
    }

    private void keepIfAsked(Lab opened, RunReport report) {
        boolean failed = ExitCode.of(report) != ExitCode.CONFORMS;
        if (keep == Keep.ALWAYS || (keep == Keep.ON_FAILURE && failed)) {
            opened.keep().ifPresent(spec.commandLine().getOut()::println);
        }
    }

    private void publish(RunReport report) throws IOException {
        String text = TextReport.of(report);
        PrintWriter console = spec.commandLine().getOut();
        // first of all, so that a full disk does not cost the verdicts
        console.printf("%n%s", text);
        Files.writeString(out.resolve("report.txt"), text);
        JsonReport.write(report, out.resolve("report.json"));
        HtmlReport.write(report, out.resolve("report.html"));
        console.printf("report: %s, and .json with every connection%n", out.resolve("report.html"));
        console.flush();
    }

    private List<Catalogue.Item> scenarios() {
        try {
            Set<Catalogue.Item> chosen = new LinkedHashSet<>(run.isEmpty() ? Catalogue.all() : Catalogue.named(run));
            Catalogue.named(skip).forEach(chosen::remove);
            if (chosen.isEmpty()) {
                throw usage("no scenario is left to run");
            }
            return List.copyOf(chosen);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private Profile profile() {
        if (profile == null) {
            return lab == LabKind.EMBEDDED ? Profile.KUBE_PROXY_IPTABLES : Profile.NONE;
        }
        try {
            return Profile.of(profile);
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

    private void requireWritable(Path folder) {
        try {
            Files.createDirectories(folder.resolve("junit"));
            Files.delete(Files.createTempFile(folder, ".writable", ""));
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

    /** Takes the names in lower case, which enums do not have. */
    static final class LabKindConverter implements ITypeConverter<LabKind> {
        @Override
        public LabKind convert(String value) {
            return Choice.of(LabKind.values(), value);
        }
    }

    /** Takes the names in lower case with hyphens. */
    static final class KeepConverter implements ITypeConverter<Keep> {
        @Override
        public Keep convert(String value) {
            return Choice.of(Keep.values(), value);
        }
    }
}
