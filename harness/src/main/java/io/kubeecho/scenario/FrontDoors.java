package io.kubeecho.scenario;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.probe.Entry;
import java.util.List;
import java.util.Optional;

/** The ways into a Service from outside, and who takes them. */
final class FrontDoors {

    private FrontDoors() {}

    /** Clients at a Service's port of one node. */
    static List<Entry> throughNodePort(Service service, Node entry, List<Client> clients) {
        return clients.stream().map(c -> Entry.nodePort(c, service, entry)).toList();
    }

    /** Clients off the cluster at a Service's load balancer, through a node of choice where the lab may choose. */
    static List<Entry> throughLoadBalancer(Lab lab, Service service, Node entry, List<Client> clients) {
        boolean routed = lab.loadBalancing() == LoadBalancing.ROUTED;
        if (routed) {
            service.enterAt(entry);
        }
        return clients.stream()
                .map(c -> Entry.loadBalancer(c, service, routed ? Optional.of(entry) : Optional.empty()))
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
