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

/** A data plane of a {@link FakeLab} that conforms, in made-up time. */
final class ReferencePlane implements FakeLab.DataPlane {

    private final FakeLab lab;
    private final Random random = new Random(5);
    private final Map<String, Remembered> remembered = new HashMap<>();
    private final Map<String, Endpoint> held = new HashMap<>();
    private Duration took = Duration.ofNanos(100_000);

    private record Remembered(Endpoint endpoint, long nanos) {}

    private ReferencePlane(FakeLab lab) {
        this.lab = lab;
    }

    static FakeLab lab() {
        FakeLab lab = new FakeLab();
        return lab.with(new ReferencePlane(lab));
    }

    static ReferencePlane of(FakeLab lab) {
        return new ReferencePlane(lab);
    }

    /** How long every answer takes from here on. */
    ReferencePlane answersTake(Duration duration) {
        took = duration;
        return this;
    }

    @Override
    public Reply reply(Connection connection) {
        Optional<Node> addressed = lab.nodes().stream()
                .filter(n -> n.address().equals(connection.host()))
                .findFirst();
        if (connection.service().isHealthCheck(connection.port())) {
            return health(connection, addressed.orElseThrow());
        }
        ServiceSpec spec = connection.service().spec();
        Optional<Node> entry = connection.service().isLoadBalancer(connection.host())
                ? Optional.of(connection.service().entry())
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
        Endpoint endpoint = connection.isHeld()
                ? requireNonNull(held.get(connection.sequence().entry()))
                : chosen(connection, spec, eligible);
        held.put(connection.sequence().entry(), endpoint);
        String seen = local
                ? connection.client().address()
                : entry.map(Node::address).orElse(connection.client().address());
        return lab.answer(endpoint, seen, connection.sequence().headers().getOrDefault("X-Forwarded-For", ""), took);
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

    private Endpoint chosen(Connection connection, ServiceSpec spec, List<Endpoint> eligible) {
        String key = connection.client().name() + " > " + connection.service().name();
        Endpoint endpoint = Optional.ofNullable(remembered.get(key))
                .filter(r -> spec.sessionAffinity() instanceof SessionAffinity.ClientIP affinity
                        && connection.nanos() - r.nanos() <= affinity.timeout().toNanos())
                .map(Remembered::endpoint)
                .filter(eligible::contains)
                .orElseGet(() -> eligible.get(random.nextInt(eligible.size())));
        remembered.put(key, new Remembered(endpoint, connection.nanos()));
        return endpoint;
    }
}
