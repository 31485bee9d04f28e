package io.kubeecho.scenario;

import static java.util.stream.Collectors.toSet;

import io.kubeecho.dial.Failure;
import io.kubeecho.evidence.Estimate;
import io.kubeecho.evidence.Findings;
import io.kubeecho.evidence.Phase;
import io.kubeecho.evidence.Programming;
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
import io.kubeecho.stats.Power;
import io.kubeecho.stats.Threshold;
import io.kubeecho.stats.Thresholds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
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
    private final AffinityCapacity capacity;
    private final List<Service> services = new ArrayList<>();
    private final List<Workload> workloads = new ArrayList<>();
    private final List<Threshold> used = new ArrayList<>();
    private final List<Phase> phases = new ArrayList<>();
    private final List<Programming> programming = new ArrayList<>();
    private final List<Estimate> estimates = new ArrayList<>();
    private final List<Entry> entries = new ArrayList<>();
    private final Grid grid = new Grid();
    private long changedNanos = System.nanoTime();
    private Optional<Conclusion> conclusion = Optional.empty();

    Trial(Lab lab, Thresholds thresholds, Profile profile, AffinityCapacity capacity) {
        this.lab = lab;
        this.profile = profile;
        this.capacity = capacity;
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

    /** So that affinity is found which is lost for as few new connections as the run's power says. */
    Sample.Size affinitySize(int endpoints) {
        Sample.Size size = new Sample.Size(
                thresholds.transitions(endpoints, power().cellShare()),
                thresholds.transitions(endpoints, power().share()));
        used.addAll(List.of(size.perCell(), size.perMargin()));
        return size;
    }

    /** So that what goes wrong for as few connections as the run's power says is found. */
    Sample.Size size() {
        Sample.Size size = new Sample.Size(thresholds.shows(power().cellShare()), thresholds.shows(power().share()));
        used.addAll(List.of(size.perCell(), size.perMargin()));
        return size;
    }

    /** What the data plane is known to be. */
    Profile profile() {
        return profile;
    }

    /** What is asked of the number of clients that affinity is kept for. */
    AffinityCapacity capacity() {
        return capacity;
    }

    Service create(ServiceSpec spec) {
        return kept(lab.create(spec));
    }

    List<Service> createMany(int count, ServiceSpec spec) {
        return Stream.generate(() -> create(spec)).limit(count).toList();
    }

    Service create(ServiceSpec spec, Workload workload) {
        return kept(lab.create(spec, workload));
    }

    private Service kept(Service service) {
        services.add(service);
        changed();
        return service;
    }

    /** Pods of this scenario's own, which go when it ends. */
    Workload deploy(List<Node> placement) {
        Workload workload = lab.deploy(placement);
        workloads.add(workload);
        return workload;
    }

    /**
     * Waits until the data plane has followed the last change, by the control plane's deadline, and keeps how long that took
     * and what was seen meanwhile. From then on every breach counts.
     *
     * @param change in words, as "the Service was made"
     * @param rule what every connection of a window satisfies once it has followed
     * @return the first window that conformed
     * @throws Failed if none did by the deadline
     */
    List<Observation> follow(String change, Rule rule, Supplier<List<Observation>> window) {
        return follow(change, timing.convergence(), rule, window);
    }

    /** As {@link #follow(String, Rule, Supplier)}, for what Kubernetes' own tests grant so much time; the lab may grant less. */
    List<Observation> follow(String change, Duration limit, Rule rule, Supplier<List<Observation>> window) {
        Duration granted = limit.compareTo(timing.convergence()) < 0 ? limit : timing.convergence();
        long begun = changedNanos;
        awaitSettledEndpoints(Instant.now().plus(timing.convergence()));
        Duration waited = Duration.ZERO;
        String last = "";
        while (true) {
            long start = System.nanoTime();
            List<Observation> observations = observe("follow", window);
            Duration passed = Duration.ofNanos(System.nanoTime() - begun);
            Optional<Breach> breach = rule.check(observations);
            if (breach.isEmpty()) {
                programming.add(new Programming(change, waited, passed, granted, last));
                return observations;
            }
            waited = Duration.ofNanos(start - begun);
            last = breach.get().seen();
            if (passed.compareTo(granted) > 0) {
                programming.add(new Programming(change, waited, passed, granted, last));
                fail(
                        observations,
                        breach.get().withSeen(last + ", and no window conformed within " + Words.of(granted)));
            }
        }
    }

    /**
     * Waits until every entry of Services that were made is answered by somebody of theirs, which is all that a data plane
     * needs time for.
     *
     * @return one connection of each entry, the first after which it counts
     */
    List<Observation> programmed(List<Entry> entries, Collection<Endpoint> endpoints) {
        return follow("the Service was made", Rules.allAnsweredBy(endpoints), spaced(entries, 1));
    }

    /**
     * The verdict on a rule that shows by itself whether the data plane has followed a change: from the first conforming
     * window on it holds strictly, for at least as long as the search took.
     *
     * @return how long the data plane took to follow, at most
     */
    Duration judge(String change, Rule rule, Supplier<List<Observation>> window) {
        return judgeWithin(change, timing.convergence(), rule, window);
    }

    /** As {@link #judge}, for what Kubernetes' own tests grant so much time; the lab may grant less. */
    Duration judgeWithin(String change, Duration limit, Rule rule, Supplier<List<Observation>> window) {
        follow(change, limit, rule, window);
        Programming followed = programming.get(programming.size() - 1);
        Rule strict = rule.butForLoss();
        long begun = System.nanoTime();
        do {
            judgeNow(strict, window);
        } while (Duration.ofNanos(System.nanoTime() - begun).compareTo(followed.atLeast()) < 0);
        return followed.atMost();
    }

    /** The verdict on a rule that one window must satisfy strictly, without waiting for anything. */
    void judgeNow(Rule rule, Supplier<List<Observation>> window) {
        steadily(() -> {
            List<Observation> observations = observe("judge", window);
            rule.check(observations).ifPresent(breach -> fail(observations, breach));
            return observations;
        });
    }

    /** What is judged while endpoints come and go, other than by the scenario itself, says nothing. */
    <T> T steadily(Supplier<T> judging) {
        List<Service.EndpointState> before = endpointStates();
        T judged;
        try {
            judged = judging.get();
        } catch (Failed failed) {
            requireSteady(before);
            throw failed;
        }
        requireSteady(before);
        return judged;
    }

    /** Services that were made since then are no matter; nor is what was heard first of one that had just been made. */
    private void requireSteady(List<Service.EndpointState> before) {
        List<Service.EndpointState> now = endpointStates();
        for (int i = 0; i < before.size(); i++) {
            boolean first = !before.get(i).isHeard() && now.get(i).isFirst();
            if (!first && !now.get(i).equals(before.get(i))) {
                throw new Inconclusive("the Services' endpoints changed while they were watched");
            }
        }
    }

    /**
     * Ends the scenario with a FAIL that says where.
     *
     * @param window all connections that were judged
     */
    void fail(List<Observation> window, Breach breach) {
        Grid broken = new Grid();
        broken.know(entries);
        broken.tried(window);
        broken.broken(breach);
        grid.broken(breach);
        String where = Blame.of(broken.cells());
        throw new Failed(where.isEmpty() ? breach : breach.withSeen(breach.seen() + "; " + where));
    }

    /** What the others in a scenario rest on: it cannot say anything unless this is so. */
    void require(String what, Rule rule, Supplier<List<Observation>> window) {
        try {
            follow(what, rule, window);
        } catch (Failed failed) {
            throw new Inconclusive(what + ": " + failed.breach().seen());
        }
    }

    /** How long the data plane took to follow the last change. */
    Programming lastProgramming() {
        return programming.get(programming.size() - 1);
    }

    /** As {@link #require}, by one window. */
    void requireNow(String what, Rule rule, Supplier<List<Observation>> window) {
        rule.check(observe("whether it can be seen", window)).ifPresent(breach -> {
            throw new Inconclusive(what + ": " + breach.seen());
        });
    }

    /** Changes a Service in place; the data plane's time to follow runs from here. */
    void update(Service service, ServiceSpec changed) {
        service.update(changed);
        changed();
    }

    /** The control plane has accepted a change just now. */
    void changed() {
        changedNanos = System.nanoTime();
    }

    void estimate(Estimate estimate) {
        estimates.add(estimate);
    }

    /** How much of affinity is broken, how evenly new clients fell on the pods, and what the network lost. */
    void estimateAffinity(List<Observation> window, int endpoints) {
        estimates.addAll(Estimates.ofAffinity(window, endpoints));
        estimates.addAll(Estimates.ofLoss(window));
    }

    /** Whether clients without affinity are each kept on one pod, so that the balancer goes by a hash of their address. */
    boolean isBalancedBySource(List<Client> clients) {
        Service plain = create(ServiceSpec.clusterIp());
        List<Entry> visitors =
                clients.stream().map(c -> Entry.clusterIp(c, plain)).toList();
        int connections = trials(t -> t.samePod(lab.endpoints().size()));
        try {
            programmed(visitors, lab.endpoints());
        } catch (Failed unanswered) {
            return false;
        }
        List<Observation> window = observe("whether the balancer goes by a hash", spaced(visitors, connections));
        return Rules.onePodPerEntry().check(window).isEmpty()
                && window.stream().anyMatch(o -> o.result() instanceof Observation.Answered);
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
        know(entries);
        return () -> probe.spaced(entries, count);
    }

    /** One new connection of each entry, all at once when the wait has passed. */
    Supplier<List<Observation>> onceAfter(Duration wait, List<Entry> entries) {
        know(entries);
        return () -> probe.observe(entries, List.of(wait));
    }

    /** {@code count} spaced connections, with requests of another kind. */
    Supplier<List<Observation>> spaced(List<Entry> entries, int count, Probe.Requests requests) {
        know(entries);
        List<Duration> waits = new ArrayList<>(Collections.nCopies(count, timing.spacing()));
        waits.set(0, Duration.ZERO);
        return () -> probe.observe(entries, waits, requests);
    }

    /** The same row of waits for each entry, all its requests on one connection. */
    List<Observation> observeHeld(String phase, List<Entry> entries, List<Duration> waits) {
        know(entries);
        return observe(phase, () -> probe.observe(entries, waits, Probe.Requests.ON_ONE_CONNECTION));
    }

    /** The same row of waits for each entry, the entries side by side. */
    List<Observation> observe(String phase, List<Entry> entries, List<Duration> waits) {
        know(entries);
        return observe(phase, () -> probe.observe(entries, waits));
    }

    /** Each entry its own row of waits, the entries side by side. */
    List<Observation> observe(String phase, Map<Entry, List<Duration>> rows) {
        know(rows.keySet());
        return observe(phase, () -> probe.observe(rows, Probe.Requests.PLAIN));
    }

    private void know(Collection<Entry> more) {
        entries.addAll(more);
        grid.know(more);
    }

    List<Observation> observe(String phase, Supplier<List<Observation>> connections) {
        Instant started = Instant.now();
        long nanos = System.nanoTime();
        List<Observation> observations = connections.get();
        phases.add(new Phase(phase, started, Duration.ofNanos(System.nanoTime() - nanos), observations));
        grid.tried(observations);
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

    Findings findings() {
        return new Findings(programming, grid.cells(), estimates);
    }

    Power power() {
        return thresholds.power();
    }

    Thresholds thresholds() {
        return thresholds;
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
        while (Instant.now().isBefore(unchangedSince.plus(timing.settle()))
                || !state.stream().allMatch(Service.EndpointState::isHeard)) {
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
