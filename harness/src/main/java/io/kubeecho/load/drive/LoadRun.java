package io.kubeecho.load.drive;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import io.kubeecho.load.address.Target;
import io.kubeecho.load.connection.Connector;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.connection.Http1Connector;
import io.kubeecho.load.connection.HttpClientConnector;
import io.kubeecho.load.connection.Request;
import io.kubeecho.load.identity.IdentityMemo;
import io.kubeecho.load.identity.Roster;
import io.kubeecho.load.measure.Cut;
import io.kubeecho.load.measure.Ending;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.Measurement;
import io.kubeecho.load.rollout.WatchedService;
import io.kubeecho.load.schedule.Arrivals;
import io.kubeecho.load.schedule.SendTimes;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs one plan, once. */
public final class LoadRun implements AutoCloseable {

    private static final long CUT_SECONDS = 10;

    private static final Duration LEAST_PATIENCE = Duration.ofSeconds(5);

    /** So long before its time a load opens its connections. */
    private static final long OPENING_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final LoadPlan plan;
    private final Vertx vertx;
    private final List<LoadLoop> loops = new ArrayList<>();
    private final Roster roster = new Roster();
    private final Connector patient;
    /** At the address that answered. */
    private final Map<String, Target> reached = new ConcurrentHashMap<>();

    private final Measurement measurement;
    private final GeneratorWatch watch;
    private final LoadListener listener;
    private final Optional<? extends WatchedService> watched;

    private long zero;
    private long cutAt;

