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
import io.kubeecho.probe.Observation;
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
        // a pod on every node, so that every pair of entry node and pod's node is tried
        Workload workload = trial.deploy(twoOnEach(lab.nodes()));
        List<Endpoint> all = workload.endpoints();
        Service service = trial.create(ServiceSpec.nodePort(LOCAL), workload);
        trial.awaitEndpoints(service, all);
        List<Client> clients = Crowd.comers(lab, MOST_CLIENTS);
        List<Entry> entries = new ArrayList<>();
        for (Node entryNode : lab.nodes()) {
            entries.addAll(FrontDoors.throughNodePort(service, entryNode, clients));
            if (lab.loadBalancing() == LoadBalancing.ROUTED) {
                Service balanced = trial.create(ServiceSpec.loadBalancer(LOCAL), workload);
                trial.awaitEndpoints(balanced, all);
                entries.addAll(FrontDoors.throughLoadBalancer(lab, balanced, entryNode, clients));
            }
        }
        Sample.Size size = trial.size();
        Rule rule = Rule.allOf(
                Rules.answeredBy(all),
                Rules.onlyLocal(all, entries),
                Rules.sourcePreserved(
                        "pods under Local cannot tell their clients apart: address rules and logs are wrong"));

        List<Observation> taken = trial.steadily(() -> {
            List<Observation> first = trial.programmed(entries, all);
            return Sample.ofBalancedClients(trial, entries, List.of(), size).judged(first, rule);
        });
        trial.pass(
                "local pods only, and the client's own address, through each of %d nodes in %d connections of %d clients; %s"
                        .formatted(
                                lab.nodes().size(),
                                taken.size(),
                                clients.size(),
                                Sample.wouldHaveFound("another hop or a lost address", trial.power())));
    }

    private static List<Node> twoOnEach(List<Node> nodes) {
        return nodes.stream().flatMap(n -> Stream.of(n, n)).toList();
    }

    /** Clients off the cluster that come to one node: many enough for each to be one of many, few enough to dial in turn. */
    private static final int MOST_CLIENTS = 32;

    @Scenario(
            id = "ETP-L-",
            title = "externalTrafficPolicy Local, through a node without an endpoint",
            expects = "no connection from outside is answered",
            source = LOCAL_RULE)
    @Requires(clients = OFF_CLUSTER, nodeWithoutEndpoint = true)
    void localThroughNodeWithoutEndpoint(Lab lab, Trial trial) {
        int attempts = trial.trials(t -> t.shows(t.power().cellShare()));
        Client client = lab.clients(OFF_CLUSTER).get(0);
        // the control last: a node that has followed its making has followed what was made before
        Service service = trial.create(ServiceSpec.nodePort(LOCAL));
        Service control = trial.create(ServiceSpec.nodePort(CLUSTER));
        List<String> seen = new ArrayList<>();

        requireAnswers(
                lab,
                trial,
                Entry.nodePort(
                        client, service, FrontDoors.nodesWithEndpoints(lab).get(0)));
        for (Node entryNode : FrontDoors.nodesWithoutEndpoints(lab)) {
            requireAnswers(lab, trial, Entry.nodePort(client, control, entryNode));
            List<Client> clients = lab.clients(OFF_CLUSTER);
            List<Entry> lanes =
                    new ArrayList<>(clients.stream()
                            .flatMap(c -> Entry.nodePort(c, service, entryNode)
                                    .lanes((attempts + clients.size() - 1) / clients.size())
                                    .stream())
                            .toList());
            if (lab.loadBalancing() == LoadBalancing.ROUTED) {
                lanes.addAll(throughLoadBalancer(lab, trial, entryNode, clients, attempts));
            }
            trial.judgeNow(
                    Rules.noneAnswered(
                            "a node without an endpoint forwards under Local: load balancers that skip it are right, and those that do not lose the client's address"),
                    trial.spaced(lanes, 1));
            seen.add("%s (%s)".formatted(entryNode.name(), Rules.failures(trial.lastObservations())));
        }
        trial.pass("nothing answered through " + String.join(", ", seen));
    }

    /** As many tries at a load balancer that enters at the node, once another that does is answered. */
    private static List<Entry> throughLoadBalancer(
            Lab lab, Trial trial, Node entryNode, List<Client> clients, int attempts) {
        // here too the control comes last, which has its address when it is first asked for
        Service balanced = trial.create(ServiceSpec.loadBalancer(LOCAL));
        List<Entry> entries = FrontDoors.throughLoadBalancer(lab, balanced, entryNode, clients);
        Service control = trial.create(ServiceSpec.loadBalancer(CLUSTER));
        requireAnswers(
                lab,
                trial,
                FrontDoors.throughLoadBalancer(lab, control, entryNode, clients).get(0));
        int each = (attempts + clients.size() - 1) / clients.size();
        return entries.stream().flatMap(e -> e.lanes(each).stream()).toList();
    }

    /** Silence proves a policy only where the same client is answered as soon as the policy allows it. */
    private static void requireAnswers(Lab lab, Trial trial, Entry control) {
        trial.require(
                "the control %s is not answered either".formatted(control.name()),
                Rules.allAnsweredBy(lab.endpoints()),
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
                .flatMap(from -> from == OFF_CLUSTER
                        ? lab.clients(from).stream().limit(1)
                        : lab.nodes().stream()
                                .flatMap(n -> Crowd.on(lab, n, from).stream().limit(1)))
                .toList();
        List<Entry> entries = new ArrayList<>();
        // a Service for each client, so that each has its own round robin on every node
        for (Client client : clients) {
            Service service = trial.create(ServiceSpec.nodePort(CLUSTER));
            lab.nodes().forEach(n -> entries.add(Entry.nodePort(client, service, n)));
        }
        entries.addAll(throughLoadBalancers(lab, trial, clients));

        List<Endpoint> endpoints = lab.endpoints();
        List<Observation> taken = trial.steadily(() -> {
            trial.programmed(entries, endpoints);
            return SeeAll.judged(trial, entries, endpoints, Rules.answeredBy(endpoints), Crowd.podsPerNode(lab, 1));
        });
        trial.pass("all %d pods were reached on each of %d ways in, in %d connections, from: %s"
                .formatted(
                        endpoints.size(),
                        entries.size(),
                        taken.size(),
                        clients.stream()
                                .map(c -> c.vantagePoint().toString())
                                .distinct()
                                .collect(joining(", "))));
    }

    /** One load balancer for each node to enter at, where the lab can choose; clients inside never get that far. */
    private static List<Entry> throughLoadBalancers(Lab lab, Trial trial, List<Client> clients) {
        if (lab.loadBalancing() == LoadBalancing.NONE) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        for (Client client : clients) {
            boolean outside = client.vantagePoint() == OFF_CLUSTER;
            boolean routed = lab.loadBalancing() == LoadBalancing.ROUTED;
            for (Node entryNode : outside && routed ? lab.nodes() : lab.nodes().subList(0, 1)) {
                Service service = trial.create(ServiceSpec.loadBalancer(CLUSTER));
                entries.addAll(FrontDoors.throughLoadBalancer(lab, service, entryNode, List.of(client)));
            }
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
        List<Node> entryNodes = FrontDoors.nodesWithEndpoints(lab);
        Client client = lab.clients(OFF_CLUSTER).get(0);
        Service service = trial.create(ServiceSpec.nodePort(LOCAL));
        // one client, so that it has a round robin to itself on every node
        List<Entry> entries =
                entryNodes.stream().map(n -> Entry.nodePort(client, service, n)).toList();
        int fewest = entryNodes.stream()
                .mapToInt(n -> FrontDoors.endpointsOn(lab, n).size())
                .max()
                .orElseThrow();
        int toStayLocal = trial.trials(t -> t.only(fewest, k));
        int toSeeAll = trial.trials(t -> t.allSeen(k, entries.size()));
        Rule isLocal = Rule.allOf(
                Rules.answeredBy(lab.endpoints()),
                Rules.onlyLocal(lab.endpoints(), entries),
                Rules.sourcePreserved("pods under Local cannot tell their clients apart"));

        trial.programmed(entries, lab.endpoints());
        trial.judgeNow(isLocal, trial.spaced(entries, toStayLocal));
        trial.update(service, ServiceSpec.nodePort(CLUSTER));
        Duration toCluster;
        try {
            toCluster = trial.judgeWithin(
                    "the change to Cluster",
                    Duration.ofMinutes(1),
                    Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.everyEntrySees(lab.endpoints())),
                    trial.spaced(entries, toSeeAll));
        } catch (Failed failed) {
            if (trial.isBalancedBySource(Crowd.podsPerNode(lab, 1))) {
                throw new Inconclusive(
                        "the balancer keeps each client on one pod by a hash of its address, so that the change to Cluster cannot be seen");
            }
            throw failed;
        }
        trial.update(service, ServiceSpec.nodePort(LOCAL));
        Duration toLocal = trial.judgeWithin(
                "the change back to Local", Duration.ofMinutes(1), isLocal, trial.spaced(entries, toStayLocal));
        trial.pass(
                "through each of %d nodes only its own pods answered, all %d of them %s after the change to Cluster, and its own again %s after the change back"
                        .formatted(entryNodes.size(), k, Words.of(toCluster), Words.of(toLocal)));
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
        List<Client> clients = lab.crowd(OFF_CLUSTER);
        int fewest = entryNodes.stream()
                .mapToInt(n -> FrontDoors.endpointsOn(lab, n).size())
                .min()
                .orElseThrow();
        List<Service> services =
                trial.createMany(SERVICES, SessionAffinityScenarios.sticky(ServiceSpec.nodePort(LOCAL)));
        List<Entry> entries = entryNodes.stream()
                .flatMap(n -> Crowd.seats(clients, ENTRIES, SERVICES)
                        .map(s -> Entry.nodePort(s.client(), services.get(s.service()), n)))
                .toList();
        Sample.Size size = trial.affinitySize(fewest);
        Rule rule = Rule.allOf(
                Rules.answeredBy(lab.endpoints()),
                Rules.onePodPerEntry(),
                Rules.onlyLocal(lab.endpoints(), entries),
                Rules.sourcePreserved("pods under Local cannot tell their clients apart"));

        List<Observation> taken = trial.steadily(() ->
                Sample.ofStickyClients(trial, entries, size).judged(trial.programmed(entries, lab.endpoints()), rule));
        trial.estimateAffinity(taken, fewest);
        trial.pass(
                "each of %d entries through %d nodes stayed on one local pod in %d connections, and it saw the client's address; %s"
                        .formatted(
                                entries.size(),
                                entryNodes.size(),
                                taken.size(),
                                Sample.wouldHaveFound("lost affinity, another hop or a lost address", trial.power())));
    }

    private static final int SERVICES = 6;
    private static final int ENTRIES = 16;

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
        Client asker = Crowd.comers(lab, 1).get(0);
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
        trial.judge("the Service was made", HealthChecks.say(counts), trial.spaced(everyNode, TIMES_RUNNING));

        trial.judge(
                "the other Service was made",
                HealthChecks.say(Map.of(lastNode.get(0).name(), 1)),
                trial.spaced(lastNode, TIMES_RUNNING));
        workload.endpoints().forEach(workload::delete);
        trial.changed();
        trial.awaitEndpoints(dwindling, List.of());
        Duration gone = trial.judge(
                "the last endpoint's deletion",
                HealthChecks.say(Map.of(lastNode.get(0).name(), 0)),
                trial.spaced(lastNode, TIMES_RUNNING));

        trial.update(service, ServiceSpec.loadBalancer(CLUSTER));
        Duration closed = trial.judge(
                "the change to Cluster",
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
        return nodes.stream().map(n -> Entry.healthCheck(asker, service, n)).toList();
    }
}
