package io.kubeecho.lab.embedded;

import io.kubeecho.dial.Dialer;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Timing;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.lab.Workload;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Three nodes, four echo pods and their clients in this process. See the package for how, and {@link KubeProxy} for what
 * its data plane promises.
 */
public final class EmbeddedLab implements Lab {

    private static final int NODE_PORTS = 30_000;
    private static final int HEALTH_CHECK_NODE_PORTS = 35_000;
    private static final int FEW_OFF_CLUSTER = 4;

    private final Timing timing;
    private final Optional<Fault> fault;
    private final Variation variation;
    private final Programming programming;
    private final Wire wire = new Wire();
    private final LoopbackRange range;
    private final Topology topology;
    private final Vertx vertx;
    private final EmbeddedService.Place place;
    private final EchoPods pods;
    private final List<EmbeddedClient> clients;
    private final List<EmbeddedService> services = new CopyOnWriteArrayList<>();
    private final List<EmbeddedWorkload> workloads = new CopyOnWriteArrayList<>();
    private final AtomicInteger created = new AtomicInteger();

    /**
     * @param affinityTimeout the T of the affinity scenarios; 0.5 s is short and still wide enough for a busy machine
     * @param fault a bug to put into the data plane
     * @param variation what the data plane does in its own way, as the API lets it
     * @param seed of the balancer's choices
     */
    public record Options(Duration affinityTimeout, Optional<Fault> fault, Variation variation, long seed) {
        /** Of the reference. */
        public Options(Duration affinityTimeout, Optional<Fault> fault, long seed) {
            this(affinityTimeout, fault, Variation.RANDOM, seed);
        }

        public static Options defaults() {
            return new Options(
                    Duration.ofMillis(500),
                    Optional.empty(),
                    RandomGenerator.getDefault().nextLong());
        }

        public Options withFault(Fault chosen) {
            return new Options(affinityTimeout, Optional.of(chosen), variation, seed);
        }

        public Options withVariation(Variation chosen) {
            return new Options(affinityTimeout, fault, chosen, seed);
        }
    }

    /** @throws LabException if this machine cannot have it */
    public EmbeddedLab(Options options) {
        Duration timeout = options.affinityTimeout();
        this.timing = new Timing(
                timeout,
                Duration.ofMillis(5).plus(options.variation().kept(timeout)).minus(timeout),
                timeout.dividedBy(5),
                Duration.ofMillis(1),
                Duration.ZERO,
                Duration.ofSeconds(3),
                Duration.ofSeconds(1),
                // nothing here is silent after connecting, and a busy machine may be slow
                Duration.ofSeconds(10));
        this.fault = options.fault();
        this.variation = options.variation();
        this.range = LoopbackRange.claim();
        this.topology = new Topology(range);
        // epoll's sockets are gone when they are closed; NIO's listen until the selector is next asked, so that another
        // cannot be opened in their place
        this.vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        RandomGenerator random = new Random(options.seed());
        this.programming = new Programming(variation, new Random(options.seed() + 1));
        List<KubeProxy> proxies = topology.nodes().stream()
                .map(node ->
                        new KubeProxy.Setting(node, topology.podGateway(node), random, System::nanoTime, variation))
                .map(setting -> fault.map(f -> new KubeProxy(setting, f, options.seed()))
                        .orElseGet(() -> new KubeProxy(setting)))
                .toList();
        this.place =
                new EmbeddedService.Place(topology, proxies, new Relay(vertx), vertx, variation, programming, wire);
        this.pods = new EchoPods(vertx, topology);
        this.clients = clients();
        startEndpoints();
    }

    private List<EmbeddedClient> clients() {
        List<EmbeddedClient> all = new ArrayList<>();
        for (Node node : topology.nodes()) {
            all.add(client("host-" + node.name(), node.address(), VantagePoint.HOST_NETWORK, Optional.of(node)));
            List<String> pods = topology.clientPodAddresses(node);
            for (int i = 0; i < pods.size(); i++) {
                String name = "client-" + node.name() + (i == 0 ? "" : "-" + (i + 1));
                all.add(client(name, pods.get(i), VantagePoint.POD, Optional.of(node)));
            }
        }
        for (int i = 1; i <= topology.offClusterAddresses().size(); i++) {
            all.add(outside(i));
        }
        return List.copyOf(all);
    }

