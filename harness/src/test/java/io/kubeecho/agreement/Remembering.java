package io.kubeecho.agreement;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static java.util.stream.Collectors.toMap;

import io.kubeecho.agreement.Visitor.Visit;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.SessionAffinity.ClientIP;
import io.kubeecho.probe.EchoLine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * For how long a client is remembered, from when on, and by whom. A client that was forgotten comes back to the pod that it
 * had, one of four, by chance: that all of {@value #ENTRIES} do happens in one of 4^12 cases.
 */
final class Remembering {

    private static final int ENTRIES = 12;

    /** Parts of T, in tenths, around what is promised. */
    private static final List<Integer> GAPS = List.of(5, 8, 9, 11, 13, 15);

    /** How far a gap may be off, as a part of T: less than half of what lies between two of them. */
    private static final double TOLERANCE = 0.045;

    /** A gap is one for a verdict where so many entries had it: that all come back by chance happens in one of 4^10 cases. */
    private static final int LEAST_ROWS = 10;

    private static final int ATTEMPTS = 5;

    private final Lab lab;
    private final Visitor visitor;
    private final Duration timeout;

    private Remembering(Lab lab) {
        this.lab = lab;
        this.visitor = new Visitor(lab);
        this.timeout = lab.timing().affinityTimeout();
    }

    static Map<String, String> on(Lab lab) {
        Remembering r = new Remembering(lab);
        Map<String, Supplier<String>> questions = new LinkedHashMap<>();
        questions.put("effective timeout", r::effectiveTimeout);
        questions.put("a client that comes back every T/3", r::window);
        questions.put("ClusterIP and NodePort of one Service", r::clusterIpAndNodePort);
        questions.put("NodePort and LoadBalancer of one Service, at one node", r::nodePortAndLoadBalancer);
        questions.put("NodePort of one Service, at two nodes", r::twoNodes);
        questions.put("ClientIP → None → ClientIP", r::afterNone);
        Map<String, String> answers = new LinkedHashMap<>();
        questions.forEach((question, measurement) -> {
            long began = System.nanoTime();
            String answer = measurement.get();
            // as they come: the next may fail, and each takes its time
            System.out.printf(
                    "%s: %s: %s, after %.1f s%n",
                    lab.describe().lab(), question, answer, (System.nanoTime() - began) / 1e9);
            answers.put(question, answer);
        });
        return answers;
    }

    private String effectiveTimeout() {
        int perGap = ENTRIES / lab.clients(POD).size();
        List<Service> services = services(clusterIp(timeout), perGap * GAPS.size());
        try {
            awaitAnswers(services);
            for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
                Optional<String> interval = interval(services, perGap);
                if (interval.isPresent()) {
                    return interval.get();
                }
            }
            throw new AssertionError("no gap was what it should have been: this machine is too busy");
        } finally {
            services.forEach(Service::close);
        }
    }

    /** All gaps side by side; empty if too few of one length were what they should have been. */
    private Optional<String> interval(List<Service> services, int perGap) {
        Map<Integer, List<CompletableFuture<List<Visit>>>> byGap = new LinkedHashMap<>();
        for (int i = 0; i < services.size(); i++) {
            int tenths = GAPS.get(i / perGap);
            Service service = services.get(i);
            lab.clients(POD)
                    .forEach(client -> byGap.computeIfAbsent(tenths, key -> new ArrayList<>())
                            .add(visitor.inARow(
                                    client,
                                    service.clusterIp(),
                                    List.of(
                                            Duration.ZERO,
                                            timeout.multipliedBy(tenths).dividedBy(10)))));
        }
        int held = 0;
        int moved = Integer.MAX_VALUE;
        for (Map.Entry<Integer, List<CompletableFuture<List<Visit>>>> entry : byGap.entrySet()) {
            List<List<Visit>> rows = entry.getValue().stream()
                    .map(CompletableFuture::join)
                    .filter(visits -> isAbout(visits, entry.getKey()))
                    .toList();
            if (rows.size() < LEAST_ROWS) {
                return Optional.empty();
            }
            if (rows.stream().anyMatch(Remembering::hasMoved)) {
                moved = Math.min(moved, entry.getKey());
            } else if (moved == Integer.MAX_VALUE) {
                held = Math.max(held, entry.getKey());
            }
        }
        // within a gap some entries return by chance, so it held only where nobody moved
        int longest = moved > held ? held : previous(moved);
        return Optional.of(
                moved == Integer.MAX_VALUE
                        ? "above %.1f T".formatted(longest / 10.0)
                        : "above %.1f T, below %.1f T".formatted(longest / 10.0, moved / 10.0));
    }

    private static int previous(int gap) {
        int index = GAPS.indexOf(gap);
        return index == 0 ? 0 : GAPS.get(index - 1);
    }

    private boolean isAbout(List<Visit> visits, int tenths) {
        long between = visits.get(1).startedNanos() - visits.get(0).startedNanos();
        return Math.abs((double) between / timeout.toNanos() - tenths / 10.0) < TOLERANCE;
    }

    private String window() {
        List<Service> services =
                services(clusterIp(timeout), ENTRIES / lab.clients(POD).size());
        List<Duration> waits = new ArrayList<>();
        waits.add(Duration.ZERO);
        waits.addAll(Collections.nCopies(8, timeout.dividedBy(3)));
        try {
            awaitAnswers(services);
            List<CompletableFuture<List<Visit>>> rows = services.stream()
                    .flatMap(service ->
                            lab.clients(POD).stream().map(c -> visitor.inARow(c, service.clusterIp(), waits)))
                    .toList();
            boolean moved = rows.stream()
                    .map(CompletableFuture::join)
                    .filter(this::isNeverLate)
                    .anyMatch(Remembering::hasMoved);
            return moved ? "is moved: the window is fixed" : "stays for good: the window slides";
        } finally {
            services.forEach(Service::close);
        }
    }

    private boolean isNeverLate(List<Visit> visits) {
        for (int i = 1; i < visits.size(); i++) {
            if (visits.get(i).endedNanos() - visits.get(i - 1).startedNanos() >= timeout.toNanos()) {
                return false;
            }
        }
        return true;
    }

    private String clusterIpAndNodePort() {
        Client client = lab.clients(POD).get(0);
        Node own = client.node().orElseThrow();
        return together(
                sticky(ServiceSpec.nodePort(CLUSTER)),
                client,
                (service, c) -> service.clusterIp(),
                (service, c) -> service.nodePort(own, c));
    }

    private String nodePortAndLoadBalancer() {
        Node entry = lab.nodes().get(0);
        return together(
                sticky(ServiceSpec.loadBalancer(CLUSTER)),
                lab.clients(OFF_CLUSTER).get(0),
                (service, c) -> service.nodePort(entry, c),
                (service, c) -> {
                    service.enterAt(entry);
                    return service.loadBalancer(c);
                });
    }

    private String twoNodes() {
        return together(
                sticky(ServiceSpec.nodePort(CLUSTER)),
                lab.clients(OFF_CLUSTER).get(0),
                (service, c) -> service.nodePort(lab.nodes().get(0), c),
                (service, c) -> service.nodePort(lab.nodes().get(1), c));
    }

    private String together(
            ServiceSpec spec,
            Client client,
            BiFunction<Service, Client, FrontEnd> one,
            BiFunction<Service, Client, FrontEnd> other) {
        List<Service> services = services(spec, ENTRIES);
        try {
            Map<Service, FrontEnd> first = frontEnds(services, client, one);
            Map<Service, FrontEnd> second = frontEnds(services, client, other);
            await(client, first.values().stream().toList());
            await(client, second.values().stream().toList());
            boolean shared =
                    services.stream().allMatch(s -> pod(client, first.get(s)).equals(pod(client, second.get(s))));
            return shared ? "share the memory" : "remember apart";
        } finally {
            services.forEach(Service::close);
        }
    }

    private static Map<Service, FrontEnd> frontEnds(
            List<Service> services, Client client, BiFunction<Service, Client, FrontEnd> choice) {
        return services.stream().collect(toMap(s -> s, s -> choice.apply(s, client)));
    }

    private String afterNone() {
        Client client = lab.clients(POD).get(0);
        ServiceSpec spec = sticky(ServiceSpec.clusterIp());
        List<Service> services = services(spec, ENTRIES);
        try {
            awaitAnswers(services);
            List<String> before = pods(client, services);
            services.forEach(s -> s.update(spec.withoutAffinity()));
            until("None is not applied", () -> services.stream().noneMatch(s -> isSticky(client, s)));
            services.forEach(s -> s.update(spec));
            until("ClientIP is not applied", () -> services.stream().allMatch(s -> isSticky(client, s)));
            return pods(client, services).equals(before) ? "is remembered" : "is forgotten";
        } finally {
            services.forEach(Service::close);
        }
    }

    /** By chance in one of 4^19 cases without affinity. */
    private boolean isSticky(Client client, Service service) {
        return !hasMoved(visitor.atOnce(client, service.clusterIp(), 20).join());
    }

    private List<String> pods(Client client, List<Service> services) {
        return services.stream().map(s -> pod(client, s.clusterIp())).toList();
    }

    private String pod(Client client, FrontEnd frontEnd) {
        return visitor.atOnce(client, frontEnd, 1)
                .join()
                .get(0)
                .line()
                .map(EchoLine::from)
                .orElseThrow();
    }

    private List<Service> services(ServiceSpec spec, int count) {
        return Stream.generate(() -> lab.create(spec)).limit(count).toList();
    }

    private static ServiceSpec clusterIp(Duration timeout) {
        return ServiceSpec.clusterIp().withClientIpAffinity(timeout);
    }

    private static ServiceSpec sticky(ServiceSpec spec) {
        return spec.withClientIpAffinity(ClientIP.DEFAULT_TIMEOUT);
    }

    private void awaitAnswers(List<Service> services) {
        lab.clients(POD)
                .forEach(client ->
                        await(client, services.stream().map(Service::clusterIp).toList()));
    }

    /** A node that has rules for a front end answers, and goes on to. */
    private void await(Client client, List<FrontEnd> frontEnds) {
        until("nothing answers", () -> {
            List<CompletableFuture<List<Visit>>> rows =
                    frontEnds.stream().map(f -> visitor.atOnce(client, f, 2)).toList();
            return rows.stream()
                    .flatMap(row -> row.join().stream())
                    .allMatch(visit -> visit.line().isPresent());
        });
    }

    private void until(String otherwise, java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + lab.timing().convergence().toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(otherwise);
            }
        }
    }

    private static boolean hasMoved(List<Visit> visits) {
        return visits.stream()
                        .map(v -> v.line().map(EchoLine::from).orElse(v.failure()))
                        .distinct()
                        .count()
                > 1;
    }
}
