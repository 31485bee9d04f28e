package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.ServiceSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** The data planes of three nodes without any network, in made-up time; the third node has no endpoint. */
final class Plane {

    static final Duration T = Duration.ofSeconds(10);

    static final List<Node> NODES =
            Stream.of(1, 2, 3).map(i -> new Node("node-" + i, "192.168.0." + i)).toList();

    static final List<Endpoint> ENDPOINTS = List.of(
            new Endpoint("echo-1-1", "10.0.1.1", NODES.get(0)),
            new Endpoint("echo-1-2", "10.0.1.2", NODES.get(0)),
            new Endpoint("echo-2-1", "10.0.2.1", NODES.get(1)),
            new Endpoint("echo-2-2", "10.0.2.2", NODES.get(1)));

    private final AtomicLong clock = new AtomicLong();
    private final List<KubeProxy> proxies;
    private int port;

    Plane(String fault) {
        this(fault, 4711);
    }

    Plane(String fault, long seed) {
        this(Optional.of(Fault.of(fault)), seed);
    }

    Plane(Optional<Fault> fault, long seed) {
        this(fault, Variation.RANDOM, seed);
    }

    Plane(Variation variation) {
        this(Optional.empty(), variation, 4711);
    }

    Plane(Optional<Fault> fault, Variation variation, long seed) {
        Random random = new Random(seed);
        this.proxies = NODES.stream()
                .map(node -> new KubeProxy.Setting(node, gatewayOf(node), random, clock::get, variation))
                .map(setting -> fault.map(f -> new KubeProxy(setting, f, seed)).orElseGet(() -> new KubeProxy(setting)))
                .toList();
    }

    static String gatewayOf(Node node) {
        return "10.0." + node.name().substring("node-".length()) + ".254";
    }

    /** In front of all endpoints. */
    void sync(String service, ServiceSpec spec) {
        sync(service, spec, ENDPOINTS);
    }

    void sync(String service, ServiceSpec spec, List<Endpoint> endpoints) {
        proxies.forEach(p -> p.sync(new ServiceRules(service, spec, endpoints)));
    }

    void passes(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    KubeProxy on(int node) {
        return proxies.get(node - 1);
    }

    /** One new connection, from a port of its own. */
    Decision decide(int node, String service, String client, Arrival.Origin origin, Arrival.Through way) {
        port++;
        return on(node).decide(service, new Arrival(client, 1_024 + port % 60_000, origin, way));
    }

    /** The name of the endpoint that one new connection reaches. */
    String endpoint(int node, String service, String client, Arrival.Origin origin, Arrival.Through way) {
        return ((Decision.Forward) decide(node, service, client, origin, way))
                .to()
                .name();
    }
}
