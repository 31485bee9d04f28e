package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.netty.util.NetUtil;
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
    private static final int OFF_CLUSTER_NETWORK = 200;
    private static final int FIRST_CLIENT_POD = 101;

    private static final int NODES = 3;
    private static final int NODES_WITH_ENDPOINTS = 2;
    private static final int ENDPOINTS_PER_NODE = 2;
    private static final int CLIENT_PODS_PER_NODE = 1;
    private static final int OFF_CLUSTER_CLIENTS = 4;

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
                .flatMap(node -> IntStream.rangeClosed(1, ENDPOINTS_PER_NODE)
                        .mapToObj(i -> new Endpoint(
                                "echo-%d-%d".formatted(numberOf(node), i), range.address(podNetwork(node), i), node)))
                .toList();
    }

    List<Node> nodes() {
        return nodes;
    }

    List<Endpoint> endpoints() {
        return endpoints;
    }

    /** A node's address as clients off the cluster reach it. */
    String outerAddress(Node node) {
        return range.address(OUTER_NODE_NETWORK, numberOf(node));
    }

    /** @param service counted from 1 over the lab's life */
    String clusterIp(int service) {
        int index = service - 1;
        return range.address(SERVICE_NETWORK + index / HOSTS_PER_NETWORK, 1 + index % HOSTS_PER_NETWORK);
    }

    List<String> clientPodAddresses(Node node) {
        return IntStream.range(0, CLIENT_PODS_PER_NODE)
                .mapToObj(i -> range.address(podNetwork(node), FIRST_CLIENT_POD + i))
                .toList();
    }

    List<String> offClusterAddresses() {
        return IntStream.rangeClosed(1, OFF_CLUSTER_CLIENTS)
                .mapToObj(i -> range.address(OFF_CLUSTER_NETWORK, i))
                .toList();
    }

    Arrival.Origin originOf(String source) {
        if (nodes.stream().anyMatch(n -> n.address().equals(source))) {
            return Arrival.Origin.NODE;
        }
        return podNodeOf(source).isPresent() ? Arrival.Origin.POD : Arrival.Origin.OUTSIDE;
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
