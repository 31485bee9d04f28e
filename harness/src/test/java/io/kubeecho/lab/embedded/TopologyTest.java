package io.kubeecho.lab.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Node;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopologyTest {

    private final LoopbackRange range = LoopbackRange.claim();
    private final Topology topology = new Topology(range);

    @AfterEach
    void release() {
        range.close();
    }

    @Test
    void everythingHasAnAddressOfItsOwn() {
        List<String> addresses = Stream.of(
                        topology.nodes().stream().map(Node::address),
                        topology.nodes().stream().map(topology::outerAddress),
                        topology.nodes().stream().flatMap(n -> topology.clientPodAddresses(n).stream()),
                        topology.endpoints().stream().map(Endpoint::address),
                        topology.offClusterAddresses().stream(),
                        topology.nodes().stream().map(topology::podGateway),
                        IntStream.rangeClosed(1, 600).mapToObj(topology::clusterIp),
                        IntStream.rangeClosed(1, 600).mapToObj(topology::loadBalancer),
                        IntStream.rangeClosed(1, 600).mapToObj(topology::innerLoadBalancer))
                .flatMap(s -> s)
                .toList();
        assertThat(addresses).doesNotHaveDuplicates().hasSizeGreaterThan(600);
    }

    @Test
    void anAddressTellsItsOriginAndItsNode() {
        for (Node node : topology.nodes()) {
            assertThat(originAt(node, node.address())).isEqualTo(Arrival.Origin.NODE);
            assertThat(topology.nodeOf(node.address())).contains(node);
            assertThat(topology.clientPodAddresses(node)).isNotEmpty().allSatisfy(pod -> {
                assertThat(originAt(node, pod)).isEqualTo(Arrival.Origin.POD);
                assertThat(topology.nodeOf(pod)).contains(node);
            });
        }
        for (Endpoint endpoint : topology.endpoints()) {
            assertThat(originAt(endpoint.node(), endpoint.address())).isEqualTo(Arrival.Origin.POD);
            assertThat(topology.nodeOf(endpoint.address())).contains(endpoint.node());
        }
        for (String outsider : topology.offClusterAddresses()) {
            assertThat(originAt(topology.nodes().get(0), outsider)).isEqualTo(Arrival.Origin.OUTSIDE);
            assertThat(topology.nodeOf(outsider)).isEmpty();
        }
    }

    @Test
    void twoEndpointsAreOnEachOfTheFirstTwoNodesAndNoneOnTheThird() {
        assertThat(topology.nodes()).hasSize(3);
        assertThat(topology.endpoints())
                .extracting(e -> e.node().name())
                .containsExactly("node-1", "node-1", "node-2", "node-2");
    }

    @Test
    void toAnotherNodeAPodIsItsOwnNodeAndOutside() {
        Node one = topology.nodes().get(0);
        Node two = topology.nodes().get(1);
        for (String source :
                List.of(one.address(), topology.clientPodAddresses(one).get(0))) {
            assertThat(topology.arrivalAt(two, SocketAddress.inetSocketAddress(7, source), Arrival.Through.NODE_PORT))
                    .isEqualTo(new Arrival(one.address(), 7, Arrival.Origin.OUTSIDE, Arrival.Through.NODE_PORT));
        }
    }

    private Arrival.Origin originAt(Node node, String source) {
        return topology.arrivalAt(node, SocketAddress.inetSocketAddress(7, source), Arrival.Through.CLUSTER_IP)
                .origin();
    }
}
