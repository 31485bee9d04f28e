package io.kubeecho.scenario;

import static io.kubeecho.lab.ServiceSpec.ExternalTrafficPolicy.CLUSTER;
import static io.kubeecho.lab.VantagePoint.HOST_NETWORK;
import static io.kubeecho.lab.VantagePoint.OFF_CLUSTER;
import static io.kubeecho.lab.VantagePoint.POD;
import static java.util.Comparator.comparing;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.LoadBalancing;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.ServiceSpec.SessionAffinity.ClientIP;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;

/** {@code spec.sessionAffinity}: who stays on a pod, through each kind of front end. */
@DisplayNameGeneration(ScenarioNames.class)
public class SessionAffinityScenarios {

    static final String API = "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity";

    private static final String STAYS =
            "every new connection of a client reaches the same pod, and new clients reach every pod";
    private static final String SEES_ALL = "every client reaches every ready pod";

    /** So many entries of each kind of client on each node, at least: enough for each pod to get some of them. */
    private static final int ENTRIES = 16;

    private static final int SERVICES = 18;

    /** Services that are changed in place; with few of them the connections of each take their time. */
    private static final int SWITCHED = 6;

    /** Clients without affinity that are watched of each kind on each node; each has Services of its own. */
    private static final int WATCHED = 2;

    @Scenario(id = "AFF-CIP", title = "ClientIP affinity through a ClusterIP", expects = STAYS, source = API)
    @Requires(clients = POD)
    void affinityThroughClusterIp(Lab lab, Trial trial) {
        judgeAffinity(lab, trial, () -> {
            List<Service> services = trial.createMany(SERVICES, sticky(ServiceSpec.clusterIp()));
            return Crowd.onNodes(lab).stream()
                    .flatMap(g -> Crowd.seats(g.clients(), ENTRIES, SERVICES))
                    .map(s -> Entry.clusterIp(s.client(), services.get(s.service())))
                    .toList();
        });
    }

    @Scenario(id = "AFF-NP", title = "ClientIP affinity through a node port", expects = STAYS, source = API)
    @Requires(clients = POD)
    void affinityThroughNodePort(Lab lab, Trial trial) {
        List<Client> outside = lab.crowd(OFF_CLUSTER);
        judgeAffinity(lab, trial, () -> {
            List<Service> services = trial.createMany(SERVICES, sticky(ServiceSpec.nodePort(CLUSTER)));
            List<Entry> entries = new ArrayList<>();
            for (Node entry : lab.nodes()) {
                Stream.concat(
                                outside.isEmpty() ? Stream.empty() : Crowd.seats(outside, ENTRIES, SERVICES),
                                Crowd.onNodes(lab).stream()
                                        .filter(g -> g.node().equals(Optional.of(entry)))
                                        .flatMap(g -> Crowd.seats(g.clients(), ENTRIES, SERVICES)))
                        .map(s -> Entry.nodePort(s.client(), services.get(s.service()), entry))
                        .forEach(entries::add);
            }
            return entries;
        });
    }

    @Scenario(
            id = "AFF-LB",
            title = "ClientIP affinity through a load balancer's address",
            expects = STAYS,
            source = API)
    @Requires(clients = OFF_CLUSTER, loadBalancer = true)
    void affinityThroughLoadBalancer(Lab lab, Trial trial) {
        boolean routed = lab.loadBalancing() == LoadBalancing.ROUTED;
        List<Node> entryNodes = routed ? lab.nodes() : lab.nodes().subList(0, 1);
        int perNode = SERVICES / entryNodes.size();
        judgeAffinity(lab, trial, () -> {
            List<Entry> entries = new ArrayList<>();
            List<Service> all = new ArrayList<>();
            for (Node entry : entryNodes) {
                List<Service> services = trial.createMany(perNode, sticky(ServiceSpec.loadBalancer(CLUSTER)));
                all.addAll(services);
                if (routed) {
                    services.forEach(s -> s.enterAt(entry));
                }
                Crowd.seats(lab.crowd(OFF_CLUSTER), ENTRIES, perNode)
                        .map(s -> Entry.loadBalancer(
                                s.client(), services.get(s.service()), routed ? Optional.of(entry) : Optional.empty()))
                        .forEach(entries::add);
            }
            Crowd.onNodes(lab).stream()
                    .flatMap(g -> Crowd.seats(g.clients(), ENTRIES, all.size()))
                    .map(s -> Entry.loadBalancer(s.client(), all.get(s.service()), Optional.empty()))
                    .forEach(entries::add);
            return entries;
        });
    }