    /**
     * @param maxLag of the generator, above which it says that it was the limit
     * @param watched the Service that the load goes to, where that is watched
     */
    public LoadRun(LoadPlan plan, Duration maxLag, LoadListener listener, Optional<? extends WatchedService> watched) {
        this.plan = plan;
        this.watched = watched;
        this.listener = listener;
        vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(plan.loops())
                .setPreferNativeTransport(true)
                // a stalled event loop shows in the send lag, which is reported
                .setBlockedThreadCheckInterval(TimeUnit.HOURS.toMillis(1)));
        measurement = new Measurement(plan.affinity(), plan.endpoints());
        patient = connector(((VertxInternal) vertx).createEventLoopContext(), patience(plan));
        for (int i = 0; i < plan.loops(); i++) {
            loops.add(loop(i));
        }
        addClients();
        watch = new GeneratorWatch(loops, maxLag);
    }

    /**
     * Sends one request to each front end, which counts for nothing, and says what came of it: the failures first. What
     * has not answered when the thread is interrupted counts as failed.
     */
    public List<Reachability> check() {
        String source = plan.sources().literals().stream().findFirst().orElse("");
        List<Preflight> preflights = plan.requests().stream()
                .map(request -> new Preflight(patient, request, source, plan.identity(), patience(plan)))
                .toList();
        List<CompletableFuture<Reachability>> asked =
                preflights.stream().map(Preflight::start).toList();
        try {
            CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new)).get();
        } catch (InterruptedException | ExecutionException e) {
            for (int i = 0; i < asked.size(); i++) {
                String url = plan.requests().get(i).target().url();
                asked.get(i)
                        .complete(new Reachability.Fails(
                                url, ErrorKind.OTHER, "interrupted before it had answered", List.of()));
            }
        }
        preflights.forEach(p -> reached.put(frontEnd(p.reached()), p.reached()));
        return asked.stream()
                .map(CompletableFuture::join)
                .sorted(Comparator.comparing(r -> r instanceof Reachability.Answers))
                .toList();
    }

    /** Which of their addresses is loaded, for names that have several; empty where none has. */
    public Optional<String> chosenAddresses() {
        List<String> chosen = plan.requests().stream()
                .filter(r -> r.target().addresses().size() > 1)
                .map(r -> frontEnd(r.target()))
                .distinct()
                .flatMap(frontEnd -> Optional.ofNullable(reached.get(frontEnd)).stream())
                .map(target -> target.host() + ": " + target.address())
                .toList();
        return chosen.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", chosen));
    }

    /**
     * Runs the plan to its end, or until the thread is interrupted: then what was measured until then is the result.
     *
     * @throws LateStartException if what is measured should have begun before the connections were open
     */
    public LoadResult run() {
        boolean interrupted = false;
        try {
            if (plan.startAt().isPresent()) {
                // not long before, since a connection that is not used may be closed
                sleepUntil(start() - OPENING_NANOS);
            }
            CompletableFuture.allOf(loops.stream().map(LoadLoop::openAhead).toArray(CompletableFuture[]::new))
                    .get();
            long start = start();
            zero = start + plan.model().warmup().toNanos();
            cutAt = zero;
            requireInTime();
            sleepUntil(start);
            listener.opened();
            loops.forEach(loop -> loop.start(zero));
            sleepUntil(zero);
        } catch (InterruptedException e) {
            interrupted = true;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        // several generators begin at one time, of which each of them is to have the same idea
        Instant started =
                plan.startAt().map(at -> at.plus(plan.model().warmup())).orElseGet(Instant::now);
        watch.begin();
        if (!interrupted) {
            listener.started(started);
            interrupted = !measure();
        }
        finish(interrupted);
        measurement.end(ending(interrupted));
        watched.ifPresent(service -> measurement.follow(service.since(zero)));
        measurement.settle();
        Figures figures = measurement.figures();
        return new LoadResult(
                started,
                figures,
                watch.end(figures, plan),
                interrupted,
                loops.stream().flatMap(l -> l.lastFailure().stream()).findFirst());
    }

    /** When the warm-up begins, of {@link System#nanoTime()}. */
    private long start() {
        long now = System.nanoTime();
        return plan.startAt()
                .map(at -> now + Duration.between(Instant.now(), at).toNanos())
                .orElse(now);
    }

    private void requireInTime() {
        long late = System.nanoTime() - zero;
        if (plan.startAt().isPresent() && late > 0) {
            throw new LateStartException(late / 1e9);
        }
    }

    /** @return whether it came to its end */
    private boolean measure() {
        CompletableFuture<?> done =
                CompletableFuture.allOf(loops.stream().map(LoadLoop::done).toArray(CompletableFuture[]::new));
        try {
            // the time after the last send of a schedule belongs to what is measured, whoever has answered already
            CompletableFuture<?> early = plan.model() instanceof LoadPlan.Closed ? done : new CompletableFuture<>();
            intervals(zero + plan.model().endNanos(), early);
            cut();
            intervals(System.nanoTime() + plan.timeout().toNanos(), done);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    /** Cuts an interval every so often, until the time comes or the future is complete. */
    private void intervals(long until, CompletableFuture<?> unlessDone) throws InterruptedException {
        long step = plan.interval().toNanos();
        while (System.nanoTime() < until && !unlessDone.isDone()) {
            long boundary = zero + ((System.nanoTime() - zero) / step + 1) * step;
            if (waitFor(unlessDone, Math.min(boundary, until)) || boundary >= until) {
                continue;
            }
            cut();
        }
    }

    private Ending ending(boolean interrupted) {
        List<Ending> each =
                loops.stream().map(loop -> uninterruptibly(loop.ending())).toList();
        Ending all = each.stream().reduce(Ending::or).orElseThrow();
        double planned = plan.model().endNanos() / 1e9;
        // the last answer ends a closed load of so many requests
        double sending = plan.model() instanceof LoadPlan.Closed ? Math.min(planned, all.lastOutcome()) : planned;
        if (interrupted) {
            double ended = seconds(cutAt);
            // the next of evenly spaced sends is due when the last one's time is over
            boolean spaced = plan.model() instanceof LoadPlan.Open open
                    && open.schedule().arrivals() == Arrivals.REGULAR;
            double next = each.stream().mapToDouble(Ending::sending).min().orElseThrow();
            sending = Math.min(planned, spaced ? Math.max(ended, next) : ended);
        }
        return new Ending(sending, all.lastAnswer(), all.lastOutcome());
    }

    private void finish(boolean interrupted) {
        loops.forEach(interrupted ? LoadLoop::abandon : LoadLoop::giveUp);
        if (zero != 0 && System.nanoTime() > zero) {
            cut();
        }
    }

    private void cut() {
        watch.look();
        long from = cutAt;
        List<Cut> cuts = cuts();
        cutAt = System.nanoTime();
        listener.cut(cuts, seconds(from), seconds(cutAt));
        watched.ifPresent(service -> measurement.follow(service.since(zero)));
        measurement
                .add(cuts, seconds(from), seconds(cutAt))
                .ifPresent(histograms -> listener.interval(measurement.last(), histograms, measurement.figures()));
    }

    private List<Cut> cuts() {
        List<CompletableFuture<Cut>> asked = loops.stream().map(LoadLoop::cut).toList();
        return asked.stream().map(LoadRun::uninterruptibly).toList();
    }

    private static <T> T uninterruptibly(CompletableFuture<T> asked) {
        // join, unlike get, is deaf to interruption
        return asked.orTimeout(CUT_SECONDS, TimeUnit.SECONDS).join();
    }

    private double seconds(long nanoTime) {
        return (nanoTime - zero) / 1e9;
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        long left = nanoTime - System.nanoTime();
        if (left > 0) {
            TimeUnit.NANOSECONDS.sleep(left);
        }
    }

    private static boolean waitFor(CompletableFuture<?> future, long until) throws InterruptedException {
        try {
            future.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }

    private LoadLoop loop(int index) {
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        SendTimes times = plan.model() instanceof LoadPlan.Open open
                ? open.schedule().share(index, plan.loops())
                : () -> SendTimes.NONE;
        long count = plan.model().count();
        long own = count / plan.loops() + (index < count % plan.loops() ? 1 : 0);
        Connector connector = connector(context, plan.timeout());
        Connector chosen = (target, source, events) ->
                connector.connect(Objects.requireNonNullElse(reached.get(frontEnd(target)), target), source, events);
        return new LoadLoop(context.nettyEventLoop(), chosen, plan, times, own);
    }

    /** A first connection of a JVM takes it a second on a busy machine, for which no target is to blame. */
    private static Duration patience(LoadPlan plan) {
        return plan.timeout().compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : plan.timeout();
    }

    private Connector connector(ContextInternal context, Duration timeout) {
        Optional<String> header = plan.identity().header();
        Connector connector = switch (plan.http()) {
            case HTTP1 -> new Http1Connector(vertx, timeout, plan.tls(), header);
            case HTTP1_BY_VERTX -> new HttpClientConnector(vertx, HttpVersion.HTTP_1_1, timeout, plan.tls(), header);
            case HTTP2 -> new HttpClientConnector(vertx, HttpVersion.HTTP_2, timeout, plan.tls(), header);
        };
        // Vert.x opens a connection on the event loop of the context that asks
        return (target, source, events) -> context.runOnContext(ignored -> {
            try {
                connector.connect(target, source, events);
            } catch (RuntimeException e) {
                // whoever waits for the connection is to hear of it
                events.notConnected(ErrorKind.OTHER, String.valueOf(e));
            }
        });
    }

    private static String frontEnd(Target target) {
        return (target.tls() ? "https://" : "http://") + target.authority();
    }

    private void addClients() {
        Map<String, List<Request>> byFrontEnd =
                plan.requests().stream().collect(groupingBy(r -> frontEnd(r.target()), LinkedHashMap::new, toList()));
        List<List<Request>> frontEnds = new ArrayList<>(byFrontEnd.values());
        List<String> sources = plan.sources().literals();
        for (int i = 0; i < plan.clients(); i++) {
            LoadLoop loop = loops.get(i % loops.size());
            loop.add(new LoadClient(
                    loop,
                    Objects.requireNonNull(frontEnds.get(i % frontEnds.size())),
                    sources.isEmpty() ? "" : sources.get(i % sources.size()),
                    new IdentityMemo(plan.identity(), roster),
                    plan.policy()));
        }
    }

    @Override
    public void close() {
        watch.close();
        vertx.close().await();
    }
}
