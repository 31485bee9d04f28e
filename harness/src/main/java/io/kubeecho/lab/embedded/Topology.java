package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import io.netty.util.NetUtil;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Which address is what: every node, pod, client and virtual address of the lab is its own 127.x.y.z, and the third number
 * tells its kind.
 */
final class Topology {

    private static final int INNER_NODE_NETWORK = 1;
    private static final int OUTER_NODE_NETWORK = 2;
    private static final int FIRST_POD_NETWORK = 10;
    private static final int SERVICE_NETWORK = 100;
    private static final int HOSTS_PER_NETWORK = 254;
    private static final int INNER_LOAD_BALANCER_NETWORK = 130;
    private static final int LOAD_BALANCER_NETWORK = 160;
    private static final int OFF_CLUSTER_NETWORK = 200;
    private static final int FIRST_CLIENT_POD = 161;
    private static final int POD_GATEWAY = 254;

    private static final int NODES = 3;
    private static final int NODES_WITH_ENDPOINTS = 2;
    private static final int ENDPOINTS_PER_NODE = 2;
    private static final int CLIENT_PODS_PER_NODE = 80;
    private static final int OFF_CLUSTER_CLIENTS = 80;

    private final LoopbackRange range;
    private final List<Node> nodes;
    private final List<Endpoint> endpoints;

    Topology(LoopbackRange range) {
        this.range = range;
        this.nodes = IntStream.rangeClosed(1, NODES)
                .mapToObj(i -> new Node("node-" + i, range.address(INNER_NODE_NETWORK, i)))
                .toList();
        this.endpoints = nodes.stream()
                .limit(NODES_WITH_ENDPOINTS)
                .flatMap(node -> IntStream.rangeClosed(1, ENDPOINTS_PER_NODE).mapToObj(i -> endpoint(node, i)))
                .toList();
    }

    List<Node> nodes() {
        return nodes;
    }

    /** Those of the run, which are their nodes' first. */
    List<Endpoint> endpoints() {
        return endpoints;
    }

    /**
     * An echo pod's name and address.
     *
     * @param number 1..{@value #FIRST_CLIENT_POD}-1, counted on its node over the lab's life
     */
    Endpoint endpoint(Node node, int number) {
        if (number >= FIRST_CLIENT_POD) {
            throw new LabException("the embedded lab has no address left for a pod on " + node.name());
        }
        return new Endpoint(
                "echo-%d-%d".formatted(numberOf(node), number), range.address(podNetwork(node), number), node);
    }

    /** The node's own address on the network of its pods. */
    String podGateway(Node node) {
        return range.address(podNetwork(node), POD_GATEWAY);
    }

    /** A node's address as it is reached by everybody who is not on it. */
    String outerAddress(Node node) {
        return range.address(OUTER_NODE_NETWORK, numberOf(node));
    }

    /** @param service counted from 1 over the lab's life */
    String clusterIp(int service) {
        return virtual(SERVICE_NETWORK, service);
    }

    /** A load balancer's address as clients off the cluster reach it. */
    String loadBalancer(int service) {
        return virtual(LOAD_BALANCER_NETWORK, service);
    }

    /** A load balancer's address as pods and nodes reach it. */
    String innerLoadBalancer(int service) {
        return virtual(INNER_LOAD_BALANCER_NETWORK, service);
    }

    private String virtual(int firstNetwork, int number) {
        int index = number - 1;
        return range.address(firstNetwork + index / HOSTS_PER_NETWORK, 1 + index % HOSTS_PER_NETWORK);
    }

    List<String> clientPodAddresses(Node node) {
        return IntStream.range(0, CLIENT_PODS_PER_NODE)
                .mapToObj(i -> range.address(podNetwork(node), FIRST_CLIENT_POD + i))
                .toList();
    }

    List<String> offClusterAddresses() {
        return IntStream.rangeClosed(1, OFF_CLUSTER_CLIENTS)
                .mapToObj(this::offClusterAddress)
                .toList();
    }

    /** @param number from 1 to some thousands */
    String offClusterAddress(int number) {
        return virtual(OFF_CLUSTER_NETWORK, number);
    }

    /**
     * What a connection is to the node that it reaches. Between nodes a pod keeps its address only on the way to other
     * pods; to anything else, such as another node's port, it goes under its own node's, as flannel masquerades it.
     */
    Arrival arrivalAt(Node node, SocketAddress source, Arrival.Through through) {
        String address = source.hostAddress();
        Optional<Node> from = nodeOf(address);
        if (from.isEmpty()) {
            return new Arrival(address, source.port(), Arrival.Origin.OUTSIDE, through);
        }
        if (!from.get().equals(node)) {
            return new Arrival(from.get().address(), source.port(), Arrival.Origin.OUTSIDE, through);
        }
        Arrival.Origin origin = address.equals(node.address()) ? Arrival.Origin.NODE : Arrival.Origin.POD;
        return new Arrival(address, source.port(), origin, through);
    }

    /** The node whose data plane a connection from inside the cluster meets first; empty for outsiders. */
    Optional<Node> nodeOf(String source) {
        return nodes.stream()
                .filter(n -> n.address().equals(source))
                .findFirst()
                .or(() -> podNodeOf(source));
    }

    private Optional<Node> podNodeOf(String source) {
        int network = NetUtil.createByteArrayFromIpAddressString(source)[2] & 0xff;
        return nodes.stream().filter(n -> podNetwork(n) == network).findFirst();
    }

    private int podNetwork(Node node) {
        return FIRST_POD_NETWORK + numberOf(node);
    }

    private int numberOf(Node node) {
        return nodes.indexOf(node) + 1;
    }
}