    /** Every connection since a client's first counts, also those while other nodes had not followed yet. */
    private static void judgeAffinity(Lab lab, Trial trial, Supplier<List<Entry>> entries) {
        List<Endpoint> endpoints = lab.endpoints();
        List<Entry> all = entries.get();
        Sample.Size size = trial.affinitySize(endpoints.size());
        List<Observation> taken = trial.steadily(() -> {
            List<Observation> first = trial.programmed(all, endpoints);
            return Sample.ofStickyClients(trial, all, size)
                    .judged(
                            first,
                            Rule.allOf(
                                    Rules.answeredBy(endpoints), Rules.onePodPerEntry(), Reach.toldApart(trial, all)));
        });
        Reach.requireAll(trial, endpoints, all, taken, entries);
        trial.estimateAffinity(taken, endpoints.size());
        trial.pass(
                "each of %d entries stayed on one pod in %d connections, and all %d pods were reached through each node; %s"
                        .formatted(
                                all.size(),
                                taken.size(),
                                endpoints.size(),
                                Sample.wouldHaveFound("affinity that is lost", trial.power())));
    }

    @Scenario(id = "NONE-CIP", title = "no affinity through a ClusterIP", expects = SEES_ALL, source = API)
    @Requires(clients = POD)
    void noAffinityThroughClusterIp(Lab lab, Trial trial) {
        judgeNoAffinity(
                lab, trial, watched(lab, trial, ServiceSpec.clusterIp(), (c, s) -> List.of(Entry.clusterIp(c, s))));
    }

    @Scenario(id = "NONE-NP", title = "no affinity through a node port", expects = SEES_ALL, source = API)
    @Requires(clients = POD)
    void noAffinityThroughNodePort(Lab lab, Trial trial) {
        List<Entry> entries = new ArrayList<>(watched(
                lab,
                trial,
                ServiceSpec.nodePort(CLUSTER),
                (c, s) -> List.of(Entry.nodePort(c, s, c.node().orElseThrow()))));
        for (Client outsider : lab.clients(OFF_CLUSTER).stream().limit(WATCHED).toList()) {
            Service service = trial.create(ServiceSpec.nodePort(CLUSTER));
            lab.nodes().forEach(n -> entries.add(Entry.nodePort(outsider, service, n)));
        }
        judgeNoAffinity(lab, trial, entries);
    }

    @Scenario(id = "NONE-LB", title = "no affinity through a load balancer's address", expects = SEES_ALL, source = API)
    @Requires(clients = OFF_CLUSTER, loadBalancer = true)
    void noAffinityThroughLoadBalancer(Lab lab, Trial trial) {
        List<Entry> entries = new ArrayList<>(watched(
                lab,
                trial,
                ServiceSpec.loadBalancer(CLUSTER),
                (c, s) -> List.of(Entry.loadBalancer(c, s, Optional.empty()))));
        boolean routed = lab.loadBalancing() == LoadBalancing.ROUTED;
        for (Client outsider : lab.clients(OFF_CLUSTER).stream().limit(WATCHED).toList()) {
            for (Node entry : routed ? lab.nodes() : lab.nodes().subList(0, 1)) {
                Service service = trial.create(ServiceSpec.loadBalancer(CLUSTER));
                if (routed) {
                    service.enterAt(entry);
                }
                entries.add(Entry.loadBalancer(outsider, service, routed ? Optional.of(entry) : Optional.empty()));
            }
        }
        judgeNoAffinity(lab, trial, entries);
    }

    /** Some clients of each kind on each node; no two of a node at one Service, so that each has its own round robin. */
    private static List<Entry> watched(
            Lab lab, Trial trial, ServiceSpec spec, BiFunction<Client, Service, List<Entry>> entries) {
        List<Entry> all = new ArrayList<>();
        for (VantagePoint from : List.of(POD, HOST_NETWORK)) {
            for (int i = 0; i < WATCHED; i++) {
                int number = i;
                List<Client> one = lab.nodes().stream()
                        .flatMap(n ->
                                Crowd.on(lab, n, from).stream().skip(number).limit(1))
                        .toList();
                if (!one.isEmpty()) {
                    Service service = trial.create(spec);
                    one.forEach(c -> all.addAll(entries.apply(c, service)));
                }
            }
        }
        return all;
    }

    private static void judgeNoAffinity(Lab lab, Trial trial, List<Entry> entries) {
        List<Endpoint> endpoints = lab.endpoints();
        List<Observation> taken = trial.steadily(() -> {
            trial.programmed(entries, endpoints);
            return SeeAll.judged(
                    trial, entries, endpoints, Rules.answeredBy(endpoints), Crowd.podsPerNode(lab, WATCHED));
        });
        trial.pass("each of %d clients reached all %d pods, in %d connections"
                .formatted(entries.size(), endpoints.size(), taken.size()));
    }

