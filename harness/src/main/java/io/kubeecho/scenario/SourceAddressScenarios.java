package io.kubeecho.scenario;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.partitioningBy;
import static java.util.stream.Collectors.toMap;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.Service.FrontEnd;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.PodNetwork;
import io.kubeecho.probe.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;

/** Whose address a pod sees. */
@DisplayNameGeneration(ScenarioNames.class)
public class SourceAddressScenarios {

    /** An address for documentation (RFC 5737), which no hop can have of itself. */
    private static final String FORWARDED_FOR = "203.0.113.9";

    @Scenario(
            id = "SRC-CIP",
            title = "the source address of a pod behind a ClusterIP",
            expects = "pods on the same node and on others see the client pod's own address",
            source =
                    "https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-clusterip")
    @Requires(clients = POD)
    void podThroughClusterIp(Lab lab, Trial trial) {
        int clients = lab.clients(POD).size();
        int connections = trial.trials(t -> t.allSeen(lab.endpoints().size(), clients));
        List<Entry> entries = trial.entriesOf(lab.clients(POD), ServiceSpec.clusterIp(), 1);

        Rule rule = Rule.allOf(
                Rules.answeredBy(lab.endpoints()),
                Rules.sourcePreserved(
                        "pods cannot tell their clients apart: network policies and logs go by a wrong address"));
        trial.judge(rule, trial.spaced(entries, connections));
        List<Observation> window = trial.lastObservations();
        // other scenarios judge who is reached; here both ways of getting to a pod must be among the answers
        requireBothWays(lab, window);
        trial.pass("pods on the same node and on others saw the own address of each of %d clients, %d connections each"
                .formatted(clients, connections));
    }

    private static void requireBothWays(Lab lab, List<Observation> window) {
        Map<String, Node> nodeOfPod = lab.endpoints().stream().collect(toMap(Endpoint::name, Endpoint::node));
        Map<String, Node> nodeOfClient = lab.clients(POD).stream()
                .collect(toMap(Client::name, c -> c.node().orElseThrow()));
        Map<Boolean, Long> sameNode = window.stream()
                .collect(partitioningBy(
                        o -> Objects.equals(nodeOfPod.get(Rules.from(o)), nodeOfClient.get(o.client())), counting()));
        if (sameNode.containsValue(0L)) {
            throw new Inconclusive(
                    "the answers came %d times from the client's own node and %d times from another; both are needed"
                            .formatted(sameNode.get(true), sameNode.get(false)));
        }
    }

    @Scenario(
            id = "SRC-C",
            title = "who the pod sees under externalTrafficPolicy Cluster",
            expects = "nothing: Kubernetes allows masquerading here and does not promise it",
            source =
                    "https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-nodeport")
    @Requires(clients = OFF_CLUSTER)
    void offClusterThroughNodePort(Lab lab, Trial trial) {
        Client client = lab.clients(OFF_CLUSTER).get(0);
        Service service = trial.create(ServiceSpec.nodePort(CLUSTER));
        List<Entry> entries = new ArrayList<>();
        for (Node entryNode : lab.nodes()) {
            entries.addAll(FrontDoors.throughNodePort(service, entryNode, List.of(client)));
        }
        Optional<FrontEnd> loadBalancer = Optional.empty();
        if (lab.loadBalancing() != LoadBalancing.NONE) {
            Service balanced = trial.create(ServiceSpec.loadBalancer(CLUSTER));
            loadBalancer = Optional.of(balanced.loadBalancer(client));
            entries.add(new Entry(client, balanced, balanced.loadBalancer(client)));
        }
        int connections = trial.trials(t -> t.allSeen(lab.endpoints().size(), entries.size()));

        trial.judge(Rules.answeredBy(lab.endpoints()), trial.spaced(entries, connections));
        trial.info("through every node%s the pods saw %s"
                .formatted(
                        loadBalancer.isPresent() ? " and a load balancer" : "",
                        whoWasSeen(lab, loadBalancer, trial.lastObservations())));
    }

