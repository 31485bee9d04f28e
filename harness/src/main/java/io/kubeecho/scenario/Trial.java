package io.kubeecho.scenario;

import static java.util.stream.Collectors.toSet;

import io.kubeecho.dial.Failure;
import io.kubeecho.evidence.Phase;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Timing;
import io.kubeecho.lab.Workload;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Probe;
import io.kubeecho.stats.Threshold;
import io.kubeecho.stats.Thresholds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One scenario under way: makes its Services, keeps every observation and threshold, and ends in a conclusion. Its
 * Services are gone when it closes.
 */
public final class Trial implements AutoCloseable {

    private final Lab lab;
    private final Timing timing;
    private final Thresholds thresholds;
    private final Probe probe;
    private final Profile profile;
    private final List<Service> services = new ArrayList<>();
    private final List<Workload> workloads = new ArrayList<>();
    private final List<Threshold> used = new ArrayList<>();
    private final List<Phase> phases = new ArrayList<>();
    private Optional<Conclusion> conclusion = Optional.empty();

    Trial(Lab lab, Thresholds thresholds, Profile profile) {
        this.lab = lab;
        this.profile = profile;
        this.timing = lab.timing();
        this.thresholds = thresholds;
        this.probe = new Probe(timing);
    }

    /** How many trials the verdict needs; goes into the evidence. */
    int trials(Function<Thresholds, Threshold> choice) {
        Threshold threshold = choice.apply(thresholds);
        used.add(threshold);
        return threshold.trials();
    }

    /** What the data plane is known to be. */
    Profile profile() {
        return profile;
    }

    Service create(ServiceSpec spec) {
        return kept(lab.create(spec));
    }

    Service create(ServiceSpec spec, Workload workload) {
        return kept(lab.create(spec, workload));
    }

    private Service kept(Service service) {
        services.add(service);
        return service;
    }

    /** Pods of this scenario's own, which go when it ends. */
    Workload deploy(List<Node> placement) {
        Workload workload = lab.deploy(placement);
        workloads.add(workload);
        return workload;
    }

    /**
     * At least {@code count} independent affinity entries: every client at so many identical Services, through their
     * ClusterIPs.
     */
    List<Entry> entriesOf(List<Client> clients, ServiceSpec spec, int count) {
        return entriesOf(clients, () -> create(spec), servicesFor(count, clients));
    }

    /** Every client at so many identical Services, through their ClusterIPs. */
    static List<Entry> entriesOf(List<Client> clients, Supplier<Service> create, int services) {
        return Stream.generate(create)
                .limit(services)
                .flatMap(service -> clients.stream().map(c -> new Entry(c, service, service.clusterIp())))
                .toList();
    }

    /** How many Services give at least {@code count} entries to so many clients. */
    static int servicesFor(int count, List<Client> clients) {
        return (count + clients.size() - 1) / clients.size();
    }

    /**
     * Waits until a window conforms, or the control plane's deadline has passed.
     *
     * @return the last breach, if it never conformed
     */
    Optional<Breach> converge(Rule rule, Supplier<List<Observation>> window) {
        return converge(rule, window, timing.convergence());
    }

    private Optional<Breach> converge(Rule rule, Supplier<List<Observation>> window, Duration limit) {
        Instant deadline = Instant.now().plus(limit);
        awaitSettledEndpoints(deadline);
        while (true) {
            Optional<Breach> breach = rule.check(observe("converge", window));
            if (breach.isEmpty() || Instant.now().isAfter(deadline)) {
                return breach;
            }
        }
    }

    /**
     * The verdict on a rule that holds at any time: once the Service has converged on it, one more window must satisfy it
     * strictly.
     *
     * @return how long the Service took to converge, its first conforming window included
     */
    Duration judge(Rule rule, Supplier<List<Observation>> window) {
        return judgeWithin(timing.convergence(), rule, window);
    }

    /** As {@link #judge}, for what Kubernetes' own tests grant so much time; the lab may grant less. */
    Duration judgeWithin(Duration limit, Rule rule, Supplier<List<Observation>> window) {
        Duration granted = limit.compareTo(timing.convergence()) < 0 ? limit : timing.convergence();
        long nanos = System.nanoTime();
        converge(rule, window, granted).ifPresent(breach -> {
            throw new Failed(new Breach(
                    breach.seen() + ", and no window conformed within " + Words.of(granted), breach.meaning()));
        });
        Duration took = Duration.ofNanos(System.nanoTime() - nanos);
        judgeNow(rule, window);
        return took;
    }

    /** The verdict on a rule that one window must satisfy strictly, without waiting for anything. */
    void judgeNow(Rule rule, Supplier<List<Observation>> window) {
        List<Service.EndpointState> before = endpointStates();
        Optional<Breach> breach = rule.check(observe("judge", window));
        if (!endpointStates().equals(before)) {
            throw new Inconclusive("the Services' endpoints changed while they were watched");
        }
        breach.ifPresent(b -> {
            throw new Failed(b);
        });
    }

