package io.kubeecho.scenario;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.probe.Entry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;

/** {@code spec.externalTrafficPolicy}, for traffic from outside the cluster. */
@DisplayNameGeneration(ScenarioNames.class)
public class ExternalTrafficPolicyScenarios {

    private static final String LOCAL_RULE =
            "https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip";

    @Scenario(
            id = "ETP-L+",
            title = "externalTrafficPolicy Local, through a node with an endpoint",
            expects = "only pods of the entry node answer, and they see the client's own address",
            source = LOCAL_RULE)
    @Requires(clients = OFF_CLUSTER, endpointsOnTwoNodes = true)
    void localThroughNodeWithEndpoint(Lab lab, Trial trial) {
        int k = lab.endpoints().size();
        Service service = trial.create(ServiceSpec.nodePort(LOCAL));
        List<Client> clients = lab.clients(OFF_CLUSTER);
        List<String> seen = new ArrayList<>();

        for (Node entryNode : nodesWithEndpoints(lab)) {
            List<Endpoint> local = endpointsOn(lab, entryNode);
            int connections = trial.trials(t -> t.only(local.size(), k));
            List<Entry> entries = entriesThrough(service, entryNode, clients);
            trial.judge(
                    Rule.allOf(
                            Rules.answeredBy(lab.endpoints()),
                            Rules.answeredOnlyBy(
                                    local,
                                    "Local is not local: connections take a second hop to %s's peers"
                                            .formatted(entryNode.name())),
                            Rules.sourcePreserved(
                                    "pods under Local cannot tell their clients apart: address rules and logs are wrong")),
                    trial.spaced(entries, connections));
            seen.add("%s: %d connections of %d clients".formatted(entryNode.name(), connections, clients.size()));
        }
        trial.pass("local pods only, and the client's own address, through " + String.join(", ", seen));
    }

    @Scenario(
            id = "ETP-L-",
            title = "externalTrafficPolicy Local, through a node without an endpoint",
            expects = "no connection from outside is answered",
            source = LOCAL_RULE)
    @Requires(clients = OFF_CLUSTER, nodeWithoutEndpoint = true)
    void localThroughNodeWithoutEndpoint(Lab lab, Trial trial) {
        int attempts = trial.trials(t -> t.noneAnswered(lab.endpoints().size()));
        Client client = lab.clients(OFF_CLUSTER).get(0);
        Service control = trial.create(ServiceSpec.nodePort(CLUSTER));
        Service service = trial.create(ServiceSpec.nodePort(LOCAL));
        List<String> seen = new ArrayList<>();

        requireAnswers(
                lab,
                trial,
                new Entry(
                        client,
                        service,
                        service.nodePort(nodesWithEndpoints(lab).get(0), client)));
        for (Node entryNode : nodesWithoutEndpoints(lab)) {
            requireAnswers(lab, trial, new Entry(client, control, control.nodePort(entryNode, client)));
            List<Entry> lanes = new Entry(client, service, service.nodePort(entryNode, client)).lanes(attempts);
            trial.judge(
                    Rules.noneAnswered(
                            "a node without an endpoint forwards under Local: load balancers that skip it are right, and those that do not lose the client's address"),
                    trial.spaced(lanes, 1));
            seen.add("%s (%s)".formatted(entryNode.name(), Rules.failures(trial.lastObservations())));
        }
        trial.pass("nothing answered through " + String.join(", ", seen));
    }

    /** Silence proves a policy only where the same client is answered as soon as the policy allows it. */
    private static void requireAnswers(Lab lab, Trial trial, Entry control) {
        trial.converge(Rules.answeredBy(lab.endpoints()), trial.spaced(List.of(control), 1))
                .ifPresent(breach -> {
                    throw new Inconclusive(
                            "the control %s is not answered either: %s".formatted(control.name(), breach.seen()));
                });
    }

    private static List<Entry> entriesThrough(Service service, Node entryNode, List<Client> clients) {
        return clients.stream()
                .map(c -> new Entry(c, service, service.nodePort(entryNode, c)))
                .toList();
    }

    private static List<Endpoint> endpointsOn(Lab lab, Node node) {
        return lab.endpoints().stream().filter(e -> e.node().equals(node)).toList();
    }

    private static List<Node> nodesWithEndpoints(Lab lab) {
        return lab.nodes().stream().filter(n -> !endpointsOn(lab, n).isEmpty()).toList();
    }

    private static List<Node> nodesWithoutEndpoints(Lab lab) {
        return lab.nodes().stream().filter(n -> endpointsOn(lab, n).isEmpty()).toList();
    }
}
