package io.kubeecho.load;

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
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.rollout.WatchedService;
import io.kubeecho.load.schedule.Arrivals;
import io.kubeecho.load.schedule.Rate;
import io.kubeecho.load.schedule.Schedule;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Plans for tests: small ones, with what matters to a test said by it. */
public final class Plans {

    private Plans() {}

    /** Requests to a URL, with a body that makes a copy of it easy. */
    public static LoadPlan plan(
            String url,
            LoadPlan.HttpKind http,
            ConnectionPolicy policy,
            int clients,
            String sources,
            LoadPlan.Model model) {
        try {
            return new LoadPlan(
                    List.of(Request.of(Target.of(url), "GET", List.of(), Buffer.buffer())),
                    http,
                    new Tls(true, Optional.empty()),
                    model,
                    policy,
                    clients,
                    sources.isEmpty() ? SourceAddresses.any() : SourceAddresses.parse(sources),
                    IdentityRule.auto(),
                    Duration.ofSeconds(20),
                    Duration.ofMillis(100),
                    1,
                    new SessionAffinity(false, Duration.ofHours(3)),
                    Optional.empty());
        } catch (TargetException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The same plan with other requests. */
    public static LoadPlan asking(LoadPlan plan, List<Request> requests) {
        return with(plan, requests, plan.identity(), plan.timeout());
    }

    /** The same plan with another way to tell who answered. */
    public static LoadPlan identifiedBy(LoadPlan plan, IdentityRule identity) {
        return with(plan, plan.requests(), identity, plan.timeout());
    }

    /** The same plan with another timeout. */
    public static LoadPlan within(LoadPlan plan, Duration timeout) {
        return with(plan, plan.requests(), plan.identity(), timeout);
    }

    private static LoadPlan with(LoadPlan p, List<Request> requests, IdentityRule identity, Duration timeout) {
        return new LoadPlan(
                requests,
                p.http(),
                p.tls(),
                p.model(),
                p.policy(),
                p.clients(),
                p.sources(),
                identity,
                timeout,
                p.interval(),
                p.loops(),
                p.affinity(),
                p.endpoints(),
                p.startAt());
    }

    /** So many requests at a rate, without a warm-up, with a time that is long enough on a busy machine. */
    public static LoadPlan.Model open(double rate, long count) {
        return new LoadPlan.Open(
                new Schedule(Rate.constant(rate), Arrivals.REGULAR, Duration.ZERO, Duration.ofMinutes(2), count, 1));
    }

    public static LoadResult run(LoadPlan plan) {
        return run(plan, new LoadListener() {});
    }

    public static LoadResult run(LoadPlan plan, LoadListener listener) {
        return run(plan, listener, Optional.empty());
    }

    public static LoadResult run(LoadPlan plan, LoadListener listener, Optional<WatchedService> watched) {
        try (LoadRun run = new LoadRun(plan, Duration.ofMillis(10), listener, watched)) {
            return run.run();
        }
    }
}
