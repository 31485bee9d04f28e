package io.kubeecho.scenario;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.LOCAL;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static java.util.stream.Collectors.joining;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.lab.Workload;
import io.kubeecho.probe.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;

/** {@code spec.externalTrafficPolicy}, for traffic from outside the cluster. */
@DisplayNameGeneration(ScenarioNames.class)
public class ExternalTrafficPolicyScenarios {

    private static final String LOCAL_RULE =
            "https://kubernetes.io/docs/tasks/access-application-cluster/create-external-load-balancer/#preserving-the-client-source-ip";

    private static final String CLUSTER_RULE =
            "https://kubernetes.io/docs/reference/networking/virtual-ips/#external-traffic-policy";

    /** As upstream's test of load balancers asks a health check port. */
    private static final int TIMES_RUNNING = 3;

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

        for (Node entryNode : FrontDoors.nodesWithEndpoints(lab)) {
            List<Endpoint> local = FrontDoors.endpointsOn(lab, entryNode);
            int connections = trial.trials(t -> t.only(local.size(), k));
            List<Entry> entries = FrontDoors.throughNodePort(service, entryNode, clients);
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
                        service.nodePort(FrontDoors.nodesWithEndpoints(lab).get(0), client)));
        for (Node entryNode : FrontDoors.nodesWithoutEndpoints(lab)) {
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
        trial.require(
                "the control %s is not answered either".formatted(control.name()),
                Rules.answeredBy(lab.endpoints()),
                trial.spaced(List.of(control), 1));
    }

    @Scenario(
            id = "ETP-C",
            title = "externalTrafficPolicy Cluster, through every node",
            expects =
                    "every pod is reached through every node, with and without an endpoint, from wherever a client is",
            source = CLUSTER_RULE)
    @Requires(clients = POD, endpointsOnTwoNodes = true)
    void clusterThroughEveryNode(Lab lab, Trial trial) {
        List<Client> clients = Arrays.stream(VantagePoint.values())
                .flatMap(from -> lab.clients(from).stream().limit(1))
                .toList();
        Service nodePorts = trial.create(ServiceSpec.nodePort(CLUSTER));
        List<Entry> entries = new ArrayList<>();
        for (Node entryNode : lab.nodes()) {
            entries.addAll(FrontDoors.throughNodePort(nodePorts, entryNode, clients));
        }
        entries.addAll(throughLoadBalancers(lab, trial, clients));
        int connections = trial.trials(t -> t.allSeen(lab.endpoints().size(), entries.size()));

        trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.everyEntrySees(lab.endpoints())),
                trial.spaced(entries, connections));
        trial.pass("all %d pods were reached in %d connections on each of %d ways in, from: %s"
                .formatted(
                        lab.endpoints().size(),
                        connections,
                        entries.size(),
                        clients.stream().map(c -> c.vantagePoint().toString()).collect(joining(", "))));
    }

    /** One load balancer for each node to enter at, where the lab can choose; clients inside never get that far. */
    private static List<Entry> throughLoadBalancers(Lab lab, Trial trial, List<Client> clients) {
        List<Node> entryNodes = switch (lab.loadBalancing()) {
            case NONE -> List.of();
            case CONTROLLER -> lab.nodes().subList(0, 1);
            case ROUTED -> lab.nodes();
        };
        List<Entry> entries = new ArrayList<>();
        for (Node entryNode : entryNodes) {
            Service service = trial.create(ServiceSpec.loadBalancer(CLUSTER));
            if (lab.loadBalancing() == LoadBalancing.ROUTED) {
                service.enterAt(entryNode);
            }
            boolean isFirst = entries.isEmpty();
            clients.stream()
                    .filter(c -> isFirst || c.vantagePoint() == OFF_CLUSTER)
                    .map(c -> new Entry(c, service, service.loadBalancer(c)))
                    .forEach(entries::add);
        }
        return entries;
    }

    @Scenario(
            id = "ETP-FLIP",
            title = "externalTrafficPolicy changed in place, Local to Cluster and back",
            expects =
                    "local pods and the client's own address, then all pods, then local ones again, each within a minute",
            source = CLUSTER_RULE)
    @Requires(clients = OFF_CLUSTER, endpointsOnTwoNodes = true)
    void policyFlipped(Lab lab, Trial trial) {
        int k = lab.endpoints().size();
        Node entryNode = FrontDoors.nodesWithEndpoints(lab).get(0);
        List<Endpoint> local = FrontDoors.endpointsOn(lab, entryNode);
        Service service = trial.create(ServiceSpec.nodePort(LOCAL));
        List<Entry> entries = FrontDoors.throughNodePort(service, entryNode, lab.clients(OFF_CLUSTER));
        int toStayLocal = trial.trials(t -> t.only(local.size(), k));
        int toSeeAll = trial.trials(t -> t.allSeen(k, entries.size()));
        Rule isLocal = Rule.allOf(
                Rules.answeredBy(lab.endpoints()),
                Rules.answeredOnlyBy(local, "Local is not local: connections take a second hop"),
                Rules.sourcePreserved("pods under Local cannot tell their clients apart"));

        trial.judge(isLocal, trial.spaced(entries, toStayLocal));
        service.update(ServiceSpec.nodePort(CLUSTER));
        Duration toCluster = trial.judgeWithin(
                Duration.ofMinutes(1),
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.everyEntrySees(lab.endpoints())),
                trial.spaced(entries, toSeeAll));
        service.update(ServiceSpec.nodePort(LOCAL));
        Duration toLocal = trial.judgeWithin(Duration.ofMinutes(1), isLocal, trial.spaced(entries, toStayLocal));
        trial.pass(
                "%d of %d pods answered, all of them %s after the change to Cluster, and %d again %s after the change back"
                        .formatted(local.size(), k, Words.of(toCluster), local.size(), Words.of(toLocal)));
    }

    @Scenario(
            id = "AFF-L",
            title = "ClientIP affinity under externalTrafficPolicy Local",
            expects = "a client stays on one of the entry node's own pods, which sees its address",
            source = SessionAffinityScenarios.API)
    @Requires(clients = OFF_CLUSTER, twoEndpointsOnANode = true)
    void affinityUnderLocal(Lab lab, Trial trial) {
        List<Node> entryNodes = FrontDoors.nodesWithEndpoints(lab).stream()
                .filter(n -> isChoiceOn(lab, n))
                .toList();
        List<Client> clients = lab.clients(OFF_CLUSTER);
        int fewest = entryNodes.stream()
                .mapToInt(n -> FrontDoors.endpointsOn(lab, n).size())
                .min()
                .orElseThrow();
        int most = entryNodes.stream()
                .mapToInt(n -> FrontDoors.endpointsOn(lab, n).size())
                .max()
                .orElseThrow();
        int connections = trial.trials(t -> t.samePod(fewest));
        // each entry shows one pod only, so there must be many of them
        int entries = trial.trials(t -> t.only(most, lab.endpoints().size()));
        int services = Trial.servicesFor(entries, clients);
        List<Service> all = Stream.generate(
                        () -> trial.create(SessionAffinityScenarios.sticky(ServiceSpec.nodePort(LOCAL))))
                .limit((services + entryNodes.size() - 1) / entryNodes.size())
                .toList();

        for (Node entryNode : entryNodes) {
            trial.judge(
                    Rule.allOf(
                            Rules.answeredBy(lab.endpoints()),
                            Rules.onePodPerEntry(),
                            Rules.answeredOnlyBy(
                                    FrontDoors.endpointsOn(lab, entryNode),
                                    "Local is not local: connections take a second hop"),
                            Rules.sourcePreserved("pods under Local cannot tell their clients apart")),
                    trial.spaced(
                            all.stream()
                                    .flatMap(s -> FrontDoors.throughNodePort(s, entryNode, clients).stream())
                                    .toList(),
                            connections));
        }
        trial.pass(
                "each of %d entries through each of %d nodes stayed on one local pod for %d connections, and it saw the client's address"
                        .formatted(all.size() * clients.size(), entryNodes.size(), connections));
    }

    private static boolean isChoiceOn(Lab lab, Node node) {
        int local = FrontDoors.endpointsOn(lab, node).size();
        return local > 1 && local < lab.endpoints().size();
    }

    @Scenario(
            id = "HCNP",
            title = "healthCheckNodePort of a load balancer under Local",
            expects =
                    "200 and the count on nodes with an endpoint, 503 on others and once the last is gone, closed under Cluster",
            source =
                    "https://kubernetes.io/docs/tutorials/services/source-ip/#source-ip-for-services-with-type-loadbalancer")
    @Requires(clients = POD, endpointsOnTwoNodes = true, loadBalancer = true)
    void healthChecks(Lab lab, Trial trial) {
        Client asker = FrontDoors.comers(lab).get(0);
        Service service = trial.create(ServiceSpec.loadBalancer(LOCAL));
        Node lonely = lab.nodes().get(0);
        Workload workload = trial.deploy(List.of(lonely));
        Service dwindling = trial.create(ServiceSpec.loadBalancer(LOCAL), workload);
        List<Entry> everyNode = healthChecksOf(service, lab.nodes(), asker);
        List<Entry> lastNode = healthChecksOf(dwindling, List.of(lonely), asker);

        Map<String, Integer> counts = new LinkedHashMap<>();
        for (int i = 0; i < lab.nodes().size(); i++) {
            counts.put(
                    everyNode.get(i).name(),
                    FrontDoors.endpointsOn(lab, lab.nodes().get(i)).size());
        }
        trial.judge(HealthChecks.say(counts), trial.spaced(everyNode, TIMES_RUNNING));

        trial.judge(HealthChecks.say(Map.of(lastNode.get(0).name(), 1)), trial.spaced(lastNode, TIMES_RUNNING));
        workload.endpoints().forEach(workload::delete);
        trial.awaitEndpoints(dwindling, List.of());
        Duration gone =
                trial.judge(HealthChecks.say(Map.of(lastNode.get(0).name(), 0)), trial.spaced(lastNode, TIMES_RUNNING));

        service.update(ServiceSpec.loadBalancer(CLUSTER));
        Duration closed = trial.judge(
                Rules.noneAnswered("a load balancer goes on asking a port that no longer says anything true"),
                trial.spaced(everyNode, TIMES_RUNNING));
        trial.pass(
                "the nodes said %s %d times running, 503 %s after the last endpoint was gone, and nothing %s after the change to Cluster (%s)"
                        .formatted(
                                counts.values().stream()
                                        .map(count -> count > 0 ? "200 with " + count : "503")
                                        .collect(joining(", ")),
                                TIMES_RUNNING,
                                Words.of(gone),
                                Words.of(closed),
                                Rules.failures(trial.lastObservations())));
    }

    private static List<Entry> healthChecksOf(Service service, List<Node> nodes, Client asker) {
        return nodes.stream()
                .map(n -> new Entry(asker, service, service.healthCheckNodePort(n, asker)))
                .toList();
    }
}
