package io.kubeecho.scenario;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static java.util.stream.Collectors.toMap;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Workload;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;

/** Endpoints that come and go, and Services that have none. */
@DisplayNameGeneration(ScenarioNames.class)
public class EndpointScenarios {

    /** What upstream's tests grant a node to notice an endpoint that came or went ({@code KubeProxyEndpointLagTimeout}). */
    private static final Duration LAG = Duration.ofSeconds(30);

    @Scenario(
            id = "AFF-DEL",
            title = "the pod of a client with affinity is deleted",
            expects = "its clients are on another pod within 30 s, and stay on that",
            source = "https://github.com/kubernetes/kubernetes/issues/110302")
    @Requires(clients = POD)
    void affinityAfterItsPodIsDeleted(Lab lab, Trial trial) {
        Workload workload = deploy(lab, trial, 3);
        List<Endpoint> before = workload.endpoints();
        int connections = trial.trials(t -> t.samePod(before.size() - 1));
        // as many through each node as tell whether those whose pod is still there were forgotten
        int perNode = 2 * trial.trials(t -> t.repicks(before.size() - 1));
        List<Entry> entries = entries(lab, trial, workload, perNode);
        trial.awaitEndpoints(entries.get(0).service(), before);

        List<Observation> first = trial.programmed(entries, before);
        trial.judgeNow(
                Rule.allOf(Rules.answeredBy(before), Rules.onePodPerEntry()), trial.spaced(entries, connections));
        Map<String, String> podOf = Rules.podOfEntry(trial.lastObservations());
        Endpoint deleted = before.stream()
                .filter(e -> e.name().equals(Rules.from(first.get(0))))
                .findFirst()
                .orElseThrow();
        Map<String, String> survivors = podOf.entrySet().stream()
                .filter(e -> !e.getValue().equals(deleted.name()))
                .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));

        workload.delete(deleted);
        trial.changed();
        trial.awaitEndpoints(entries.get(0).service(), workload.endpoints());
        Rule kept = Rules.onSamePodAs(
                survivors, "every deletion moves clients of other pods: what pods keep for them in memory is lost");
        trial.follow("the pod's deletion", LAG, Rules.allAnsweredBy(workload.endpoints()), trial.spaced(entries, 1));
        List<Observation> following = trial.lastObservations();
        Duration took = trial.lastProgramming().atMost();
        kept.check(following).ifPresent(breach -> trial.fail(following, breach));
        trial.judgeNow(
                Rule.allOf(Rules.answeredBy(workload.endpoints()), Rules.onePodPerEntry(), kept),
                trial.spaced(entries, connections));
        trial.pass(
                "%d of %d clients were on the deleted pod, on another %s later, and all stayed for %d connections; the others stayed where they were"
                        .formatted(entries.size() - survivors.size(), entries.size(), Words.of(took), connections));
    }

    /** So many clients with affinity through each node, none of the workload's pods known to them yet. */
    private static List<Entry> entries(Lab lab, Trial trial, Workload workload, int perNode) {
        List<Client> clients = Crowd.podsPerNode(lab, perNode);
        int fewest = lab.nodes().stream()
                .mapToInt(n -> Crowd.on(lab, n, POD).size())
                .filter(c -> c > 0)
                .min()
                .orElseThrow();
        int services = Math.max(1, (perNode + fewest - 1) / fewest);
        return Stream.generate(() -> trial.create(SessionAffinityScenarios.sticky(ServiceSpec.clusterIp()), workload))
                .limit(services)
                .flatMap(service -> clients.stream().map(c -> Entry.clusterIp(c, service)))
                .toList();
    }

    @Scenario(
            id = "AFF-ADD",
            title = "a pod is added while clients have affinity",
            expects = "no client moves",
            source = "https://github.com/kubernetes/kubernetes/issues/13299")
    @Requires(clients = POD)
    void affinityWhenAPodIsAdded(Lab lab, Trial trial) {
        Workload workload = deploy(lab, trial, 2);
        List<Endpoint> before = workload.endpoints();
        List<Entry> entries = entries(lab, trial, workload, trial.trials(t -> t.repicks(3)));
        Service control = trial.create(ServiceSpec.clusterIp(), workload);
        trial.awaitEndpoints(control, before);
        int connections = trial.trials(t -> t.samePod(before.size()));

        trial.programmed(entries, before);
        trial.judgeNow(
                Rule.allOf(Rules.answeredBy(before), Rules.onePodPerEntry()), trial.spaced(entries, connections));
        Map<String, String> podOf = Rules.podOfEntry(trial.lastObservations());

        workload.start(FrontDoors.inTurn(lab.nodes(), 2));
        trial.changed();
        List<Endpoint> after = workload.endpoints();
        trial.awaitEndpoints(control, after);
        List<Client> watchers = Crowd.podsPerNode(lab, Integer.MAX_VALUE);
        int fewest = lab.nodes().stream()
                .mapToInt(n -> Crowd.on(lab, n, POD).size())
                .filter(c -> c > 0)
                .min()
                .orElseThrow();
        int toSeeAll = trial.trials(t -> t.allSeen(after.size(), lab.nodes().size()));
        List<Entry> controls =
                watchers.stream().map(c -> Entry.clusterIp(c, control)).toList();
        try {
            trial.follow(
                    "the new pod",
                    LAG,
                    Rule.allOf(Rules.answeredBy(after), Rules.everyNodeReaches(after, controls)),
                    trial.spaced(controls, (toSeeAll + fewest - 1) / fewest));
        } catch (Failed failed) {
            if (trial.isBalancedBySource(Crowd.podsPerNode(lab, 1))) {
                throw new Inconclusive(
                        "the balancer keeps each client on one pod by a hash of its address, and these clients are too few to reach the new one");
            }
            throw failed;
        }
        trial.judgeNow(
                Rule.allOf(
                        Rules.answeredBy(after),
                        Rules.onSamePodAs(
                                podOf, "every scaling moves clients: what pods keep for them in memory is lost")),
                trial.spaced(entries, 2));
        trial.pass("all %d entries were on their pod after a third was added and reached through every node"
                .formatted(entries.size()));
    }

    @Scenario(
            id = "NOEP",
            title = "a Service without endpoints",
            expects = "every connection is refused within 30 s, instead of hanging",
            source = "https://kubernetes.io/docs/reference/networking/virtual-ips/",
            needsQuiet = true)
    @Requires(clients = POD)
    void refusedWithoutEndpoints(Lab lab, Trial trial) {
        boolean balanced = lab.loadBalancing() == LoadBalancing.ROUTED;
        ServiceSpec spec = balanced ? ServiceSpec.loadBalancer(CLUSTER) : ServiceSpec.nodePort(CLUSTER);
        Service control = trial.create(spec);
        Service empty = trial.create(spec, deploy(lab, trial, 0));
        List<Entry> ways = waysInto(lab, empty, balanced);

        trial.require(
                "a Service with endpoints does not answer either",
                Rules.allAnsweredBy(lab.endpoints()),
                trial.spaced(waysInto(lab, control, balanced), 1));
        // one connection on each way at a time: there is no balancer whose luck more of them would rule out, and a
        // kernel
        // sends a peer six refusals at once and then one a second (icmp_ratelimit), so that more would hang on a right
        // one
        // too; before each window it has had that second again, however many there were
        Duration took = trial.judgeWithin(
                "the Service was made",
                LAG,
                Rules.refused("clients hang until their own timeout instead of hearing at once that nobody is there"),
                trial.onceAfter(lab.timing().settle(), ways));
        trial.pass("connections on each of %d ways in were refused, %s after it was made"
                .formatted(ways.size(), Words.of(took)));
    }

    /**
     * Through the ClusterIP on every node, every node's port, and a load balancer where there is one: by another client each,
     * since a node counts its refusals by peer.
     */
    private static List<Entry> waysInto(Lab lab, Service service, boolean balanced) {
        List<Entry> ways = new ArrayList<>();
        Crowd.podsPerNode(lab, 1).forEach(pod -> ways.add(Entry.clusterIp(pod, service)));
        List<Client> comers = Crowd.comers(lab, lab.nodes().size() + 1);
        for (int i = 0; i < lab.nodes().size(); i++) {
            ways.add(Entry.nodePort(
                    comers.get(i % comers.size()), service, lab.nodes().get(i)));
        }
        if (balanced) {
            FrontDoors.throughLoadBalancer(
                            lab, service, lab.nodes().get(0), comers.subList(comers.size() - 1, comers.size()))
                    .forEach(ways::add);
        }
        return ways;
    }

    private static Workload deploy(Lab lab, Trial trial, int pods) {
        return trial.deploy(IntStream.range(0, pods)
                .mapToObj(i -> FrontDoors.inTurn(lab.nodes(), i))
                .toList());
    }
}
