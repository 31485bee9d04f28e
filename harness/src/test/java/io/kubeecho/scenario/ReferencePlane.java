package io.kubeecho.scenario;

import static java.util.Objects.requireNonNull;

import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.FakeLab;
import io.kubeecho.lab.FakeLab.Connection;
import io.kubeecho.lab.FakeLab.Reply;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import io.kubeecho.lab.ServiceSpec.SessionAffinity;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/** A data plane of a {@link FakeLab} that conforms, in made-up time, and can be made to differ in what a test names. */
final class ReferencePlane implements FakeLab.DataPlane {

    private final FakeLab lab;
    private final Random random;
    private final Map<String, Remembered> remembered = new HashMap<>();
    private final Map<String, Endpoint> held = new HashMap<>();
    private Duration took = Duration.ofNanos(100_000);
    private Picker picker = (visit, eligible) -> eligible.get(random().nextInt(eligible.size()));
    private Forgetting forgetting = (visit, endpoint) -> false;
    private Timeouts timeouts = (visit, configured) -> configured;
    private Masking masking = (visit, endpoint, address) -> address;
    private double loss;

    private record Remembered(Endpoint endpoint, long nanos) {}

    /**
     * A new connection as a node gets it.
     *
     * @param node that decides
     */
    record Visit(Connection connection, String node) {
        String client() {
            return connection.client().name();
        }

        String address() {
            return connection.client().address();
        }

        String service() {
            return connection.service().name();
        }
    }

    /** How a balancer chooses. */
    interface Picker {
        Endpoint pick(Visit visit, List<Endpoint> eligible);
    }

    /** Whether a client is forgotten that was on an endpoint. */
    interface Forgetting {
        boolean forgets(Visit visit, Endpoint endpoint);
    }

    /** How long a client is remembered. */
    interface Timeouts {
        Duration of(Visit visit, Duration configured);
    }

    /** Which address an endpoint sees instead of the right one. */
    interface Masking {
        String seen(Visit visit, Endpoint endpoint, String address);
    }

    private ReferencePlane(FakeLab lab, long seed) {
        this.lab = lab;
        this.random = new Random(seed);
    }

    static FakeLab lab() {
        FakeLab lab = new FakeLab();
        return lab.with(of(lab));
    }

    static ReferencePlane of(FakeLab lab) {
        return of(lab, 5);
    }

    static ReferencePlane of(FakeLab lab, long seed) {
        return new ReferencePlane(lab, seed);
    }

    Random random() {
        return random;
    }

    /** How long every answer takes from here on. */
    ReferencePlane answersTake(Duration duration) {
        took = duration;
        return this;
    }

    ReferencePlane picking(Picker other) {
        picker = other;
        return this;
    }

    ReferencePlane forgetting(Forgetting other) {
        forgetting = other;
        return this;
    }

    ReferencePlane remembering(Timeouts other) {
        timeouts = other;
        return this;
    }

    ReferencePlane masking(Masking other) {
        masking = other;
        return this;
    }

    /** Loses so many of all connections. */
    ReferencePlane losing(double share) {
        loss = share;
        return this;
    }

    @Override
    public Reply reply(Connection connection) {
        if (loss > 0 && random.nextDouble() < loss) {
            return FakeLab.failed(Failure.TIMEOUT, "connection timed out");
        }
        Optional<Node> addressed = lab.nodes().stream()
                .filter(n -> n.address().equals(connection.host()))
                .findFirst();
        if (connection.service().isHealthCheck(connection.port())) {
            return health(connection, addressed.orElseThrow());
        }
        ServiceSpec spec = connection.service().spec();
        Optional<Node> entry = connection.service().isLoadBalancer(connection.host())
                ? connection
                        .client()
                        .node()
                        .or(() -> Optional.of(connection.service().entry()))
                : addressed;
        boolean local = entry.isPresent()
                && connection.client().node().isEmpty()
                && spec.externalTrafficPolicy() == ExternalTrafficPolicy.LOCAL;
        if (connection.service().behind().isEmpty()) {
            return FakeLab.refused();
        }
        List<Endpoint> eligible = connection.service().behind().stream()
                .filter(e -> !local || Optional.of(e.node()).equals(entry))
                .toList();
        if (eligible.isEmpty()) {
            return FakeLab.failed(Failure.TIMEOUT, "connection timed out");
        }
        Visit visit = new Visit(
                connection,
                entry.or(() -> connection.client().node()).map(Node::name).orElse(""));
        Endpoint endpoint = connection.isHeld()
                ? requireNonNull(held.get(connection.sequence().entry()))
                : chosen(visit, spec, eligible);
        held.put(connection.sequence().entry(), endpoint);
        String seen = local
                ? connection.client().address()
                : entry.map(Node::address).orElse(connection.client().address());
        return lab.answer(
                endpoint,
                masking.seen(visit, endpoint, seen),
                connection.sequence().headers().getOrDefault("X-Forwarded-For", ""),
                took);
    }

    private Reply health(Connection connection, Node node) {
        if (connection.service().spec().externalTrafficPolicy() != ExternalTrafficPolicy.LOCAL) {
            return FakeLab.refused();
        }
        long local = connection.service().behind().stream()
                .filter(e -> e.node().equals(node))
                .count();
        return lab.answer(local > 0 ? 200 : 503, "{\"localEndpoints\": %d}".formatted(local), took);
    }

    private Endpoint chosen(Visit visit, ServiceSpec spec, List<Endpoint> eligible) {
        String key = visit.node() + " " + visit.address() + " > " + visit.service();
        long now = visit.connection().nanos();
        Endpoint endpoint = Optional.ofNullable(remembered.get(key))
                .filter(r -> spec.sessionAffinity() instanceof SessionAffinity.ClientIP affinity
                        && now - r.nanos()
                                <= timeouts.of(visit, affinity.timeout()).toNanos())
                .map(Remembered::endpoint)
                .filter(eligible::contains)
                .filter(e -> !forgetting.forgets(visit, e))
                .orElseGet(() -> picker.pick(visit, eligible));
        remembered.put(key, new Remembered(endpoint, now));
        return endpoint;
    }
}
