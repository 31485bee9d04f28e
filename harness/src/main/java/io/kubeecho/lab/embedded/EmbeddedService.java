package io.kubeecho.lab.embedded;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.lab.embedded.Arrival.Through;
import io.kubeecho.lab.embedded.FrontEndListener.Route;
import io.vertx.core.Vertx;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A Service of the embedded lab: its front ends, each in front of the proxies of the nodes.
 *
 * <p>A node has an address for its own pods and itself, and another for everybody else; a load balancer's address is
 * likewise one for the cluster and one for clients off it. On a cluster these are one address each, and the rules tell
 * the clients apart.
 */
final class EmbeddedService implements Service {

    /** The Service's port on its virtual addresses: 80 on a cluster, above 1023 where nobody is root. */
    private static final int SERVICE_PORT = 8080;

    private final String name;
    private final Place place;
    private final FrontEndListener clusterIp;
    private final Map<Node, FrontEndListener> nodePortsForOwn;
    private final Map<Node, FrontEndListener> nodePortsForOthers;
    private final Optional<LoadBalancerAddress> loadBalancer;
    private final Map<Node, HealthCheckPort> healthChecksForOwn;
    private final Map<Node, HealthCheckPort> healthChecksForOthers;

    private volatile ServiceSpec spec;
    private volatile Node entry;
    private List<Endpoint> endpoints;
    private long changes;
    private boolean closed;

