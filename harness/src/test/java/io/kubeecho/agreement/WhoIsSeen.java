package io.kubeecho.agreement;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.VantagePoint.HOST_NETWORK;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;

import io.kubeecho.agreement.Visitor.Visit;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Which pods answer, and whose address they see: for every vantage point, type, policy and place of entry. The lab's first
 * node has endpoints, and so has the second; the third has none.
 */
final class WhoIsSeen {

    /** With two endpoints on each of two nodes, 30 connections miss one of the nodes in 2 of 2^30 cases. */
    private static final int CONNECTIONS = 30;

    private final Lab lab;
    private final Visitor visitor;
    private final Map<String, CompletableFuture<String>> answers = new LinkedHashMap<>();

    private WhoIsSeen(Lab lab) {
        this.lab = lab;
        this.visitor = new Visitor(lab);
    }

    /** The answers, by what was asked. */
    static Map<String, String> on(Lab lab) {
        try (Service clusterIp = lab.create(ServiceSpec.clusterIp());
                Service nodePort = lab.create(ServiceSpec.nodePort(CLUSTER));
                Service nodePortLocal = lab.create(ServiceSpec.nodePort(LOCAL));
                Service balancer = lab.create(ServiceSpec.loadBalancer(CLUSTER));
                Service balancerLocal = lab.create(ServiceSpec.loadBalancer(LOCAL))) {
            return Stable.measured(() -> {
                WhoIsSeen measurement = new WhoIsSeen(lab);
                measurement.throughClusterIp(clusterIp);
                measurement.throughNodePort(nodePort, CLUSTER);
                measurement.throughNodePort(nodePortLocal, LOCAL);
                measurement.throughLoadBalancer(balancer, CLUSTER);
                measurement.throughLoadBalancer(balancerLocal, LOCAL);
                return measurement.result();
            });
        }
    }

    private void throughClusterIp(Service service) {
        insiders()
                .forEach((who, client) -> ask(
                        who + " → ClusterIP",
                        client,
                        service.clusterIp(),
                        client.node().orElseThrow()));
        Client endpoint = lab.clientIn(lab.endpoints().get(0));
        ask(
                "an endpoint → ClusterIP",
                endpoint,
                service.clusterIp(),
                endpoint.node().orElseThrow());
    }

    private void throughNodePort(Service service, ExternalTrafficPolicy policy) {
        String through = " → NodePort, " + Words.of(policy) + ", at ";
        insiders()
                .forEach((who, client) -> entries(client)
                        .forEach((where, entry) ->
                                ask(who + through + where, client, service.nodePort(entry, client), entry)));
        Client outside = lab.clients(OFF_CLUSTER).get(0);
        entries(outside)
                .forEach((where, entry) ->
                        ask("off-cluster" + through + where, outside, service.nodePort(entry, outside), entry));
    }

    /** Inside the cluster every node takes the address for its own, so that traffic enters where the client is. */
    private void throughLoadBalancer(Service service, ExternalTrafficPolicy policy) {
        String through = " → LoadBalancer, " + Words.of(policy);
        insiders()
                .forEach((who, client) -> ask(
                        who + through,
                        client,
                        service.loadBalancer(client),
                        client.node().orElseThrow()));
        Client outside = lab.clients(OFF_CLUSTER).get(0);
        entries(outside).forEach((where, entry) -> {
            service.enterAt(entry);
            ask("off-cluster" + through + ", at " + where, outside, service.loadBalancer(outside), entry);
            // the next entry moves the route that this one takes
            answers.values().forEach(CompletableFuture::join);
        });
    }

    private Map<String, Client> insiders() {
        Map<String, Client> all = new LinkedHashMap<>();
        all.put("pod on a node with endpoints", clientOn(lab.nodes().get(0), POD));
        all.put("pod on a node without", clientOn(lab.nodes().get(2), POD));
        all.put("host network of a node with endpoints", clientOn(lab.nodes().get(0), HOST_NETWORK));
        all.put("host network of a node without", clientOn(lab.nodes().get(2), HOST_NETWORK));
        return all;
    }

    private Map<String, Node> entries(Client client) {
        Map<String, Node> entries = new LinkedHashMap<>();
        Optional<Node> own = client.node();
        own.ifPresent(node -> entries.put("its own node", node));
        String other = own.isPresent() ? "another node" : "a node";
        entries.put(other + " with endpoints", lab.nodes().get(1));
        if (!own.equals(Optional.of(lab.nodes().get(2)))) {
            entries.put(other + " without", lab.nodes().get(2));
        }
        return entries;
    }

    private Client clientOn(Node node, io.kubeecho.lab.VantagePoint from) {
        return lab.clients(from).stream()
                .filter(c -> c.node().equals(Optional.of(node)))
                .findFirst()
                .orElseThrow();
    }

    private void ask(String question, Client client, FrontEnd to, Node entry) {
        answers.put(
                question, visitor.atOnce(client, to, CONNECTIONS).thenApply(visits -> inWords(visits, client, entry)));
    }

    private Map<String, String> result() {
        Map<String, String> result = new LinkedHashMap<>();
        answers.forEach((question, answer) -> result.put(question, answer.join()));
        return result;
    }

    private String inWords(List<Visit> visits, Client client, Node entry) {
        Map<String, TreeSet<String>> seenBy = new TreeMap<>();
        for (Visit visit : visits) {
            if (visit.line().isEmpty()) {
                seenBy.computeIfAbsent("not answered", key -> new TreeSet<>()).add(visit.failure());
                continue;
            }
            Endpoint pod = endpoint(visit.line().get().from());
            seenBy.computeIfAbsent(place(pod, client, entry), key -> new TreeSet<>())
                    .add(whose(visit.line().get().clientIp(), client, entry));
        }
        List<String> words = new ArrayList<>();
        seenBy.forEach((who, seen) -> words.add(
                who.equals("not answered")
                        ? "not answered: " + String.join(", ", seen)
                        : who + " see " + String.join(" or ", seen)));
        return words.stream().sorted().collect(Collectors.joining("; "));
    }

    private Endpoint endpoint(String name) {
        return lab.endpoints().stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("a stranger answered: " + name));
    }

    private static String place(Endpoint pod, Client client, Node entry) {
        if (pod.address().equals(client.address())) {
            return "itself";
        }
        return pod.node().equals(entry) ? "endpoints there" : "endpoints elsewhere";
    }

    private String whose(String address, Client client, Node entry) {
        if (address.equals(client.address())) {
            return "the client's address";
        }
        if (address.equals(entry.address())) {
            return "the entry node's address";
        }
        if (client.node().map(Node::address).equals(Optional.of(address))) {
            return "the client's node's address";
        }
        return lab.nodes().stream().anyMatch(n -> n.address().equals(address))
                ? "some other node's address"
                : "the entry node's address on the pod network";
    }
}
