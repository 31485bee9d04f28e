package io.kubeecho.scenario;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import java.util.ArrayList;
import java.util.List;
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

        trial.judge(
                Rule.allOf(
                        Rules.answeredBy(lab.endpoints()),
                        // so that pods on the client's own node and on others are both among the answers
                        Rules.everyClientSees(lab.endpoints()),
                        Rules.sourcePreserved(
                                "pods cannot tell their clients apart: network policies and logs go by a wrong address")),
                trial.spaced(entries, connections));
        trial.pass("all %d pods saw the own address of each of %d clients in %d connections"
                .formatted(lab.endpoints().size(), clients, connections));
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
        List<Observation> window = trial.observe("who is seen", trial.spaced(entries, connections));
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
