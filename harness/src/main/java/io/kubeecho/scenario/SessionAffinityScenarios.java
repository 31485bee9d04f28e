package io.kubeecho.scenario;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.SessionAffinity.ClientIP;
import io.kubeecho.probe.Entry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;

/** {@code spec.sessionAffinity}: who stays on a pod, through each kind of front end. */
@DisplayNameGeneration(ScenarioNames.class)
public class SessionAffinityScenarios {

    static final String API = "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity";

    private static final String STAYS =
            "every new connection of a client reaches the same pod, and independent clients are not all on one";
    private static final String SEES_ALL = "every client reaches every ready pod";

    @Scenario(id = "AFF-CIP", title = "ClientIP affinity through a ClusterIP", expects = STAYS, source = API)
    @Requires(clients = POD)
    void affinityThroughClusterIp(Lab lab, Trial trial) {
        int spread = trial.trials(t -> t.spread(lab.endpoints().size()));
        List<Entry> entries = trial.entriesOf(lab.clients(POD), sticky(ServiceSpec.clusterIp()), spread);
        judgeAffinity(lab, trial, entries, Rules.entriesSpread());
    }

    @Scenario(id = "AFF-NP", title = "ClientIP affinity through a node port", expects = STAYS, source = API)
    @Requires(clients = POD)
    void affinityThroughNodePort(Lab lab, Trial trial) {
        List<Client> clients = FrontDoors.comers(lab);
        List<Entry> entries = new ArrayList<>();
        int services = servicesToTellApart(lab, trial, clients);
        for (int i = 0; i < services; i++) {
            Service service = trial.create(sticky(ServiceSpec.nodePort(CLUSTER)));
            entries.addAll(FrontDoors.throughNodePort(service, FrontDoors.inTurn(lab.nodes(), i), clients));
        }
        judgeAffinity(lab, trial, entries, spreadAndToldApart(entries, clients));
    }

    @Scenario(
            id = "AFF-LB",
            title = "ClientIP affinity through a load balancer's address",
            expects = STAYS,
            source = API)
    @Requires(clients = OFF_CLUSTER, loadBalancer = true)
    void affinityThroughLoadBalancer(Lab lab, Trial trial) {
        List<Client> clients = lab.clients(OFF_CLUSTER);
        List<Entry> entries = new ArrayList<>();
        int services = servicesToTellApart(lab, trial, clients);
        for (int i = 0; i < services; i++) {
            Service service = trial.create(sticky(ServiceSpec.loadBalancer(CLUSTER)));
            entries.addAll(FrontDoors.throughLoadBalancer(lab, service, FrontDoors.inTurn(lab.nodes(), i)));
        }
        judgeAffinity(lab, trial, entries, spreadAndToldApart(entries, clients));
    }

    /** Clients of one Service must be told apart too where they come to one node, which keeps the entries. */
    private static int servicesToTellApart(Lab lab, Trial trial, List<Client> clients) {
        int k = lab.endpoints().size();
        int spread = Trial.servicesFor(trial.trials(t -> t.spread(k)), clients);
        return clients.size() < 2 ? spread : Math.max(spread, trial.trials(t -> t.toldApart(k, clients.size())));
    }

    private static Rule spreadAndToldApart(List<Entry> entries, List<Client> clients) {
        return clients.size() < 2
                ? Rules.entriesSpread()
                : Rule.allOf(Rules.entriesSpread(), Rules.clientsToldApart(entries));
    }

    private static void judgeAffinity(Lab lab, Trial trial, List<Entry> entries, Rule spread) {
        int connections = trial.trials(t -> t.samePod(lab.endpoints().size()));
        trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.onePodPerEntry(), spread),
                trial.spaced(entries, connections));
        trial.pass("each of %d entries stayed on one pod for %d connections, and the entries spread"
                .formatted(entries.size(), connections));
    }

    @Scenario(id = "NONE-CIP", title = "no affinity through a ClusterIP", expects = SEES_ALL, source = API)
    @Requires(clients = POD)
    void noAffinityThroughClusterIp(Lab lab, Trial trial) {
        judgeNoAffinity(lab, trial, trial.entriesOf(lab.clients(POD), ServiceSpec.clusterIp(), 1));
    }

    @Scenario(id = "NONE-NP", title = "no affinity through a node port", expects = SEES_ALL, source = API)
    @Requires(clients = POD)
    void noAffinityThroughNodePort(Lab lab, Trial trial) {
        Service service = trial.create(ServiceSpec.nodePort(CLUSTER));
        judgeNoAffinity(lab, trial, FrontDoors.throughNodePorts(lab, service, FrontDoors.comers(lab)));
    }

    @Scenario(id = "NONE-LB", title = "no affinity through a load balancer's address", expects = SEES_ALL, source = API)
    @Requires(clients = OFF_CLUSTER, loadBalancer = true)
    void noAffinityThroughLoadBalancer(Lab lab, Trial trial) {
        Service service = trial.create(ServiceSpec.loadBalancer(CLUSTER));
        judgeNoAffinity(
                lab,
                trial,
                FrontDoors.throughLoadBalancer(lab, service, lab.nodes().get(0)));
    }

    private static void judgeNoAffinity(Lab lab, Trial trial, List<Entry> entries) {
        int k = lab.endpoints().size();
        int connections = trial.trials(t -> t.allSeen(k, entries.size()));
        trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.everyClientSees(lab.endpoints())),
                trial.spaced(entries, connections));
        trial.pass(
                "each of %d clients reached all %d pods in %d connections".formatted(entries.size(), k, connections));
    }

    @Scenario(
            id = "SWITCH",
            title = "sessionAffinity changed in place, ClientIP to None and back",
            expects = "after each change clients stay on a pod, reach all pods, and stay on a pod again",
            source = API)
    @Requires(clients = POD)
    void affinitySwitched(Lab lab, Trial trial) {
        int k = lab.endpoints().size();
        ServiceSpec sticky = sticky(ServiceSpec.clusterIp());
        Service service = trial.create(sticky);
        List<Entry> entries = lab.clients(POD).stream()
                .map(c -> new Entry(c, service, service.clusterIp()))
                .toList();
        int toStay = trial.trials(t -> t.samePod(k));
        int toSeeAll = trial.trials(t -> t.allSeen(k, entries.size()));
        Rule stays = Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.onePodPerEntry());

        trial.judge(stays, trial.spaced(entries, toStay));
        service.update(sticky.withoutAffinity());
        Duration toNone = trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.everyEntrySees(lab.endpoints())),
                trial.spaced(entries, toSeeAll));
        service.update(sticky);
        Duration back = trial.judge(stays, trial.spaced(entries, toStay));
        trial.pass(
                "%d clients stayed, reached all %d pods %s after the change to None, and stayed again %s after the change back"
                        .formatted(entries.size(), k, Words.of(toNone), Words.of(back)));
    }

    /** With the default timeout, since a short one may run out between two connections on a busy machine. */
    static ServiceSpec sticky(ServiceSpec spec) {
        return spec.withClientIpAffinity(ClientIP.DEFAULT_TIMEOUT);
    }
}
