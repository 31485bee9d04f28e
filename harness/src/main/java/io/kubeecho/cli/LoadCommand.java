package io.kubeecho.cli;

import io.kubeecho.load.address.SourceAddresses;
import io.kubeecho.load.address.Target;
import io.kubeecho.load.address.TargetException;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.connection.Request;
import io.kubeecho.load.connection.Tls;
import io.kubeecho.load.drive.LoadListener;
import io.kubeecho.load.drive.LoadPlan;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.drive.LoadRun;
import io.kubeecho.load.identity.IdentityRule;
import io.kubeecho.load.report.LoadReport;
import io.kubeecho.load.report.TextSummary;
import io.kubeecho.load.schedule.Arrivals;
import io.kubeecho.load.schedule.Rate;
import io.kubeecho.load.schedule.Schedule;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kube-echo load}. */
@Command(
        name = "load",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Sends HTTP load, and says which pod answered.")
final class LoadCommand implements Callable<Integer> {

    @Parameters(arity = "1..*", paramLabel = "URL", description = "Whom to load, in turn.")
    private List<String> urls = List.of();

    @Option(
            names = {"-r", "--rate"},
            defaultValue = "100")
    private double rate;

    @Option(
            names = {"-d", "--duration"},
            defaultValue = "10s")
    private Duration duration = Duration.ofSeconds(10);

    @Option(
            names = {"-n", "--requests"},
            defaultValue = "100000")
    private long requests;

    @Option(names = "--warmup", defaultValue = "2s")
    private Duration warmup = Duration.ofSeconds(2);

    @Option(
            names = {"-c", "--clients"},
            defaultValue = "64")
    private int clients;

    @Option(names = "--loops", defaultValue = "1")
    private int loops;

    @Option(names = "--closed")
    private boolean closed;

    @Option(names = "--connections", defaultValue = "pinned")
    private String connections = "pinned";

    @Option(names = "--sources")
    private @Nullable String sources;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws TargetException {
        List<Request> list = new ArrayList<>();
        for (String url : urls) {
            list.add(Request.of(Target.of(url), "GET", List.of(), ""));
        }
        LoadPlan plan = new LoadPlan(
                list,
                LoadPlan.HttpKind.HTTP1,
                new Tls(false, Optional.empty()),
                closed
                        ? new LoadPlan.Closed(warmup, duration, requests)
                        : new LoadPlan.Open(
                                new Schedule(Rate.constant(rate), Arrivals.REGULAR, warmup, duration, requests, 1)),
                ConnectionPolicy.of(connections),
                clients,
                sources == null ? SourceAddresses.any() : SourceAddresses.parse(sources),
                IdentityRule.of("auto"),
                Duration.ofSeconds(5),
                Duration.ofSeconds(1),
                loops,
                Duration.ofHours(3),
                Optional.empty());
        PrintWriter out = spec.commandLine().getOut();
        LoadResult result;
        try (StopSignal stop = StopSignal.after(Duration.ofHours(24));
                LoadRun run = new LoadRun(plan, Duration.ofMillis(10), new LoadListener() {})) {
            result = run.run();
        }
        out.println(TextSummary.of(new LoadReport(Version.text(), urls, new LinkedHashMap<>(), false, result)));
        out.flush();
        return 0;
    }
}
