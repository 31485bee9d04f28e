package io.kubeecho.scenario;

import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.probe.Entry;
import java.util.List;
import java.util.stream.IntStream;

/** The ways into a Service from outside, and who takes them. */
final class FrontDoors {

    private FrontDoors() {}

    /** The clients off the cluster, whom node ports are for; where there are none, pods, which reach nodes too. */
    static List<Client> comers(Lab lab) {
        List<Client> outside = lab.clients(OFF_CLUSTER);
        return outside.isEmpty() ? lab.clients(POD) : outside;
    }

    /** Clients at a Service's port of one node. */
    static List<Entry> throughNodePort(Service service, Node entry, List<Client> clients) {
        return clients.stream()
                .map(c -> new Entry(c, service, service.nodePort(entry, c)))
                .toList();
    }

    /** Each client at the Service's port of another node, as far as there are nodes. */
    static List<Entry> throughNodePorts(Lab lab, Service service, List<Client> clients) {
        return IntStream.range(0, clients.size())
                .mapToObj(i -> {
                    Client client = clients.get(i);
                    return new Entry(client, service, service.nodePort(inTurn(lab.nodes(), i), client));
                })
                .toList();
    }

    /** Clients off the cluster at a Service's load balancer, through a node of choice where the lab may choose. */
    static List<Entry> throughLoadBalancer(Lab lab, Service service, Node entry) {
        if (lab.loadBalancing() == LoadBalancing.ROUTED) {
            service.enterAt(entry);
        }
        return lab.clients(OFF_CLUSTER).stream()
                .map(c -> new Entry(c, service, service.loadBalancer(c)))
                .toList();
    }

    static Node inTurn(List<Node> nodes, int index) {
        return nodes.get(index % nodes.size());
    }

    static List<Endpoint> endpointsOn(Lab lab, Node node) {
        return lab.endpoints().stream().filter(e -> e.node().equals(node)).toList();
    }

    static List<Node> nodesWithEndpoints(Lab lab) {
        return lab.nodes().stream().filter(n -> !endpointsOn(lab, n).isEmpty()).toList();
    }

    static List<Node> nodesWithoutEndpoints(Lab lab) {
        return lab.nodes().stream().filter(n -> endpointsOn(lab, n).isEmpty()).toList();
    }
}
