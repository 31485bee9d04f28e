package io.kubeecho.lab;

import static java.util.Objects.requireNonNull;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A lab without a network, in which a data plane is a function and time is made up: waits cost nothing, and an answer
 * takes as long as the data plane says. Three nodes, the first two with two endpoints each, a pod on every node and two
 * clients off the cluster, unless told otherwise.
 */
public final class FakeLab implements Lab {

    /** A new connection, as the data plane gets it. */
    public record Connection(Client client, FakeService service, DialPlan.Sequence sequence, int number, long nanos) {
        public String host() {
            return sequence.host();
        }

        public int port() {
            return sequence.port();
        }

        /** Whether it is a further request on a connection that is open already. */
        public boolean isHeld() {
            return number > 0 && sequence.connections() == DialPlan.Connections.ONE_HELD;
        }
    }

    /** @param took from the start of the connection to its end */
    public record Reply(Dialed.Outcome outcome, Duration took) {}

    /** What becomes of a connection. */
    public interface DataPlane {
        Reply reply(Connection connection);
    }

    private static final Timing TIMING = new Timing(
            Duration.ofMillis(500),
            Duration.ofMillis(5),
            Duration.ofMillis(100),
            Duration.ofMillis(1),
            Duration.ZERO,
            Duration.ofMillis(1),
            Duration.ofSeconds(1),
            Duration.ofSeconds(1));

    private final List<Node> nodes;
    private final List<Endpoint> endpoints;
    private final Map<VantagePoint, List<Client>> clients = new HashMap<>();
    private int crowd;
    private int multitude = 1_000;
    private final List<FakeService> services = new ArrayList<>();
    private final AtomicInteger localPort = new AtomicInteger(40_000);
    private DataPlane dataPlane = connection -> refused();
    private Timing timing = TIMING;
    private long now = 1_000_000_000L;
    private long endpointChanges;
    private LoadBalancing loadBalancing = LoadBalancing.ROUTED;
    private int deployed;
    private long packetsLost;
    private int closed;

    public FakeLab() {
        this(3, 2);
    }

    /**
     * @param nodeCount how many nodes
     * @param withEndpoints how many of them have two endpoints each
     */
    public FakeLab(int nodeCount, int withEndpoints) {
        nodes = IntStream.rangeClosed(1, nodeCount)
                .mapToObj(i -> new Node("node-" + i, "192.168.0." + i))
                .toList();
        endpoints = nodes.stream()
                .limit(withEndpoints)
                .flatMap(n -> IntStream.rangeClosed(1, 2)
                        .mapToObj(i -> new Endpoint(
                                "echo-" + (nodes.indexOf(n) + 1) + "-" + i,
                                "10.0." + (nodes.indexOf(n) + 1) + "." + i,
                                n)))
                .toList();
        clients.put(
                VantagePoint.POD,
                nodes.stream()
                        .<Client>map(n -> new FakeClient(
                                "client-" + n.name(),
                                "10.0." + (nodes.indexOf(n) + 1) + ".101",
                                VantagePoint.POD,
                                Optional.of(n)))
                        .toList());
        clients.put(
                VantagePoint.OFF_CLUSTER,
                IntStream.rangeClosed(1, 2)
                        .<Client>mapToObj(i -> new FakeClient(
                                "outside-" + i, "203.0.113." + i, VantagePoint.OFF_CLUSTER, Optional.empty()))
                        .toList());
    }

    public FakeLab with(DataPlane plane) {
        dataPlane = plane;
        return this;
    }

    public FakeLab with(Timing other) {
        timing = other;
        return this;
    }

    /** With so many addresses at every vantage point but the nodes' own. */
    public FakeLab withCrowd(int each) {
        crowd = each;
        clients.put(
                VantagePoint.HOST_NETWORK,
                nodes.stream()
                        .<Client>map(n -> new FakeClient(
                                "host-" + n.name(), n.address(), VantagePoint.HOST_NETWORK, Optional.of(n)))
                        .toList());
        return this;
    }

    /** With so many addresses off the cluster, up to some thousands. */
    public FakeLab withMultitude(int addresses) {
        multitude = addresses;
        return this;
    }

    public FakeLab withoutClients(VantagePoint from) {
        clients.remove(from);
        return this;
    }

