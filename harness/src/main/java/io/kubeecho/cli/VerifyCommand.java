package io.kubeecho.cli;

import io.kubeecho.deviation.Deviations;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LabWithDeadline;
import io.kubeecho.lab.Removal;
import io.kubeecho.lab.embedded.EmbeddedLab;
import io.kubeecho.lab.embedded.Fault;
import io.kubeecho.lab.embedded.Variation;
import io.kubeecho.lab.k3s.K3sLab;
import io.kubeecho.lab.k3s.K3sOptions;
import io.kubeecho.lab.kubernetes.KubernetesLab;
import io.kubeecho.lab.kubernetes.KubernetesOptions;
import io.kubeecho.output.OutputException;
import io.kubeecho.report.RunReport;
import io.kubeecho.report.TextReport;
import io.kubeecho.scenario.AffinityCapacity;
import io.kubeecho.scenario.Catalogue;
import io.kubeecho.scenario.Profile;
import io.kubeecho.stats.Power;
import io.kubeecho.stats.Thresholds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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

    /** A fifth of it is the margin of a probe, which a busy machine must keep. */
    private static final Duration SHORTEST_EMBEDDED = Duration.ofMillis(100);

    /** Data planes count in seconds, and one second is the margin of a probe. */
    private static final Duration SHORTEST_IN_A_CLUSTER = Duration.ofSeconds(2);

    /** By the API's validation of {@code timeoutSeconds}, 86400. */
    private static final Duration LONGEST_IN_A_CLUSTER = Duration.ofDays(1);

    private static final int SCENARIOS_AT_ONCE = 4;

    private static final int MOST_CLIENT_ADDRESSES = 1_000;

    /** EXPIRE waits once until it is over, and WINDOW once more. */
    private static final int WAITS = 2;

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
            names = "--variation",
            paramLabel = "NAME",
            description = "Have the embedded lab's data plane do in another way what the API leaves open;"
                    + " see 'kube-echo list'.")
    private @Nullable String variation;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            description =
                    "What the data plane is known to be, as 'kube-echo list' has them, such as kube-proxy-nftables or cilium."
                            + " What Kubernetes leaves open FAILs only against this."
                            + " Default: kube-proxy-iptables on the embedded lab without --variation, else none.")
    private @Nullable String profile;

    @Option(
            names = "--deviations",
            paramLabel = "FILE",
            description =
                    "Failures that are known, in YAML: a list of scenario, reason and perhaps cell, link and until"
                            + " (docs/deviations.md). They are KNOWN-DEVIATION; one that is gone is told.")
    private @Nullable Path deviations;

    @Option(
            names = "--affinity-timeout",
            paramLabel = "DURATION",
            description =
                    "The timeout T of the affinity scenarios. Default: 500ms on the embedded lab, 5s in a cluster.")
    private @Nullable Duration affinityTimeout;

    @Option(
            names = "--power",
            paramLabel = "LEVEL",
            converter = PowerConverter.class,
            description = "How small a defect is found, in any cell and through any node: quick (20 %% and 5 %% of new"
                    + " connections), default (5 %% and 1 %%) or thorough (1 %% and 0.1 %%).",
            defaultValue = "default")
    private Power power = Power.DEFAULT;

    @Option(
            names = "--deadline",
            paramLabel = "DURATION",
            description = "By when the data plane has to have followed a change; how long it took is reported."
                    + " Default: 3s on the embedded lab, 60s in a cluster.")
    private @Nullable Duration deadline;

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
            names = "--affinity-clients",
            paramLabel = "N",
            description = "CAPACITY FAILs where a node keeps fewer clients of an endpoint on their pod."
                    + " Default: it is only measured.")
    private @Nullable Integer affinityClients;

    @Option(
            names = "--client-addresses",
            paramLabel = "N",
            description = "With how many clients, each with an address of its own, CAPACITY comes to each node: 100 to"
                    + " 1000. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1000")
    private int clientAddresses = MOST_CLIENT_ADDRESSES;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description = "How many scenarios run at the same time. Default: 4 in a cluster, and on the embedded lab"
                    + " one for each processor, up to 4.")
    private @Nullable Integer atOnce;

    @Option(
            names = "--keep",
            paramLabel = "WHEN",
            converter = KeepConverter.class,
            description = "What the run made stays in the cluster: never, on-failure or always. Default: never.",
            defaultValue = "never")
    private Keep keep = Keep.NEVER;

    @ArgGroup(validate = false, heading = "%nWith --lab kubeconfig, and some of them with k3s:%n")
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
        variation();
        Optional<Fault> chosenFault = Optional.ofNullable(fault).map(this::faultNamed);
        LabFlags.requireFitting(spec.commandLine().getParseResult(), lab);
        requireSensibleTimeout();
        if (deadline != null && deadline.isZero()) {
            throw usage("--deadline is above zero");
        }
        if (atOnce != null && atOnce < 1) {
            throw usage("--at-once is at least 1");
        }
        AffinityCapacity capacity = capacity();
        Profile chosenProfile = profile();
        Deviations known = deviations();
        long chosenSeed = seed != null ? seed : RandomGenerator.getDefault().nextLong();
        try (VerifyFiles files = claimed()) {
            return verify(scenarios, chosenFault, chosenProfile, capacity, known, chosenSeed, files);
        }
    }

    private int verify(
            List<Catalogue.Item> scenarios,
            Optional<Fault> chosenFault,
            Profile chosenProfile,
            AffinityCapacity capacity,
            Deviations known,
            long chosenSeed,
            VerifyFiles files)
            throws IOException {
        PrintWriter console = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        Instant started = Instant.now();
        long nanos = System.nanoTime();
        // the report is written before the signal lets the process go, so that Ctrl-C loses nothing
        try (StopSignal stop = StopSignal.after(timeout, "removing what the run made")) {
            Lab opened = withDeadline(opened(stop, chosenFault, chosenSeed));
            Removal removal = new Removal();
            RunReport report;
            try {
                Progress progress = new Progress(console, scenarios.size());
                progress.labReady(opened.describe(), Duration.ofNanos(System.nanoTime() - nanos));
                ScenarioLauncher launcher = new ScenarioLauncher(
                        progress,
                        chosenProfile,
                        capacity,
                        known,
                        Thresholds.of(power),
                        scenariosAtOnce(),
                        files.diagnostics(),
                        err);
                List<ScenarioResult> results =
                        stop.interruptibly(() -> launcher.run(scenarios, opened, isStrict(), stop));
                Duration took = Duration.ofNanos(System.nanoTime() - nanos);
                report = new RunReport(
                        Version.text(), opened.describe(), opened.timing(), chosenSeed, started, took, results);
                keepIfAsked(opened, report);
            } finally {
                removal.step("removing what the run made", opened::close);
            }
            // also where something could not be removed: what was seen is not lost with it
            removal.failure().ifPresent(failed -> Main.tell(err, failed));
            publish(report, files);
            int code = ExitCode.of(report);
            return removal.failure().isPresent() && code != ExitCode.FAILED ? ExitCode.NOT_REMOVED : code;
        }
    }

    private VerifyFiles claimed() {
        try {
            return VerifyFiles.claim(out);
        } catch (OutputException e) {
            throw usage(e.getMessage());
        }
    }

    /** One that can be timed, and that the run's time is enough for. */
    private void requireSensibleTimeout() {
        if (affinityTimeout == null) {
            return;
        }
        if (lab == LabKind.EMBEDDED && affinityTimeout.compareTo(SHORTEST_EMBEDDED) < 0) {
            throw usage("--affinity-timeout is at least %d ms on the embedded lab: what is shorter cannot be timed"
                    .formatted(SHORTEST_EMBEDDED.toMillis()));
        }
        boolean whole = affinityTimeout.toMillis() % 1000 == 0;
        if (lab != LabKind.EMBEDDED
                && (!whole
                        || affinityTimeout.compareTo(SHORTEST_IN_A_CLUSTER) < 0
                        || affinityTimeout.compareTo(LONGEST_IN_A_CLUSTER) > 0)) {
            throw usage("--affinity-timeout is in whole seconds, from 2s to 24h, in a cluster");
        }
        if (affinityTimeout.multipliedBy(WAITS).compareTo(timeout) > 0) {
            throw usage(
                    "a scenario waits for up to %d times --affinity-timeout, which is more than --timeout %s allows; make the one shorter or the other longer"
                            .formatted(WAITS, LoadOutput.text(timeout)));
        }
    }

    /** In a cluster they wait most of the time; the embedded lab is this machine's own work. */
    private int scenariosAtOnce() {
        if (atOnce != null) {
            return atOnce;
        }
        return lab == LabKind.EMBEDDED
                ? Math.min(SCENARIOS_AT_ONCE, Runtime.getRuntime().availableProcessors())
                : SCENARIOS_AT_ONCE;
    }

    private Lab withDeadline(Lab opened) {
        return deadline == null ? opened : new LabWithDeadline(opened, deadline);
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
                yield new EmbeddedLab(new EmbeddedLab.Options(t, chosenFault, variation(), chosenSeed));
            }
            case K3S -> openK3s();
            case KUBECONFIG -> new KubernetesLab(cluster.options(Optional.ofNullable(affinityTimeout)));
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

    private void keepIfAsked(Lab opened, RunReport report) {
        boolean failed = ExitCode.of(report) != ExitCode.CONFORMS;
        if (keep == Keep.ALWAYS || (keep == Keep.ON_FAILURE && failed)) {
            opened.keep().ifPresent(spec.commandLine().getOut()::println);
        }
    }

    private void publish(RunReport report, VerifyFiles files) throws IOException {
        String text = TextReport.of(report);
        PrintWriter console = spec.commandLine().getOut();
        // first of all, so that a full disk does not cost the verdicts
        console.printf("%n%s", text);
        console.flush();
        files.write(report, text, isStrict());
        console.printf("report: %s, and .json with every connection%n", files.page());
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
            throw usage(e.getMessage() + suggestion());
        }
    }

    private String suggestion() {
        List<String> known = Catalogue.all().stream().map(Catalogue.Item::id).toList();
        return Stream.concat(run.stream(), skip.stream())
                .filter(id -> known.stream().noneMatch(id::equalsIgnoreCase))
                .findFirst()
                .map(id -> Suggestion.phrase(id, known))
                .orElse("");
    }

    private Profile profile() {
        if (profile == null) {
            return lab == LabKind.EMBEDDED && variation == null ? Profile.KUBE_PROXY_IPTABLES : Profile.NONE;
        }
        try {
            return Profile.of(profile);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private AffinityCapacity capacity() {
        if (affinityClients != null && affinityClients < 1) {
            throw usage("--affinity-clients is at least 1");
        }
        if (clientAddresses < AffinityCapacity.FEWEST || clientAddresses > MOST_CLIENT_ADDRESSES) {
            throw usage(
                    "--client-addresses is from %d to %d".formatted(AffinityCapacity.FEWEST, MOST_CLIENT_ADDRESSES));
        }
        return new AffinityCapacity(
                clientAddresses, affinityClients == null ? OptionalInt.empty() : OptionalInt.of(affinityClients));
    }

    private Deviations deviations() {
        try {
            return deviations == null
                    ? Deviations.NONE
                    : Deviations.read(
                            deviations,
                            Catalogue.all().stream().map(Catalogue.Item::id).collect(Collectors.toSet()));
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        }
    }

    private Variation variation() {
        try {
            return variation == null ? Variation.RANDOM : Variation.of(variation);
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

    /** Takes the names in lower case. */
    static final class PowerConverter implements ITypeConverter<Power> {
        @Override
        public Power convert(String value) {
            return Choice.of(Power.values(), value);
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
