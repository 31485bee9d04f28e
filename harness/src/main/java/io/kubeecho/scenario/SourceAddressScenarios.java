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
import io.kubeecho.lab.Workload;
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
import java.util.function.Function;
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
        // a pod on every node, so that every pair of client's node and pod's node is tried
        Workload workload = trial.deploy(lab.nodes());
        List<Endpoint> endpoints = workload.endpoints();
        Service service = trial.create(ServiceSpec.clusterIp(), workload);
        trial.awaitEndpoints(service, endpoints);
        List<Entry> entries = Crowd.podsPerNode(lab, MOST_CLIENTS).stream()
                .map(c -> Entry.clusterIp(c, service))
                .toList();
        Sample.Size size = trial.size();
        Rule rule = Rule.allOf(
                Rules.answeredBy(endpoints),
                Rules.sourcePreserved(
                        "pods cannot tell their clients apart: network policies and logs go by a wrong address"));
        List<Observation> taken = trial.steadily(() -> {
            List<Observation> first = trial.programmed(entries, endpoints);
            return Sample.ofBalancedClients(
                            trial,
                            entries,
                            endpoints.stream().map(Endpoint::name).toList(),
                            size)
                    .judged(first, rule);
        });
        // other scenarios judge who is reached; here both ways of getting to a pod must be among the answers
        requireBothWays(endpoints, lab, taken);
        trial.pass(
                "pods on each of %d nodes saw the own address of each of %d clients on every node, in %d connections; %s"
                        .formatted(
                                endpoints.size(),
                                entries.size(),
                                taken.size(),
                                Sample.wouldHaveFound("a lost address", trial.power())));
    }

    /** Clients of one node, each with an address of its own. */
    private static final int MOST_CLIENTS = 8;

    private static void requireBothWays(List<Endpoint> endpoints, Lab lab, List<Observation> window) {
        Map<String, Node> nodeOfPod = endpoints.stream().collect(toMap(Endpoint::name, Endpoint::node));
        Map<String, Node> nodeOfClient = lab.crowd(POD).stream()
                .collect(toMap(Client::name, c -> c.node().orElseThrow()));
        Map<Boolean, Long> sameNode = window.stream()
                .filter(o -> o.result() instanceof Observation.Answered)
                .collect(partitioningBy(
                        o -> Objects.equals(nodeOfPod.get(Rules.from(o)), nodeOfClient.get(o.client())), counting()));
        if (sameNode.containsValue(0L) && lab.nodes().size() > 1) {
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
            entries.add(Entry.loadBalancer(client, balanced, Optional.empty()));
        }
        int connections = trial.trials(t -> t.allSeen(lab.endpoints().size(), entries.size()));

        trial.programmed(entries, lab.endpoints());
        trial.judgeNow(Rules.answeredBy(lab.endpoints()), trial.spaced(entries, connections));
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
        List<Endpoint> endpoints = lab.endpoints();
        boolean routed = lab.loadBalancing() == LoadBalancing.ROUTED;
        Service service = trial.create(routed ? ServiceSpec.loadBalancer(CLUSTER) : ServiceSpec.nodePort(CLUSTER));
        List<Client> insiders = endpoints.stream().map(lab::clientIn).toList();
        List<Function<Client, Entry>> ways = new ArrayList<>();
        ways.add(c -> Entry.clusterIp(c, service));
        ways.add(c -> Entry.nodePort(c, service, c.node().orElseThrow()));
        if (routed) {
            ways.add(c -> Entry.loadBalancer(c, service, Optional.empty()));
        }
        // by others than those that come back to themselves, on every node and each way in
        List<Client> pods = Crowd.podsPerNode(lab, 1);
        List<Client> others = pods.isEmpty() ? insiders.subList(0, 1) : pods;
        trial.programmed(ways.stream().flatMap(way -> others.stream().map(way)).toList(), endpoints);
        List<Observation> taken = new ArrayList<>();
        for (Function<Client, Entry> way : ways) {
            taken.addAll(everyPodFrom(trial, insiders, way, endpoints));
        }
        List<Observation> toThemselves = taken.stream()
                .filter(o -> o.result() instanceof Observation.Answered)
                .filter(o -> Rules.from(o).equals(o.client()))
                .toList();
        trial.pass("%d of %d pods reached themselves on each of %d ways in, which they saw as: %s"
                .formatted(
                        insiders.size(),
                        insiders.size(),
                        ways.size(),
                        whoWasSeen(lab, Optional.empty(), toThemselves)));
    }

    /** Connections of pods of a Service, by one way in, until each has reached all of them. */
    private static List<Observation> everyPodFrom(
            Trial trial, List<Client> insiders, Function<Client, Entry> way, List<Endpoint> endpoints) {
        int most = trial.trials(t -> t.everyPodReached(endpoints.size()));
        int round = trial.trials(t -> t.allSeen(endpoints.size(), insiders.size()));
        // side by side, since those that come back to the pod may hang
        List<Entry> lanes = insiders.stream()
                .flatMap(c -> way.apply(c).lanes(round).stream())
                .toList();
        Rule all = Rules.everyClientSees(endpoints);
        List<Observation> taken = new ArrayList<>();
        for (int done = 0; done == 0 || (done < most && all.check(taken).isPresent()); done += round) {
            taken.addAll(trial.observe("judge", trial.spaced(lanes, 1)));
            Rules.answeredBy(endpoints).check(taken).ifPresent(breach -> trial.fail(taken, breach));
        }
        Optional<Breach> missed = all.check(taken);
        if (missed.isPresent()) {
            if (trial.isBalancedBySource(insiders)) {
                throw new Inconclusive(
                        "the balancer keeps each client on one pod by a hash of its address, so that not every pod gets to itself: "
                                + missed.get().seen());
            }
            trial.fail(taken, missed.get());
        }
        return taken;
    }

    @Scenario(
            id = "XFF",
            title = "X-Forwarded-For through a Service",
            expects = "a Service adds no X-Forwarded-For, and passes on the one that a client sends",
            source = "https://kubernetes.io/docs/reference/networking/virtual-ips/")
    @Requires(clients = POD)
    void forwardedForIsLeftAlone(Lab lab, Trial trial) {
        Service service = trial.create(ServiceSpec.nodePort(CLUSTER));
        List<Entry> entries = new ArrayList<>();
        Crowd.podsPerNode(lab, 1).forEach(c -> entries.add(Entry.clusterIp(c, service)));
        List<Client> comers = Crowd.comers(lab, 1);
        lab.nodes().forEach(n -> entries.addAll(FrontDoors.throughNodePort(service, n, comers)));
        if (lab.loadBalancing() == LoadBalancing.ROUTED) {
            Service balanced = trial.create(ServiceSpec.loadBalancer(CLUSTER));
            entries.addAll(
                    FrontDoors.throughLoadBalancer(lab, balanced, lab.nodes().get(0), comers));
        }
        int connections = trial.trials(t -> t.allSeen(lab.endpoints().size(), entries.size()));

        trial.programmed(entries, lab.endpoints());
        trial.judgeNow(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.forwardedFor("")),
                trial.spaced(entries, connections));
        trial.judgeNow(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.forwardedFor(FORWARDED_FOR)),
                trial.spaced(entries, connections, Probe.Requests.with("X-Forwarded-For", FORWARDED_FOR)));
        trial.pass("of %d requests each way, on each of %d ways in, none got one and all kept theirs"
                .formatted(connections, entries.size()));
    }

    /** Who the pods saw, by kind, as "a node's address in 20 of 40, …". */
    private static String whoWasSeen(Lab lab, Optional<FrontEnd> loadBalancer, List<Observation> window) {
        return window.stream()
                .filter(o -> o.result() instanceof Observation.Answered)
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
                        lab.crowd(POD).stream().map(Client::address))
                .toList();
        return !pods.contains(seen) && pods.stream().anyMatch(pod -> PodNetwork.areNeighbours(pod, seen));
    }
}