    /** What all Services of a lab share. */
    record Place(
            Topology topology,
            List<KubeProxy> proxies,
            Relay relay,
            Vertx vertx,
            Variation variation,
            Programming programming,
            Wire wire) {
        KubeProxy proxyOn(Node node) {
            return proxies.stream()
                    .filter(p -> p.node().equals(node))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private record LoadBalancerAddress(FrontEndListener forCluster, FrontEndListener forOthers) {}

    /**
     * @param number of the Service in its lab, from 1: decides its addresses
     * @param nodePort the number of its node port
     * @param healthCheckNodePort of its health check port
     */
    EmbeddedService(
            int number,
            ServiceSpec spec,
            List<Endpoint> endpoints,
            int nodePort,
            int healthCheckNodePort,
            Place place) {
        this.name = "svc-" + number;
        this.spec = spec;
        this.endpoints = List.copyOf(endpoints);
        this.place = place;
        Topology topology = place.topology();
        this.entry = topology.nodes().get(0);
        this.clusterIp = listener(topology.clusterIp(number), SERVICE_PORT, this::throughClusterIp);
        boolean hasNodePort = spec.type() != ServiceSpec.Type.CLUSTER_IP;
        this.nodePortsForOwn = hasNodePort ? nodePorts(nodePort, Node::address) : Map.of();
        this.nodePortsForOthers = hasNodePort ? nodePorts(nodePort, topology::outerAddress) : Map.of();
        boolean hasLoadBalancer = spec.type() == ServiceSpec.Type.LOAD_BALANCER;
        this.loadBalancer = hasLoadBalancer
                ? Optional.of(new LoadBalancerAddress(
                        listener(topology.innerLoadBalancer(number), SERVICE_PORT, this::throughLoadBalancer),
                        listener(topology.loadBalancer(number), SERVICE_PORT, this::throughLoadBalancer)))
                : Optional.empty();
        this.healthChecksForOwn = hasLoadBalancer ? healthChecks(healthCheckNodePort, Node::address) : Map.of();
        this.healthChecksForOthers =
                hasLoadBalancer ? healthChecks(healthCheckNodePort, topology::outerAddress) : Map.of();
        try {
            sync();
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private FrontEndListener listener(String address, int port, Function<SocketAddress, Optional<Route>> routes) {
        FrontEndListener listener = new FrontEndListener(new FrontEnd(address, port), name, routes, place.relay());
        place.wire().put(listener);
        return listener;
    }

    private Map<Node, FrontEndListener> nodePorts(int port, Function<Node, String> address) {
        return place.topology().nodes().stream()
                .collect(toMap(
                        node -> node,
                        node -> listener(
                                address.apply(node),
                                port,
                                source -> Optional.of(routeAt(node, source, Through.NODE_PORT)))));
    }

    private Map<Node, HealthCheckPort> healthChecks(int port, Function<Node, String> address) {
        return place.topology().nodes().stream()
                .collect(toMap(
                        node -> node,
                        node -> new HealthCheckPort(
                                new FrontEnd(address.apply(node), port),
                                name,
                                place.proxyOn(node),
                                place.variation().healthAnswers(),
                                place.vertx())));
    }

    /** A ClusterIP is the client's own node's affair, and no route leads there from outside. */
    private Optional<Route> throughClusterIp(SocketAddress source) {
        return place.topology().nodeOf(source.hostAddress()).map(node -> routeAt(node, source, Through.CLUSTER_IP));
    }

    /** A load balancer's address is the own node's affair too for who is on one, and the entry node's for the others. */
    private Optional<Route> throughLoadBalancer(SocketAddress source) {
        Node decides = place.topology().nodeOf(source.hostAddress()).orElse(entry);
        return Optional.of(routeAt(decides, source, Through.LOAD_BALANCER));
    }

    private Route routeAt(Node node, SocketAddress source, Through through) {
        Node decides = place.variation().isSocketLevel()
                ? place.topology().nodeOf(source.hostAddress()).orElse(node)
                : node;
        return new Route(place.proxyOn(decides), place.topology().arrivalAt(decides, source, through));
    }

    /** Has the proxies take the rules as they are now, and the front ends follow. */
    private void sync() {
        ServiceRules rules = new ServiceRules(name, spec, endpoints);
        Programming programming = place.programming();
        for (KubeProxy proxy : place.proxies()) {
            programming.follow(proxy.node(), () -> programmed(proxy, rules));
        }
        follow();
    }

    /** A node has heard of a change; where it took its time, the front ends have not followed it yet. */
    private synchronized void programmed(KubeProxy proxy, ServiceRules rules) {
        if (!closed) {
            proxy.sync(rules);
            if (place.programming().isSlow()) {
                follow();
            }
        }
    }

    /** Has the front ends follow what the proxies have now. */
    private synchronized void follow() {
        List<Node> nodes = place.topology().nodes();
        clusterIp.follow(inside(nodes, Through.CLUSTER_IP));
        nodePortsForOwn.forEach((node, port) -> port.follow(inside(List.of(node), Through.NODE_PORT)));
        nodePortsForOthers.forEach((node, port) -> port.follow(fromElsewhere(node)));
        loadBalancer.ifPresent(at -> {
            at.forCluster().follow(inside(nodes, Through.LOAD_BALANCER));
            at.forOthers().follow(List.of(outside(entry, Through.LOAD_BALANCER)));
        });
        healthChecks().forEach(HealthCheckPort::follow);
    }

    private Stream<HealthCheckPort> healthChecks() {
        return Stream.concat(healthChecksForOwn.values().stream(), healthChecksForOthers.values().stream());
    }

    /** What comes from the nodes themselves and from their pods. */
    private List<Route> inside(List<Node> nodes, Through through) {
        Topology topology = place.topology();
        return nodes.stream()
                .flatMap(node -> Stream.concat(
                                Stream.of(node.address()),
                                topology.clientPodAddresses(node).stream().limit(1))
                        .map(address -> routeAt(node, SocketAddress.inetSocketAddress(1, address), through)))
                .toList();
    }

    /** A node's port on its outer address; pods and nodes that are balanced where they are need no leave of this node. */
    private List<Route> fromElsewhere(Node node) {
        Stream<Route> outsiders = Stream.of(outside(node, Through.NODE_PORT));
        return place.variation().isSocketLevel()
                ? Stream.concat(outsiders, inside(place.topology().nodes(), Through.NODE_PORT).stream())
                        .toList()
                : outsiders.toList();
    }

    private Route outside(Node node, Through through) {
        String address = place.topology().offClusterAddresses().get(0);
        return routeAt(node, SocketAddress.inetSocketAddress(1, address), through);
    }

    /** The control plane's news of the endpoints, which a closed Service does not hear. */
    void endpoints(List<Endpoint> changed) {
        if (!closed) {
            endpoints = List.copyOf(changed);
            changes++;
            sync();
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ServiceSpec spec() {
        return spec;
    }

    @Override
    public FrontEnd clusterIp() {
        return clusterIp.at();
    }

    @Override
    public FrontEnd nodePort(Node node, Client from) {
        FrontEndListener port =
                (from.node().equals(Optional.of(node)) ? nodePortsForOwn : nodePortsForOthers).get(node);
        if (port == null) {
            throw new IllegalStateException(name + " has no port on " + node.name());
        }
        return port.at();
    }

    @Override
    public FrontEnd loadBalancer(Client from) {
        LoadBalancerAddress address =
                loadBalancer.orElseThrow(() -> new IllegalStateException(name + " has no load balancer"));
        return (from.vantagePoint() == VantagePoint.OFF_CLUSTER ? address.forOthers() : address.forCluster()).at();
    }

    @Override
    public void enterAt(Node node) {
        entry = node;
        follow();
    }

    @Override
    public FrontEnd healthCheckNodePort(Node node, Client from) {
        HealthCheckPort port =
                (from.node().equals(Optional.of(node)) ? healthChecksForOwn : healthChecksForOthers).get(node);
        if (port == null) {
            throw new IllegalStateException(name + " has no health check port on " + node.name());
        }
        return port.at();
    }

    @Override
    public void update(ServiceSpec changed) {
        if (changed.type() != spec.type()) {
            throw new IllegalArgumentException(
                    name + " is of type " + spec.type() + " and cannot become " + changed.type());
        }
        spec = changed;
        sync();
    }

    @Override
    public EndpointState endpoints() {
        return new EndpointState(changes, endpoints.stream().map(Endpoint::name).collect(toSet()));
    }

    @Override
    public synchronized void close() {
        closed = true;
        place.proxies().forEach(p -> p.remove(name));
        Stream<AutoCloseable> fronts = Stream.of(
                        Stream.of(clusterIp),
                        nodePortsForOwn.values().stream(),
                        nodePortsForOthers.values().stream(),
                        loadBalancer.stream().flatMap(at -> Stream.of(at.forCluster(), at.forOthers())),
                        healthChecks())
                .flatMap(s -> s);
        List<AutoCloseable> open = fronts.toList();
        open.stream()
                .filter(FrontEndListener.class::isInstance)
                .map(FrontEndListener.class::cast)
                .forEach(place.wire()::remove);
        Closing.all(open);
    }
}
