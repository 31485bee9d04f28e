package io.kubeecho.cli;

import com.sun.management.UnixOperatingSystemMXBean;
import io.kubeecho.lab.LabException;
import io.kubeecho.load.address.SourceAddresses;
import io.kubeecho.load.address.Target;
import io.kubeecho.load.address.TargetException;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.connection.Request;
import io.kubeecho.load.connection.SentHeaders;
import io.kubeecho.load.connection.Tls;
import io.kubeecho.load.drive.LateStartException;
import io.kubeecho.load.drive.LoadPlan;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.drive.LoadRun;
import io.kubeecho.load.drive.Reachability;
import io.kubeecho.load.identity.Identity;
import io.kubeecho.load.identity.IdentityRule;
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.objective.Objective;
import io.kubeecho.load.report.LoadReport;
import io.kubeecho.load.schedule.Arrivals;
import io.kubeecho.load.schedule.Rate;
import io.kubeecho.load.schedule.Schedule;
import io.kubeecho.load.schedule.Shard;
import io.kubeecho.load.shard.ShardHeader;
import io.kubeecho.load.watch.ServiceName;
import io.kubeecho.load.watch.ServiceWatch;
import io.kubeecho.output.PlainText;
import io.kubeecho.output.Writings;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kube-echo load}. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Sends HTTP load on a schedule, and says which pod answered.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every objective was met, or there was none",
            "1:an objective was missed",
            "2:wrong usage",
            "3:the generator itself was the limit, or an objective could not be measured",
            "4:the target could not be reached at all, or the Service not be watched",
            "5:a report could not be written, such as to a full disk"
        })
final class LoadCommand implements Callable<Integer> {

    /** Files that are opened besides connections, once a load has begun. */
    private static final int OWN_FILES = 32;

    private static final Duration DEFAULT_AFFINITY_TIMEOUT = Duration.ofHours(3);

    /** Some ten times of what a CPU sends: more is taken for a slip. */
    private static final double MOST_PER_SECOND = 1e6;

    /** It is held twice, in memory that is never released. */
    private static final long MOST_BODY = 64 << 20;

    private static final Pattern RATE =
            Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(?:\\.\\.(\\d{1,9}(?:\\.\\d{1,6})?))?");

    @Parameters(
            arity = "1..*",
            paramLabel = "URL",
            description = "Whom to load. Several are asked in turn; each client keeps to one front end.")
    private List<String> urls = List.of();

    @Option(
            names = {"-r", "--rate"},
            paramLabel = "RATE",
            description = "Requests a second, however slow the target is; 100..1000 rises over the whole duration."
                    + " At most 1000000. Default: 100.")
    private @Nullable String rate;

    @Option(names = "--arrivals", description = "How they lie in time: ${COMPLETION-CANDIDATES}. Default: REGULAR.")
    private @Nullable Arrivals arrivals;