    private EmbeddedClient outside(int number) {
        return client(
                "outside-" + number, topology.offClusterAddress(number), VantagePoint.OFF_CLUSTER, Optional.empty());
    }

    private EmbeddedClient client(String name, String address, VantagePoint from, Optional<Node> node) {
        return new EmbeddedClient(
                name,
                address,
                from,
                node,
                new Dialer(vertx, Optional.of(address), to -> wire.untilArrival(address, to)),
                wire);
    }

    private void startEndpoints() {
        try {
            topology.endpoints().forEach(e -> pods.start(e.node()));
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    @Override
    public Description describe() {
        return new Description(
                "embedded",
                Kind.SIMULATION,
                "reference of kube-proxy iptables"
                        + (variation == Variation.RANDOM ? "" : ", varied by " + variation.id())
                        + fault.map(f -> ", with the fault " + f.id()).orElse(""),
                "in this process, on 127.0.0.0/8");
    }

    @Override
    public Timing timing() {
        return timing;
    }

    /** Where Docker or a firewall is, loopback connections too are tracked, and a full table drops them in silence. */
    @Override
    public long packetsLost() {
        return ConnectionTracking.packetsDropped();
    }

    @Override
    public List<Node> nodes() {
        return topology.nodes();
    }

    @Override
    public List<Endpoint> endpoints() {
        return topology.endpoints();
    }

    /** One pod and its host on each node, and a few off the cluster, as clusters have. */
    @Override
    public List<Client> clients(VantagePoint from) {
        List<Client> all = crowd(from);
        if (from == VantagePoint.OFF_CLUSTER) {
            return all.subList(0, FEW_OFF_CLUSTER);
        }
        Map<Optional<Node>, Client> firstOnNode = new LinkedHashMap<>();
        all.forEach(c -> firstOnNode.putIfAbsent(c.node(), c));
        return List.copyOf(firstOnNode.values());
    }

    @Override
    public List<Client> crowd(VantagePoint from) {
        return clients.stream()
                .filter(c -> c.vantagePoint() == from)
                .<Client>map(c -> c)
                .toList();
    }

    @Override
    public List<Client> multitude(int most) {
        return IntStream.rangeClosed(1, most).<Client>mapToObj(this::outside).toList();
    }

    @Override
    public Client clientIn(Endpoint endpoint) {
        return client(endpoint.name(), endpoint.address(), VantagePoint.POD, Optional.of(endpoint.node()));
    }

    @Override
    public LoadBalancing loadBalancing() {
        return LoadBalancing.ROUTED;
    }

    @Override
    public Workload deploy(List<Node> placement) {
        EmbeddedWorkload workload = new EmbeddedWorkload(pods, placement);
        workloads.add(workload);
        return workload;
    }

    @Override
    public Service create(ServiceSpec spec) {
        return create(spec, topology.endpoints());
    }

    @Override
    public Service create(ServiceSpec spec, Workload workload) {
        EmbeddedWorkload own = workloads.stream()
                .filter(w -> w.equals(workload))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no workload of this lab"));
        EmbeddedService service = create(spec, own.endpoints());
        own.serveThrough(service);
        return service;
    }

    private EmbeddedService create(ServiceSpec spec, List<Endpoint> endpoints) {
        int number = created.incrementAndGet();
        try {
            EmbeddedService service = new EmbeddedService(
                    number, spec, endpoints, NODE_PORTS + number, HEALTH_CHECK_NODE_PORTS + number, place);
            services.add(service);
            return service;
        } catch (RuntimeException e) {
            throw new LabException("the embedded lab cannot make the Service svc-" + number + ": " + e, e);
        }
    }

    @Override
    public void close() {
        List<AutoCloseable> all = new ArrayList<>(services);
        all.addAll(workloads);
        all.add(programming);
        all.add(() -> vertx.close().await());
        all.add(range);
        services.clear();
        workloads.clear();
        Closing.all(all);
    }
}