    @Scenario(
            id = "SWITCH",
            title = "sessionAffinity changed in place, ClientIP to None and back",
            expects = "after each change clients stay on a pod, reach all pods, and stay on a pod again",
            source = API)
    @Requires(clients = POD)
    void affinitySwitched(Lab lab, Trial trial) {
        List<Endpoint> endpoints = lab.endpoints();
        int k = endpoints.size();
        ServiceSpec sticky = sticky(ServiceSpec.clusterIp());
        List<Service> services = trial.createMany(SWITCHED, sticky);
        // one of each node, since clients that share a round robin side by side may see only some of the pods
        List<Client> clients = Crowd.podsPerNode(lab, 1);
        List<Entry> entries = services.stream()
                .flatMap(s -> clients.stream().map(c -> Entry.clusterIp(c, s)))
                .toList();
        int toStay = trial.trials(t -> t.samePod(k));
        int toSeeAll = trial.trials(t -> t.allSeen(k, entries.size()));
        Sample.Size size = trial.affinitySize(k);
        Rule stays = Rule.allOf(Rules.answeredBy(endpoints), Rules.onePodPerEntry());

        trial.steadily(
                () -> Sample.ofStickyClients(trial, entries, size).judged(trial.programmed(entries, endpoints), stays));
        services.forEach(s -> trial.update(s, sticky.withoutAffinity()));
        Duration toNone;
        try {
            toNone = trial.judge(
                    "the change to None",
                    Rule.allOf(Rules.answeredBy(endpoints), Rules.everyEntrySees(endpoints)),
                    trial.spaced(entries, toSeeAll));
        } catch (Failed failed) {
            if (trial.isBalancedBySource(clients)) {
                throw new Inconclusive(
                        "the balancer keeps each client on one pod by a hash of its address, so that the change to None cannot be seen");
            }
            throw failed;
        }
        services.forEach(s -> trial.update(s, sticky));
        Duration back = trial.judge("the change back to ClientIP", stays, trial.spaced(entries, toStay));
        trial.steadily(() -> Sample.ofStickyClients(trial, entries, size).judged(List.of(), stays));
        trial.pass(
                "%d entries stayed, reached all %d pods %s after the change to None, and stayed again %s after the change back"
                        .formatted(entries.size(), k, Words.of(toNone), Words.of(back)));
    }

    @Scenario(
            id = "CAPACITY",
            title = "how many clients with ClientIP affinity a node keeps",
            expects = "nothing, or as many of each endpoint as --affinity-clients says; Kubernetes names no number",
            source = API)
    @Requires(clients = OFF_CLUSTER, addresses = AffinityCapacity.FEWEST)
    void manyClients(Lab lab, Trial trial) {
        List<Endpoint> endpoints = lab.endpoints();
        List<Client> clients = lab.multitude(trial.capacity().clients());
        Service service = trial.create(sticky(ServiceSpec.nodePort(CLUSTER)));

        ThereAndBack walk = trial.steadily(() -> {
            trial.programmed(
                    lab.nodes().stream()
                            .map(n -> Entry.nodePort(clients.get(0), service, n))
                            .toList(),
                    endpoints);
            return new ThereAndBack(trial, clients, service, lab.nodes(), Rules.answeredBy(endpoints));
        });
        trial.estimate(Estimates.share("clients that did not come back to their pod", walk.moved(), walk.count()));
        List<ThereAndBack.Kept> kept = walk.kept();
        kept.stream().map(Estimates::ofCapacity).forEach(trial::estimate);
        String seen = "of %d clients through each of %d nodes %s"
                .formatted(clients.size(), lab.nodes().size(), keptInWords(kept));
        if (trial.capacity().required().isEmpty()) {
            trial.info(seen);
        } else {
            judgeCapacity(trial, kept, trial.capacity().required().getAsInt(), seen);
        }
    }

    private static void judgeCapacity(Trial trial, List<ThereAndBack.Kept> all, int required, String seen) {
        all.stream()
                .filter(kept -> kept.isFull() && kept.atMost() < required)
                .min(comparing(ThereAndBack.Kept::atMost))
                .ifPresent(worst -> {
                    throw new Failed(
                            new Breach(
                                    "%s kept %d clients of %s and not %d; %s"
                                            .formatted(
                                                    worst.node().name(),
                                                    worst.atMost(),
                                                    worst.endpoint(),
                                                    required,
                                                    seen),
                                    "whoever comes after so many others is on another pod next time, as if there were no affinity"));
                });
        all.stream()
                .filter(kept -> kept.atLeast() < required)
                .min(comparing(ThereAndBack.Kept::atLeast))
                .ifPresent(fewest -> {
                    throw new Inconclusive(
                            "whether %d clients of an endpoint are kept cannot be said: %s had %d of them, of which %d to %d were kept; more come with --client-addresses"
                                    .formatted(
                                            required,
                                            fewest.endpoint(),
                                            fewest.clients(),
                                            fewest.atLeast(),
                                            fewest.atMost()));
                });
        trial.pass(seen);
    }

    private static String keptInWords(List<ThereAndBack.Kept> all) {
        int least = all.stream().mapToInt(ThereAndBack.Kept::atLeast).min().orElse(0);
        int most = all.stream().mapToInt(ThereAndBack.Kept::atMost).min().orElse(0);
        int moved = all.stream().mapToInt(ThereAndBack.Kept::moved).sum();
        return moved == 0
                ? "every client came back to its pod, %d and more of each pod".formatted(least)
                : "%d came back to another pod: a node keeps the last %d to %d clients of an endpoint"
                        .formatted(moved, least, most);
    }

    /** With the default timeout, since a short one may run out between two connections on a busy machine. */
    static ServiceSpec sticky(ServiceSpec spec) {
        return spec.withClientIpAffinity(ClientIP.DEFAULT_TIMEOUT);
    }
}
