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
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayNameGeneration;

/** Whose address a pod sees. */
@DisplayNameGeneration(ScenarioNames.class)
public class SourceAddressScenarios {

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
        int connections =
                trial.trials(t -> t.allSeen(lab.endpoints().size(), lab.nodes().size()));
        Service service = trial.create(ServiceSpec.nodePort(CLUSTER));
        List<Entry> entries = new ArrayList<>();
        for (Node entryNode : lab.nodes()) {
            lab.clients(OFF_CLUSTER).stream()
                    .limit(1)
                    .forEach(c -> entries.add(new Entry(c, service, service.nodePort(entryNode, c))));
        }

        trial.judge(Rules.answeredBy(lab.endpoints()), trial.spaced(entries, connections));
        List<Observation> window = trial.lastObservations();
        trial.info("through every node the pods saw "
                + window.stream()
                        .collect(groupingBy(o -> whoIsSeen(lab, o), TreeMap::new, counting()))
                        .entrySet()
                        .stream()
                        .map(e -> "%s in %d of %d".formatted(e.getKey(), e.getValue(), window.size()))
                        .collect(joining(", ")));
    }

    private static String whoIsSeen(Lab lab, Observation observation) {
        String seen = Rules.clientIp(observation);
        if (seen.equals(observation.clientAddress())) {
            return "the client's own address";
        }
        return lab.nodes().stream().anyMatch(n -> n.address().equals(seen))
                ? "a node's address"
                : "another address, " + seen;
    }
}