    public FakeLab with(LoadBalancing other) {
        loadBalancing = other;
        return this;
    }

    /** Has the lab's machine lose a packet. */
    public void losePacket() {
        packetsLost++;
    }

    @Override
    public long packetsLost() {
        return packetsLost;
    }

    /** Lets the control plane report another state of all endpoints. */
    public void changeEndpoints() {
        endpointChanges++;
    }

    public int timesClosed() {
        return closed;
    }

    /** Every Service that was ever made. */
    public List<FakeService> services() {
        return Collections.unmodifiableList(services);
    }

    /** An answer of an endpoint that saw this address, at once. */
    public Reply answer(Endpoint from, String seen) {
        return answer(from, seen, Duration.ofNanos(100_000));
    }

    public Reply answer(Endpoint from, String seen, Duration took) {
        return answer(from, seen, "", took);
    }

    /** @param xff the X-Forwarded-For that the endpoint got */
    public Reply answer(Endpoint from, String seen, String xff, Duration took) {
        String body = "Host=svc  Path=/  From=%s  ClientIP=%s  XFF=%s".formatted(from.name(), seen, xff);
        return answer(200, body, took);
    }

    /** An answer of anything. */
    public Reply answer(int status, String body, Duration took) {
        return new Reply(new Dialed.Answered(now, "0.0.0.0", localPort.incrementAndGet(), status, body), took);
    }

    public static Reply refused() {
        return failed(Failure.REFUSED, "Connection refused");
    }

    public static Reply failed(Failure failure, String detail) {
        return new Reply(new Dialed.NotConnected(failure, detail), Duration.ofMillis(1));
    }

    @Override
    public Description describe() {
        return new Description("fake", Kind.SIMULATION, "a function", "1");
    }

    @Override
    public Timing timing() {
        return timing;
    }

    @Override
    public List<Node> nodes() {
        return nodes;
    }

    @Override
    public List<Endpoint> endpoints() {
        return endpoints;
    }

    @Override
    public List<Client> clients(VantagePoint from) {
        return clients.getOrDefault(from, List.of());
    }

    @Override
    public List<Client> crowd(VantagePoint from) {
        List<Client> few = clients(from);
        if (crowd == 0 || from == VantagePoint.HOST_NETWORK) {
            return few;
        }
        List<Client> all = new ArrayList<>();
        for (Optional<Node> node : few.stream().map(Client::node).distinct().toList()) {
            String network = node.map(n -> "10.0." + (nodes.indexOf(n) + 1)).orElse("203.0.113");
            List<Client> own = few.stream().filter(c -> c.node().equals(node)).toList();
            all.addAll(own);
            for (int i = own.size(); i < crowd; i++) {
                all.add(new FakeClient(own.get(0).name() + "-" + (i + 1), network + "." + (110 + i), from, node));
            }
        }
        return all;
    }

    @Override
    public List<Client> multitude(int most) {
        return IntStream.range(0, clients(VantagePoint.OFF_CLUSTER).isEmpty() ? 0 : Math.min(most, multitude))
                .<Client>mapToObj(i -> new FakeClient(
                        "outside-" + (i + 1),
                        "198.18.%d.%d".formatted(i / 250, i % 250 + 1),
                        VantagePoint.OFF_CLUSTER,
                        Optional.empty()))
                .toList();
    }

    @Override
    public Client clientIn(Endpoint endpoint) {
        return new FakeClient(endpoint.name(), endpoint.address(), VantagePoint.POD, Optional.of(endpoint.node()));
    }

    @Override
    public LoadBalancing loadBalancing() {
        return loadBalancing;
    }

    @Override
    public Workload deploy(List<Node> placement) {
        FakeWorkload workload = new FakeWorkload();
        placement.forEach(workload::start);
        return workload;
    }

    @Override
    public FakeService create(ServiceSpec spec) {
        return create(spec, () -> endpoints);
    }

    @Override
    public FakeService create(ServiceSpec spec, Workload workload) {
        return create(spec, workload::endpoints);
    }

    private FakeService create(ServiceSpec spec, Supplier<List<Endpoint>> behind) {
        FakeService service = new FakeService(services.size() + 1, spec, behind);
        services.add(service);
        return service;
    }

    @Override
    public void close() {
        closed++;
    }

