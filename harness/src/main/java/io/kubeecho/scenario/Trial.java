package io.kubeecho.scenario;

import io.kubeecho.dial.Failure;
import io.kubeecho.evidence.Phase;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Timing;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Probe;
import io.kubeecho.stats.Threshold;
import io.kubeecho.stats.Thresholds;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One scenario under way: makes its Services, keeps every observation and threshold, and ends in a conclusion. Its
 * Services are gone when it closes.
 */
public final class Trial implements AutoCloseable {

    private final Lab lab;
    private final Timing timing;
    private final Thresholds thresholds;
    private final Probe probe;
    private final List<Service> services = new ArrayList<>();
    private final List<Threshold> used = new ArrayList<>();
    private final List<Phase> phases = new ArrayList<>();
    private Optional<Conclusion> conclusion = Optional.empty();

    Trial(Lab lab, Thresholds thresholds) {
        this.lab = lab;
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

    Service create(ServiceSpec spec) {
        Service service = lab.create(spec);
        services.add(service);
        return service;
    }

    /**
     * At least {@code count} independent affinity entries: every client at so many identical Services, through their
     * ClusterIPs.
     */
    List<Entry> entriesOf(List<Client> clients, ServiceSpec spec, int count) {
        int perClient = (count + clients.size() - 1) / clients.size();
        return Stream.generate(() -> create(spec))
                .limit(perClient)
                .flatMap(service -> clients.stream().map(c -> new Entry(c, service, service.clusterIp())))
                .toList();
    }

    /**
     * Waits until a window conforms, or the control plane's deadline has passed.
     *
     * @return the last breach, if it never conformed
     */
    Optional<Breach> converge(Rule rule, Supplier<List<Observation>> window) {
        Instant deadline = Instant.now().plus(timing.convergence());
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
     */
    void judge(Rule rule, Supplier<List<Observation>> window) {
        converge(rule, window).ifPresent(breach -> {
            throw new Failed(new Breach(
                    breach.seen() + ", and no window conformed within " + Words.of(timing.convergence()),
                    breach.meaning()));
        });
        List<Service.EndpointState> before = endpointStates();
        Optional<Breach> breach = rule.check(observe("judge", window));
        if (!endpointStates().equals(before)) {
            throw new Inconclusive("the Services' endpoints changed while they were watched");
        }
        breach.ifPresent(b -> {
            throw new Failed(b);
        });
    }

    /** {@code count} new connections of each entry, the entries side by side. */
    Supplier<List<Observation>> spaced(List<Entry> entries, int count) {
        return () -> probe.spaced(entries, count);
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

    @Override
    public void close() {
        services.forEach(Service::close);
    }
}
