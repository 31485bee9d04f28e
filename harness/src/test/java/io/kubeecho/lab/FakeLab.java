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
import java.util.stream.IntStream;

/**
 * A lab without a network, in which a data plane is a function and time is made up: waits cost nothing, and an answer
 * takes as long as the data plane says. Three nodes, the first two with two endpoints each, a pod on every node and two
 * clients off the cluster, unless told otherwise.
 */
public final class FakeLab implements Lab {

    /** A new connection, as the data plane gets it. */
    public record Connection(Client client, FakeService service, String host, int port, int number, long nanos) {}

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
    private final List<FakeService> services = new ArrayList<>();
    private final AtomicInteger localPort = new AtomicInteger(40_000);
    private DataPlane dataPlane = connection -> refused();
    private Timing timing = TIMING;
    private long now = 1_000_000_000L;
    private long endpointChanges;
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

    public FakeLab withoutClients(VantagePoint from) {
        clients.remove(from);
        return this;
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
        String body = "Host=svc  Path=/  From=%s  ClientIP=%s  XFF=".formatted(from.name(), seen);
        return new Reply(new Dialed.Answered(now, "0.0.0.0", localPort.incrementAndGet(), 200, body), took);
    }

    public static Reply refused() {
        return failed(Failure.REFUSED, "Connection refused");
    }

    public static Reply failed(Failure failure, String detail) {
        return new Reply(new Dialed.NotConnected(failure, detail), Duration.ofMillis(1));
    }

    @Override
    public Description describe() {
        return new Description("fake", "a function", "1");
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
    public FakeService create(ServiceSpec spec) {
        FakeService service = new FakeService(services.size() + 1, spec);
        services.add(service);
        return service;
    }

    @Override
    public void close() {
        closed++;
    }

    /** One Service of it. */
    public final class FakeService implements Service {
        private final int number;
        private final ServiceSpec spec;
        private boolean isClosed;

        private FakeService(int number, ServiceSpec spec) {
            this.number = number;
            this.spec = spec;
        }

        public boolean isClosed() {
            return isClosed;
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
        public FrontEnd nodePort(Node entry, Client from) {
            return new FrontEnd(entry.address(), 30_000 + number);
        }

        @Override
        public EndpointState endpoints() {
            return new EndpointState(
                    endpointChanges,
                    endpoints.stream().map(Endpoint::name).collect(java.util.stream.Collectors.toSet()));
        }

        @Override
        public void close() {
            isClosed = true;
        }

        private boolean isAt(String host, int port) {
            return port == 30_000 + number || host.equals(clusterIp().host());
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
                    Reply reply = dataPlane.reply(
                            new Connection(this, service, sequence.host(), sequence.port(), number, now));
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