    /** What the others in a scenario rest on: it cannot say anything unless this is so. */
    void require(String what, Rule rule, Supplier<List<Observation>> window) {
        converge(rule, window).ifPresent(breach -> {
            throw new Inconclusive(what + ": " + breach.seen());
        });
    }

    /** Waits until the control plane says that these are a Service's endpoints. */
    void awaitEndpoints(Service service, Collection<Endpoint> expected) {
        Set<String> names = expected.stream().map(Endpoint::name).collect(toSet());
        Instant deadline = Instant.now().plus(timing.convergence());
        while (!service.endpoints().ready().equals(names)) {
            if (Instant.now().isAfter(deadline)) {
                throw new Inconclusive("the control plane names %s as endpoints of %s instead of %s"
                        .formatted(new TreeSet<>(service.endpoints().ready()), service.name(), new TreeSet<>(names)));
            }
            pause();
        }
    }

    /** {@code count} new connections of each entry, the entries side by side. */
    Supplier<List<Observation>> spaced(List<Entry> entries, int count) {
        return () -> probe.spaced(entries, count);
    }

    /** One new connection of each entry, all at once when the wait has passed. */
    Supplier<List<Observation>> onceAfter(Duration wait, List<Entry> entries) {
        return () -> probe.observe(entries, List.of(wait));
    }

    /** {@code count} spaced connections, with requests of another kind. */
    Supplier<List<Observation>> spaced(List<Entry> entries, int count, Probe.Requests requests) {
        List<Duration> waits = new ArrayList<>(Collections.nCopies(count, timing.spacing()));
        waits.set(0, Duration.ZERO);
        return () -> probe.observe(entries, waits, requests);
    }

    /** The same row of waits for each entry, all its requests on one connection. */
    List<Observation> observeHeld(String phase, List<Entry> entries, List<Duration> waits) {
        return observe(phase, () -> probe.observe(entries, waits, Probe.Requests.ON_ONE_CONNECTION));
    }

    /** The same row of waits for each entry, the entries side by side. */
    List<Observation> observe(String phase, List<Entry> entries, List<Duration> waits) {
        return observe(phase, () -> probe.observe(entries, waits));
    }

    List<Observation> observe(String phase, Supplier<List<Observation>> connections) {
        Instant started = Instant.now();
        long nanos = System.nanoTime();
        List<Observation> observations = connections.get();
        phases.add(new Phase(phase, started, Duration.ofNanos(System.nanoTime() - nanos), observations));
        requireClientsAble(observations);
        return observations;
    }

    /** The window that was judged last. */
    List<Observation> lastObservations() {
        return phases.get(phases.size() - 1).observations();
    }

    void pass(String seen) {
        conclusion = Optional.of(new Conclusion(Verdict.PASS, seen));
    }

    void info(String seen) {
        conclusion = Optional.of(new Conclusion(Verdict.INFO, seen));
    }

    Conclusion conclusion() {
        return conclusion.orElseThrow(() -> new IllegalStateException("the scenario ended without a conclusion"));
    }

    List<Threshold> thresholdsUsed() {
        return List.copyOf(used);
    }

    List<Phase> phases() {
        return List.copyOf(phases);
    }

    /** A client that cannot open sockets says nothing about the cluster. */
    private static void requireClientsAble(List<Observation> observations) {
        observations.stream()
                .map(Observation::result)
                .filter(r -> r instanceof Observation.Unanswered u && u.failure() == Failure.LOCAL)
                .findFirst()
                .ifPresent(r -> {
                    throw new Inconclusive("a client could not connect from its own address: "
                            + ((Observation.Unanswered) r).detail());
                });
    }

    private void awaitSettledEndpoints(Instant deadline) {
        List<Service.EndpointState> state = endpointStates();
        Instant unchangedSince = Instant.now();
        while (Instant.now().isBefore(unchangedSince.plus(timing.settle()))) {
            if (Instant.now().isAfter(deadline)) {
                throw new Inconclusive("the Services' endpoints kept changing for " + Words.of(timing.convergence()));
            }
            pause();
            List<Service.EndpointState> now = endpointStates();
            if (!now.equals(state)) {
                state = now;
                unchangedSince = Instant.now();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Inconclusive("interrupted");
        }
    }

    private List<Service.EndpointState> endpointStates() {
        return services.stream().map(Service::endpoints).toList();
    }

    /** A second call does nothing: JUnit's store closes what is in it too, after the scenario's own closing was judged. */
    @Override
    public void close() {
        List<AutoCloseable> open = new ArrayList<>(services);
        open.addAll(workloads);
        services.clear();
        workloads.clear();
        LabException failed = null;
        for (AutoCloseable each : open) {
            failed = closed(each, failed);
        }
        if (failed != null) {
            throw failed;
        }
    }

    /** One that does not close keeps none of the others from it. */
    private static @Nullable LabException closed(AutoCloseable each, @Nullable LabException before) {
        try {
            each.close();
            return before;
        } catch (Exception e) {
            LabException failed = e instanceof LabException lost
                    ? lost
                    : new LabException("what a scenario made cannot be removed: " + e.getMessage(), e);
            if (before == null) {
                return failed;
            }
            before.addSuppressed(failed);
            return before;
        }
    }
}
