package io.kubeecho.lab.embedded;

import io.kubeecho.dial.Dialer;
import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Timing;
import io.kubeecho.lab.VantagePoint;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Three nodes, four echo pods and their clients in this process. See the package for how, and {@link KubeProxy} for what
 * its data plane promises.
 */
public final class EmbeddedLab implements Lab {

    private static final int FIRST_NODE_PORT = 30_000;

    private final Timing timing;
    private final Optional<Fault> fault;
    private final LoopbackRange range;
    private final Topology topology;
    private final Vertx vertx;
    private final Relay relay;
    private final List<KubeProxy> proxies;
    private final List<EmbeddedClient> clients;
    private final List<EmbeddedService> services = new ArrayList<>();
    private int created;

    /**
     * @param affinityTimeout the T of the affinity scenarios; 0.5 s is short and still wide enough for a busy machine
     * @param fault a bug to put into the data plane
     * @param seed of the balancer's choices
     */
    public record Options(Duration affinityTimeout, Optional<Fault> fault, long seed) {
        public static Options defaults() {
            return new Options(
                    Duration.ofMillis(500),
                    Optional.empty(),
                    RandomGenerator.getDefault().nextLong());
        }

        public Options withFault(Fault chosen) {
            return new Options(affinityTimeout, Optional.of(chosen), seed);
        }
    }

    /** @throws LabException if this machine cannot have it */
    public EmbeddedLab(Options options) {
        Duration timeout = options.affinityTimeout();
        this.timing = new Timing(
                timeout,
                Duration.ofMillis(5),
                timeout.dividedBy(5),
                Duration.ofMillis(1),
                Duration.ZERO,
                Duration.ofSeconds(3),
                Duration.ofSeconds(1),
                // nothing here is silent after connecting, and a busy machine may be slow
                Duration.ofSeconds(10));
        this.fault = options.fault();
        this.range = LoopbackRange.claim();
        this.topology = new Topology(range);
        this.vertx = Vertx.vertx();
        this.relay = new Relay(vertx);
        RandomGenerator random = new Random(options.seed());
        this.proxies = topology.nodes().stream()
                .map(node -> fault.map(f -> f.proxy(node, random, System::nanoTime))
                        .orElseGet(() -> new KubeProxy(node, random, System::nanoTime)))
                .toList();
        this.clients = clients();
        startEndpoints();
    }

    private List<EmbeddedClient> clients() {
        List<EmbeddedClient> all = new ArrayList<>();
        for (Node node : topology.nodes()) {
            all.add(client("host-" + node.name(), node.address(), VantagePoint.HOST_NETWORK, Optional.of(node)));
            for (String address : topology.clientPodAddresses(node)) {
                all.add(client("client-" + node.name(), address, VantagePoint.POD, Optional.of(node)));
            }
        }
        List<String> outside = topology.offClusterAddresses();
        for (int i = 0; i < outside.size(); i++) {
            all.add(client("outside-" + (i + 1), outside.get(i), VantagePoint.OFF_CLUSTER, Optional.empty()));
        }
        return List.copyOf(all);
    }

    private EmbeddedClient client(String name, String address, VantagePoint from, Optional<Node> node) {
        return new EmbeddedClient(name, address, from, node, new Dialer(vertx, Optional.of(address)));
    }

    private void startEndpoints() {
        try {
            Future.all(topology.endpoints().stream().map(this::start).toList()).await();
        } catch (RuntimeException e) {
            close();
            throw new LabException("the embedded lab cannot start its echo pods: " + e.getMessage(), e);
        }
    }

    private Future<EchoServer> start(Endpoint endpoint) {
        return EchoServer.start(
                vertx, EchoConfig.embedded(endpoint.address(), endpoint.name()).withPort(Relay.TARGET_PORT));
    }

    @Override
    public Description describe() {
        return new Description(
                "embedded",
                "reference of kube-proxy iptables"
                        + fault.map(f -> ", with the fault " + f.id()).orElse(""),
                "in this process, on 127.0.0.0/8");
    }

    @Override
    public Timing timing() {
        return timing;
    }

    @Override
    public List<Node> nodes() {
        return topology.nodes();
    }

    @Override
    public List<Endpoint> endpoints() {
        return topology.endpoints();
    }

    @Override
    public List<Client> clients(VantagePoint from) {
        return clients.stream()
                .filter(c -> c.vantagePoint() == from)
                .<Client>map(c -> c)
                .toList();
    }

    @Override
    public Service create(ServiceSpec spec) {
        created++;
        ServiceRules rules = new ServiceRules("svc-" + created, spec, topology.endpoints());
        try {
            EmbeddedService service = new EmbeddedService(
                    rules, topology.clusterIp(created), FIRST_NODE_PORT + created, topology, proxies, relay);
            services.add(service);
            return service;
        } catch (RuntimeException e) {
            throw new LabException("the embedded lab cannot make the Service " + rules.service() + ": " + e, e);
        }
    }

    @Override
    public void close() {
        services.forEach(EmbeddedService::close);
        services.clear();
        vertx.close().await();
        range.close();
    }
}