    @Option(
            names = "--closed",
            description = "Closed model instead: each client asks again when it is answered, at no --rate.")
    private boolean closed;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "DURATION",
            description = "What is measured ends after this. Default: ${DEFAULT-VALUE}.",
            defaultValue = "10s")
    private Duration duration = Duration.ofSeconds(10);

    @Option(
            names = {"-n", "--requests"},
            paramLabel = "N",
            description = "... or after so many requests. Default: ${DEFAULT-VALUE}.",
            defaultValue = "100000")
    private long requests;

    @Option(
            names = "--warmup",
            paramLabel = "DURATION",
            description = "Load before what is measured. Default: ${DEFAULT-VALUE}.",
            defaultValue = "2s")
    private Duration warmup = Duration.ofSeconds(2);

    @Option(
            names = {"-c", "--clients"},
            paramLabel = "N",
            description = "Each has at most one request in flight. Default: 64, or one for each source address.")
    private @Nullable Integer clients;

    @Option(
            names = "--connections",
            paramLabel = "POLICY",
            description = "pinned, per-request, per-connection:N (requests) or churn:R (replaced a second)."
                    + " Default: ${DEFAULT-VALUE}.",
            defaultValue = "pinned")
    private String connections = "pinned";

    @Option(
            names = "--sources",
            paramLabel = "LIST",
            description = "Addresses of this machine to send from, with ranges: 127.1.0.0/24,127.2.0.5."
                    + " Default: as the kernel routes.")
    private @Nullable String sources;

    @Option(
            names = "--http",
            paramLabel = "VERSION",
            description = "1.1 or 2; 2 is h2c with prior knowledge where the URL is not https."
                    + " Default: ${DEFAULT-VALUE}.",
            defaultValue = "1.1")
    private String http = "1.1";

    @Option(
            names = {"-X", "--method"},
            description = "Default: ${DEFAULT-VALUE}.",
            defaultValue = "GET")
    private String method = "GET";

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME:VALUE",
            description = "A header to send; may be repeated.")
    private List<String> headers = List.of();

    @Option(
            names = "--body",
            paramLabel = "TEXT|@FILE",
            description = "A body to send; @FILE sends the bytes of that file.",
            defaultValue = "")
    private String body = "";

    @Option(names = "--ca", paramLabel = "FILE", description = "PEM certificates to trust instead of the JVM's.")
    private @Nullable Path ca;

    @Option(names = "--insecure", description = "Take any certificate.")
    private boolean insecure;

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            description = "Of a connect, and of a request from its send. Default: ${DEFAULT-VALUE}.",
            defaultValue = "5s")
    private Duration timeout = Duration.ofSeconds(5);

    @Option(
            names = "--identity",
            paramLabel = "RULE",
            description =
                    "Who answered: auto, none, echo-line, json, whoami, agnhost-clientip, agnhost-hostname, header:NAME"
                            + " or regex:EXPRESSION with groups 'pod' and 'client'. Default: ${DEFAULT-VALUE}.",
            defaultValue = "auto")
    private String identity = "auto";

    @Option(
            names = "--endpoints",
            paramLabel = "N",
            description = "How many pods there are, so that evenness counts those never seen.")
    private @Nullable Integer endpoints;

    @Option(
            names = "--affinity-timeout",
            paramLabel = "DURATION",
            description = "Expect each source to stay on its pod for so long. Default: what a watched Service promises;"
                    + " else not expected, or 3h (Kubernetes' own) where an objective names affinity.")
    private @Nullable Duration affinityTimeout;

    @Option(
            names = "--slo",
            paramLabel = "LIST",
            description = "Objectives, such as \"p99<50ms, errors<0.1%%, affinity.violations==0\".")
    private @Nullable String slo;

    @Option(
            names = "--max-lag",
            paramLabel = "DURATION",
            description = "The generator was the limit when one send in 100 is later than this. Default:"
                    + " ${DEFAULT-VALUE}.",
            defaultValue = "10ms")
    private Duration maxLag = Duration.ofMillis(10);

    @Option(
            names = "--loops",
            paramLabel = "N",
            description = "Event loops, each a CPU's worth. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1")
    private int loops;

    @Option(
            names = "--interval",
            paramLabel = "DURATION",
            description = "Of the series, and of what is shown while it runs. Default: ${DEFAULT-VALUE}.",
            defaultValue = "1s")
    private Duration interval = Duration.ofSeconds(1);

    @Option(names = "--seed", description = "For Poisson arrivals. Default: a new one, reported.")
    private @Nullable Long seed;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where load.txt, .json, .csv, .hlog, .html and .shard.json go; - prints what .shard.json has"
                    + " as the last line, and everything else on standard error. Default: ${DEFAULT-VALUE}.",
            defaultValue = "report")
    private Path out = Path.of("report");

    @Option(
            names = "--live",
            negatable = true,
            description =
                    "Show a picture while it runs, or a line for each interval. Default: a picture on a terminal.")
    private @Nullable Boolean live;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description = "Serve Prometheus metrics on 127.0.0.1 while it runs; 0 for any port.")
    private @Nullable Integer metricsPort;

    @Option(names = "--i-own-this-target", description = "Needed where the target has a public address.")
    private boolean ownsTarget;

    @Mixin
    private ShardFlags sharding = new ShardFlags();

    @ArgGroup(validate = false, heading = "%nWhere the target is a Service of Kubernetes:%n")
    private WatchFlags watching = new WatchFlags();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        LoadPlan whole;
        LoadPlan plan;
        Shard shard;
        List<Objective> objectives;
        Optional<ServiceName> service;
        try {
            objectives = slo == null ? List.of() : Objective.parse(slo);
            service = watching.service();
            requireWatch(objectives, service);
            shard = sharding.shard(System::getenv);
            if (service.isPresent() && !shard.isWhole()) {
                throw new IllegalArgumentException(
                        "--watch-service is not for shards: what it tells of the endpoints is"
                                + " not in what they leave");
            }
            whole = plan(affinity(objectives));
            plan = part(whole, shard);
        } catch (IllegalArgumentException e) {
            throw usage(e.getMessage());
        } catch (TargetException e) {
            return fail(ExitCode.NO_LAB, String.valueOf(e.getMessage()));
        }
        if (service.isEmpty()) {
            return load(whole, plan, shard, objectives, Optional.empty());
        }
        try (ServiceWatch watch = watching.open(service.get())) {
            // what the Service promises is expected, unless something else is asked for
            Optional<SessionAffinity> promised = watch.affinityTimeout()
                    .filter(ignored -> affinityTimeout == null)
                    .map(timeout -> new SessionAffinity(true, timeout));
            LoadPlan expected = promised.map(plan::expecting).orElse(plan);
            return load(expected, expected, shard, objectives, Optional.of(watch));
        } catch (LabException e) {
            return fail(ExitCode.NO_LAB, String.valueOf(e.getMessage()));
        }
    }

    private static void requireWatch(List<Objective> objectives, Optional<ServiceName> service) {
        objectives.stream()
                .filter(o -> o.measure().needsWatch() && service.isEmpty())
                .findFirst()
                .ifPresent(o -> {
                    throw new IllegalArgumentException(
                            "the objective '" + o.text() + "' needs --watch-service: it is about endpoints");
                });
    }

    /**
     * @param whole of which the plan is this process's part
     * @param watch of the Service, where that is watched
     */
    private int load(
            LoadPlan whole, LoadPlan plan, Shard shard, List<Objective> objectives, Optional<ServiceWatch> watch)
            throws IOException {
        try (LoadOutput output = LoadOutput.open(
                        spec.commandLine(), out, live, Optional.ofNullable(metricsPort), plan, header(whole, shard));
                StopSignal stop = StopSignal.after(limit(plan), "adding up what was measured");
                LoadRun run = new LoadRun(plan, maxLag, output, watch)) {
            Optional<Integer> refused = refusedBy(stop.interruptibly(run::check));
            if (refused.isPresent()) {
                return refused.get();
            }
            output.waiting();
            LoadResult result = stop.interruptibly(() -> {
                if (stop.reason().isPresent()) {
                    // a stop that came between the two is for the load
                    Thread.currentThread().interrupt();
                }
                return run.run();
            });
            Map<String, String> settings = settings(whole);
            run.chosenAddresses().ifPresent(chosen -> settings.put("address", chosen));
            if (!shard.isWhole()) {
                settings.put("shard", shard.text());
            }
            // a part of a load meets no objective of the whole, and misses none
            LoadReport report = LoadReport.of(
                    Version.text(), urls, settings, plan.affinity(), result, shard.isWhole() ? objectives : List.of());
            Writings writings = new Writings(out);
            writings.attempt(() -> output.publish(report));
            int code = LoadExit.code(report, spec.commandLine().getErr());
            writings.attempt(() -> output.handOver(result));
            if (writings.failure().isPresent()) {
                return fail(
                        ExitCode.NO_REPORT,
                        String.valueOf(writings.failure().get().getMessage()));
            }
            // whoever puts the shards together hears of all that, and a Job would end the other ones
            return shard.isWhole() ? code : ExitCode.CONFORMS;
        } catch (LoadOutput.CannotOpenException e) {
            throw usage(e.getMessage());
        } catch (LateStartException e) {
            return fail(ExitCode.INCONCLUSIVE, e.getMessage() + "; choose a later --start-at or a longer --warmup");
        }
    }

    /** What of a plan is this process's part, on this machine. */
    private LoadPlan part(LoadPlan whole, Shard shard) {
        if (!shard.isWhole() && arrivals() == Arrivals.POISSON && seed == null && !closed) {
            throw new IllegalArgumentException(
                    "shards of Poisson arrivals need the same --seed, to send at times of" + " the same process");
        }
        LoadPlan plan = whole.of(shard);
        requireFiles(plan.clients());
        plan.sources().firstMissing(plan.clients()).ifPresent(missing -> {
            throw new IllegalArgumentException("the source address " + missing + " is not one of this machine's");
        });
        return plan;
    }

    private ShardHeader header(LoadPlan whole, Shard shard) {
        return new ShardHeader(
                Version.text(),
                shard,
                urls,
                settings(whole),
                interval,
                whole.affinity(),
                whole.endpoints(),
                Optional.ofNullable(slo));
    }

    private Optional<Integer> refusedBy(List<Reachability> checked) {
        if (checked.get(0) instanceof Reachability.Fails fails) {
            // a machine that cannot even try says nothing about the target
            boolean own = fails.kind() == ErrorKind.LOCAL;
            return Optional.of(fail(own ? ExitCode.INCONCLUSIVE : ExitCode.NO_LAB, fails.text()));
        }
        for (Reachability each : checked) {
            if (each instanceof Reachability.Answers answers
                    && answers.identity().equals(Identity.UNKNOWN)) {
                spec.commandLine()
                        .getErr()
                        .println("kube-echo: an answer (status " + answers.status()
                                + ") does not say which pod it came from; see --identity");
                break;
            }
        }
        return Optional.empty();
    }

    private SessionAffinity affinity(List<Objective> objectives) {
        boolean expected = affinityTimeout != null || nameAffinity(objectives);
        return new SessionAffinity(expected, affinityTimeout != null ? affinityTimeout : DEFAULT_AFFINITY_TIMEOUT);
    }

    static boolean nameAffinity(List<Objective> objectives) {
        return objectives.stream().anyMatch(o -> o.measure().name().startsWith("affinity."));
    }

    private LoadPlan plan(SessionAffinity affinity) throws TargetException {
        List<Request> list = new ArrayList<>();
        List<Map.Entry<String, String>> sent = headers();
        Buffer content = content();
        for (String url : urls) {
            Target target = Target.of(url);
            target.publicAddress().filter(ignored -> !ownsTarget).ifPresent(address -> {
                throw new IllegalArgumentException(url + " is the public address " + address
                        + "; if it is yours to load, add --i-own-this-target");
            });
            list.add(Request.of(target, method(), sent, content));
        }
        SourceAddresses from = sources == null ? SourceAddresses.any() : SourceAddresses.parse(sources);
        int count = clients != null
                ? clients
                : from.literals().isEmpty() ? 64 : from.literals().size();
        if (ca != null && !Files.isReadable(ca)) {
            throw new IllegalArgumentException("the file " + ca + " (--ca) cannot be read");
        }
        return new LoadPlan(
                list,
                httpKind(),
                new Tls(insecure, Optional.ofNullable(ca).map(Path::toString)),
                model(),
                ConnectionPolicy.of(connections),
                count,
                from,
                IdentityRule.of(identity),
                positive(timeout, "--timeout"),
                positive(interval, "--interval"),
                loops,
                affinity,
                endpoints(endpoints),
                sharding.startAt(Instant.now(), warmup));
    }

    private LoadPlan.Model model() {
        if (closed) {
            if (rate != null || arrivals != null) {
                throw new IllegalArgumentException("--closed asks again as soon as it is answered, at no "
                        + (rate != null ? "--rate" : "--arrivals") + ": leave one of the two out");
            }
            return new LoadPlan.Closed(warmup, positive(duration, "--duration"), requests);
        }
        long chosenSeed = seed != null ? seed : RandomGenerator.getDefault().nextLong();
        return new LoadPlan.Open(
                new Schedule(rate(), arrivals(), warmup, positive(duration, "--duration"), requests, chosenSeed));
    }

    private Arrivals arrivals() {
        return arrivals == null ? Arrivals.REGULAR : arrivals;
    }

    private String rateText() {
        return rate == null ? "100" : rate;
    }

    private Rate rate() {
        Matcher m = RATE.matcher(rateText());
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + rate + "' is not a rate such as 1000 or 100..1000");
        }
        double from = Double.parseDouble(m.group(1));
        if (Math.max(from, m.group(2) == null ? 0 : Double.parseDouble(m.group(2))) > MOST_PER_SECOND) {
            throw new IllegalArgumentException("a rate of " + rate + " is more than one machine sends, which is some"
                    + " 100000 a second for each of --loops, and 1000000 at most; several machines make one load with"
                    + " --shard");
        }
        return m.group(2) == null
                ? Rate.constant(from)
                : Rate.ramp(from, Double.parseDouble(m.group(2)), duration.toNanos() / 1e9);
    }

    private LoadPlan.HttpKind httpKind() {
        return switch (http) {
            case "1.1", "1" -> LoadPlan.HttpKind.HTTP1;
            case "2" -> LoadPlan.HttpKind.HTTP2;
            // what the project's own client is measured against
            case "1.1-by-vertx" -> LoadPlan.HttpKind.HTTP1_BY_VERTX;
            default -> throw new IllegalArgumentException("HTTP '" + http + "' is neither 1.1 nor 2");
        };
    }

    private List<Map.Entry<String, String>> headers() {
        List<Map.Entry<String, String>> list = new ArrayList<>();
        for (String header : headers) {
            int colon = header.indexOf(':');
            if (colon < 1) {
                throw new IllegalArgumentException("'" + PlainText.inLine(header)
                        + "' is not a header of the form NAME:VALUE"
                        + (colon == 0 ? "; HTTP/2's own, such as :authority, are made of the URL" : ""));
            }
            list.add(Map.entry(
                    header.substring(0, colon), header.substring(colon + 1).strip()));
        }
        SentHeaders.require(list, httpKind() == LoadPlan.HttpKind.HTTP2);
        return list;
    }

    private String method() {
        String name = method.toUpperCase(Locale.ROOT);
        SentHeaders.requireMethod(name);
        return name;
    }

    private Buffer content() {
        if (!body.startsWith("@")) {
            return Buffer.buffer(body);
        }
        Path file = Path.of(body.substring(1));
        try {
            if (!Files.isRegularFile(file)) {
                throw new IllegalArgumentException(
                        "there is no file '" + PlainText.inLine(file.toString()) + "' to send as the --body");
            }
            if (Files.size(file) > MOST_BODY) {
                throw new IllegalArgumentException(
                        "the file " + file + " (--body) has more than " + (MOST_BODY >> 20) + " MiB");
            }
            return Buffer.buffer(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new IllegalArgumentException("the file " + file + " (--body) cannot be read", e);
        }
    }

    private static void requireFiles(int clients) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            long left = unix.getMaxFileDescriptorCount() - unix.getOpenFileDescriptorCount() - OWN_FILES;
            if (clients > left) {
                throw new IllegalArgumentException(clients + " clients need more open files than the "
                        + unix.getMaxFileDescriptorCount() + " allowed here (ulimit -n)");
            }
        }
    }

    /** @throws IllegalArgumentException if there cannot be so many */
    static Optional<Integer> endpoints(@Nullable Integer count) {
        if (count != null && (count < 1 || count > ShardHeader.MOST_ENDPOINTS)) {
            throw new IllegalArgumentException("--endpoints is 1 to " + ShardHeader.MOST_ENDPOINTS
                    + ", as many pods as a cluster has, not " + count);
        }
        return Optional.ofNullable(count);
    }

    private static Duration positive(Duration value, String option) {
        if (value.isZero()) {
            throw new IllegalArgumentException(option + " is to be longer than nothing");
        }
        return value;
    }

    /** Far more than it should take, for when something hangs. */
    private Duration limit(LoadPlan plan) {
        Duration waiting = plan.startAt()
                .map(at -> Duration.between(Instant.now(), at))
                .filter(d -> !d.isNegative())
                .orElse(Duration.ZERO);
        return waiting.plus(warmup).plus(duration).plus(timeout.multipliedBy(4)).plusSeconds(60);
    }

    private Map<String, String> settings(LoadPlan plan) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (plan.model() instanceof LoadPlan.Open open) {
            settings.put("rate", rateText());
            settings.put("arrivals", arrivals().name().toLowerCase(Locale.ROOT));
            if (arrivals() == Arrivals.POISSON) {
                settings.put("seed", String.valueOf(open.schedule().seed()));
            }
        } else {
            settings.put("model", "closed");
        }
        settings.put("duration", LoadOutput.text(duration));
        settings.put("requests", "at most " + requests);
        settings.put("warmup", LoadOutput.text(warmup));
        settings.put("clients", String.valueOf(plan.clients()));
        settings.put("connections", plan.policy().text());
        if (sources != null) {
            settings.put("sources", sources);
        }
        settings.put("http", http);
        settings.put("timeout", LoadOutput.text(timeout));
        settings.put("identity", identity);
        settings.put("loops", String.valueOf(loops));
        settings.putAll(watching.settings());
        plan.startAt().ifPresent(at -> settings.put("start-at", at.toString()));
        return settings;
    }

    private int fail(int code, String message) {
        spec.commandLine().getErr().println("kube-echo: " + message);
        return code;
    }

    private ParameterException usage(@Nullable String message) {
        return new ParameterException(spec.commandLine(), String.valueOf(message));
    }
}