    private final class FakeWorkload implements Workload {
        private final List<Endpoint> running = new ArrayList<>();

        @Override
        public List<Endpoint> endpoints() {
            return List.copyOf(running);
        }

        @Override
        public Endpoint start(Node node) {
            deployed++;
            Endpoint endpoint = new Endpoint("echo-own-" + deployed, "10.0.9." + deployed, node);
            running.add(endpoint);
            return endpoint;
        }

        @Override
        public void delete(Endpoint endpoint) {
            running.remove(endpoint);
        }

        @Override
        public void close() {
            running.clear();
        }
    }

    /** One Service of it. */
    public final class FakeService implements Service {
        private final int number;
        private final Supplier<List<Endpoint>> behind;
        private ServiceSpec spec;
        private Node entry = nodes.get(0);
        private int timesClosed;

        private FakeService(int number, ServiceSpec spec, Supplier<List<Endpoint>> behind) {
            this.number = number;
            this.spec = spec;
            this.behind = behind;
        }

        public boolean isClosed() {
            return timesClosed > 0;
        }

        public int timesClosed() {
            return timesClosed;
        }

        /** The endpoints that it has now. */
        public List<Endpoint> behind() {
            return behind.get();
        }

        /** Where its load balancer's traffic enters. */
        public Node entry() {
            return entry;
        }

        public boolean isLoadBalancer(String host) {
            return host.equals("198.51.100." + number);
        }

        public boolean isHealthCheck(int port) {
            return port == 35_000 + number;
        }

        @Override
        public String name() {
            return "svc-" + number;
        }

        @Override
        public ServiceSpec spec() {
            return spec;
        }

        @Override
        public FrontEnd clusterIp() {
            return new FrontEnd("10.96.0." + number, 80);
        }

        @Override
        public FrontEnd nodePort(Node node, Client from) {
            return new FrontEnd(node.address(), 30_000 + number);
        }

        @Override
        public FrontEnd loadBalancer(Client from) {
            return new FrontEnd("198.51.100." + number, 80);
        }

        @Override
        public void enterAt(Node node) {
            entry = node;
        }

        @Override
        public FrontEnd healthCheckNodePort(Node node, Client from) {
            return new FrontEnd(node.address(), 35_000 + number);
        }

        @Override
        public void update(ServiceSpec changed) {
            spec = changed;
        }

        @Override
        public EndpointState endpoints() {
            return new EndpointState(
                    endpointChanges, behind().stream().map(Endpoint::name).collect(Collectors.toSet()));
        }

        @Override
        public void close() {
            timesClosed++;
        }

        private boolean isAt(String host, int port) {
            return port == 30_000 + number
                    || isHealthCheck(port)
                    || isLoadBalancer(host)
                    || host.equals(clusterIp().host());
        }
    }

    private final class FakeClient implements Client {
        private final String name;
        private final String address;
        private final VantagePoint from;
        private final Optional<Node> node;

        FakeClient(String name, String address, VantagePoint from, Optional<Node> node) {
            this.name = name;
            this.address = address;
            this.from = from;
            this.node = node;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public String address() {
            return address;
        }

        @Override
        public VantagePoint vantagePoint() {
            return from;
        }

        @Override
        public Optional<Node> node() {
            return node;
        }

        @Override
        public CompletableFuture<List<Dialed>> dial(DialPlan plan) {
            List<Dialed> all = new ArrayList<>();
            long begin = now;
            long latest = now;
            for (DialPlan.Sequence sequence : plan.sequences()) {
                FakeService service = services.stream()
                        .filter(s -> s.isAt(sequence.host(), sequence.port()))
                        .findFirst()
                        .orElse(null);
                requireNonNull(service, () -> "no Service at " + sequence.host() + ":" + sequence.port());
                now = begin;
                for (int number = 0; number < sequence.waits().size(); number++) {
                    now += sequence.waits().get(number).toNanos();
                    long started = now;
                    Reply reply = dataPlane.reply(new Connection(this, service, sequence, number, now));
                    now += reply.took().toNanos();
                    all.add(new Dialed(sequence.entry(), number, started, now, reply.outcome()));
                }
                latest = Math.max(latest, now);
            }
            now = latest;
            return CompletableFuture.completedFuture(all);
        }

        @Override
        public String toString() {
            return name;
        }
    }
}