    @Scenario(
            id = "HAIRPIN",
            title = "a pod that reaches itself through its own Service",
            expects = "every pod of the Service answers one of them, itself among them",
            source =
                    "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#a-pod-fails-to-reach-itself-via-the-service-ip")
    @Requires(
            clients = {},
            endpoints = 1)
    void podThroughItsOwnService(Lab lab, Trial trial) {
        Service service = trial.create(ServiceSpec.clusterIp());
        List<Client> insiders = FrontDoors.nodesWithEndpoints(lab).stream()
                .map(n -> lab.clientIn(FrontDoors.endpointsOn(lab, n).get(0)))
                .toList();
        int connections = trial.trials(t -> t.allSeen(lab.endpoints().size(), insiders.size()));
        // side by side, since those that come back to the pod may hang
        List<Entry> lanes = insiders.stream()
                .flatMap(c -> new Entry(c, service, service.clusterIp()).lanes(connections).stream())
                .toList();

        trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.everyClientSees(lab.endpoints())),
                trial.spaced(lanes, 1));
        List<Observation> toThemselves = trial.lastObservations().stream()
                .filter(o -> Rules.from(o).equals(o.client()))
                .toList();
        trial.pass("%d of %d pods reached themselves, which they saw as: %s"
                .formatted(insiders.size(), insiders.size(), whoWasSeen(lab, Optional.empty(), toThemselves)));
    }

    @Scenario(
            id = "XFF",
            title = "X-Forwarded-For through a Service",
            expects = "a Service adds no X-Forwarded-For, and passes on the one that a client sends",
            source = "https://kubernetes.io/docs/reference/networking/virtual-ips/")
    @Requires(clients = POD)
    void forwardedForIsLeftAlone(Lab lab, Trial trial) {
        Service service = trial.create(ServiceSpec.nodePort(CLUSTER));
        Client pod = lab.clients(POD).get(0);
        Client comer = FrontDoors.comers(lab).get(0);
        List<Entry> entries = new ArrayList<>(List.of(new Entry(pod, service, service.clusterIp())));
        entries.addAll(FrontDoors.throughNodePort(service, lab.nodes().get(0), List.of(comer)));
        int connections = trial.trials(t -> t.allSeen(lab.endpoints().size(), entries.size()));

        trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.forwardedFor("")),
                trial.spaced(entries, connections));
        trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.forwardedFor(FORWARDED_FOR)),
                trial.spaced(entries, connections, Probe.Requests.with("X-Forwarded-For", FORWARDED_FOR)));
        trial.pass("of %d requests each way, through the ClusterIP and a node port, none got one and all kept theirs"
                .formatted(connections));
    }

    /** Who the pods saw, by kind, as "a node's address in 20 of 40, …". */
    private static String whoWasSeen(Lab lab, Optional<FrontEnd> loadBalancer, List<Observation> window) {
        return window.stream()
                .collect(groupingBy(o -> whoIsSeen(lab, loadBalancer, o), TreeMap::new, counting()))
                .entrySet()
                .stream()
                .map(e -> "%s in %d of %d".formatted(e.getKey(), e.getValue(), window.size()))
                .collect(joining(", "));
    }

    private static String whoIsSeen(Lab lab, Optional<FrontEnd> loadBalancer, Observation observation) {
        String seen = Rules.clientIp(observation);
        if (seen.equals(observation.clientAddress())) {
            return "the client's own address";
        }
        if (lab.nodes().stream().anyMatch(n -> n.address().equals(seen))) {
            return "a node's address";
        }
        if (loadBalancer.filter(at -> at.host().equals(seen)).isPresent()) {
            return "the load balancer's address";
        }
        return isPodGateway(lab, seen) ? "a node's address on its pods' network" : "another address, " + seen;
    }

    /** Whether an address is of a node's pod network and no pod's of the run: the end of a bridge or of a tunnel there. */
    private static boolean isPodGateway(Lab lab, String seen) {
        List<String> pods = Stream.concat(
                        lab.endpoints().stream().map(Endpoint::address),
                        lab.clients(POD).stream().map(Client::address))
                .toList();
        return !pods.contains(seen) && pods.stream().anyMatch(pod -> PodNetwork.areNeighbours(pod, seen));
    }
}
