package io.kubeecho.scenario;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Workload;
import io.kubeecho.probe.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
        Service service = trial.create(SessionAffinityScenarios.sticky(ServiceSpec.clusterIp()), workload);
        List<Entry> entries = lab.clients(POD).stream()
                .map(c -> new Entry(c, service, service.clusterIp()))
                .toList();
        List<Endpoint> before = workload.endpoints();
        trial.awaitEndpoints(service, before);
        int connections = trial.trials(t -> t.samePod(before.size() - 1));

        trial.judge(Rule.allOf(Rules.answeredBy(before), Rules.onePodPerEntry()), trial.spaced(entries, connections));
        Map<String, String> podOf = Rules.podOfEntry(trial.lastObservations());
        Endpoint deleted = before.stream()
                .filter(e -> e.name().equals(podOf.get(entries.get(0).name())))
                .findFirst()
                .orElseThrow();
        long bereaved = podOf.values().stream().filter(deleted.name()::equals).count();

        workload.delete(deleted);
        trial.awaitEndpoints(service, workload.endpoints());
        Duration took = trial.judgeWithin(
                LAG,
                Rule.allOf(Rules.answeredBy(workload.endpoints()), Rules.onePodPerEntry()),
                trial.spaced(entries, connections));
        trial.pass("%d of %d clients were on the deleted pod, on another %s later, and all stayed for %d connections"
                .formatted(bereaved, entries.size(), Words.of(took), connections));
    }

    @Scenario(
            id = "AFF-ADD",
            title = "a pod is added while clients have affinity",
            expects = "no client moves",
            source = "https://github.com/kubernetes/kubernetes/issues/13299")
    @Requires(clients = POD)
    void affinityWhenAPodIsAdded(Lab lab, Trial trial) {
        Workload workload = deploy(lab, trial, 2);
        int services = Trial.servicesFor(trial.trials(t -> t.repicks(3)), lab.clients(POD));
        List<Entry> entries = Trial.entriesOf(
                lab.clients(POD),
                () -> trial.create(SessionAffinityScenarios.sticky(ServiceSpec.clusterIp()), workload),
                services);
        Service control = trial.create(ServiceSpec.clusterIp(), workload);
        List<Endpoint> before = workload.endpoints();
        trial.awaitEndpoints(control, before);
        int connections = trial.trials(t -> t.samePod(before.size()));

        trial.judge(Rule.allOf(Rules.answeredBy(before), Rules.onePodPerEntry()), trial.spaced(entries, connections));
        Map<String, String> podOf = Rules.podOfEntry(trial.lastObservations());

        workload.start(FrontDoors.inTurn(lab.nodes(), 2));
        List<Endpoint> after = workload.endpoints();
        trial.awaitEndpoints(control, after);
        int toSeeAll =
                trial.trials(t -> t.allSeen(after.size(), lab.clients(POD).size()));
        List<Entry> controls = lab.clients(POD).stream()
                .map(c -> new Entry(c, control, control.clusterIp()))
                .toList();
        trial.require(
                "the added pod is not reached without affinity either, so nobody had a reason to move",
                Rule.allOf(Rules.answeredBy(after), Rules.everyEntrySees(after)),
                trial.spaced(controls, toSeeAll));
        trial.judgeNow(
                Rule.allOf(
                        Rules.answeredBy(after),
                        Rules.onSamePodAs(
                                podOf, "every scaling moves clients: what pods keep for them in memory is lost")),
                trial.spaced(entries, 1));
        trial.pass("all %d entries were on their pod after a third was added and reached by everybody"
                .formatted(entries.size()));
    }

    @Scenario(
            id = "NOEP",
            title = "a Service without endpoints",
            expects = "every connection is refused within 30 s, instead of hanging",
            source = "https://kubernetes.io/docs/reference/networking/virtual-ips/")
    @Requires(clients = POD)
    void refusedWithoutEndpoints(Lab lab, Trial trial) {
        boolean balanced = lab.loadBalancing() == LoadBalancing.ROUTED;
        ServiceSpec spec = balanced ? ServiceSpec.loadBalancer(CLUSTER) : ServiceSpec.nodePort(CLUSTER);
        Service control = trial.create(spec);
        Service empty = trial.create(spec, deploy(lab, trial, 0));
        List<Entry> ways = waysInto(lab, empty, balanced);

        trial.require(
                "a Service with endpoints does not answer either",
                Rules.answeredBy(lab.endpoints()),
                trial.spaced(waysInto(lab, control, balanced), 1));
        // one connection on each way: there is no balancer whose luck more of them would rule out, and a kernel sends a
        // peer six refusals at once and then one a second (icmp_ratelimit), so that more would hang on a right one too;
        // before each window it has had that second again, however many there were
        Duration took = trial.judgeWithin(
                LAG,
                Rules.refused("clients hang until their own timeout instead of hearing at once that nobody is there"),
                trial.onceAfter(lab.timing().settle(), ways));
        trial.pass("connections on each of %d ways in were refused, %s after it was made"
                .formatted(ways.size(), Words.of(took)));
    }

    /**
     * Through the ClusterIP, every node's port, and a load balancer where there is one: by another client, since a node
     * counts its refusals by peer.
     */
    private static List<Entry> waysInto(Lab lab, Service service, boolean balanced) {
        Client pod = lab.clients(POD).get(0);
        Client comer = FrontDoors.comers(lab).get(0);
        List<Entry> ways = new ArrayList<>(List.of(new Entry(pod, service, service.clusterIp())));
        lab.nodes().forEach(n -> ways.addAll(FrontDoors.throughNodePort(service, n, List.of(comer))));
        if (balanced) {
            FrontDoors.throughLoadBalancer(lab, service, lab.nodes().get(0)).stream()
                    .reduce((one, next) -> next)
                    .ifPresent(ways::add);
        }
        return ways;
    }

    private static Workload deploy(Lab lab, Trial trial, int pods) {
        return trial.deploy(IntStream.range(0, pods)
                .mapToObj(i -> FrontDoors.inTurn(lab.nodes(), i))
                .toList());
    }
}
