package io.kubeecho.scenario;

import static io.kubeecho.lab.VantagePoint.HOST_NETWORK;
import static io.kubeecho.lab.VantagePoint.POD;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;

/** {@code sessionAffinityConfig.clientIP.timeoutSeconds}: for how long a client stays on its pod. */
@DisplayNameGeneration(ScenarioNames.class)
public class AffinityTimeoutScenarios {

    private static final String API = SessionAffinityScenarios.API;

    /** Clients that come back at the same time would hold each other up. */
    private static final Duration APART = Duration.ofMillis(2);

    /** Clients of one node at one Service; fewer where a round robin would bring as many back to their pods. */
    private static final int PER_SERVICE = 3;

    @Scenario(
            id = "HOLD",
            title = "affinity just inside timeoutSeconds",
            expects = "a client that comes back just before the timeout is still on its pod",
            source = API,
            needsQuiet = true)
    @Requires(clients = POD)
    void holdsUntilTheTimeout(Lab lab, Trial trial) {
        Duration timeout = lab.timing().affinityTimeout();
        int k = lab.endpoints().size();
        int perNode = trial.trials(t -> t.transitions(k, AN_EARLY_HALF));
        List<Entry> entries = entries(lab, trial, perNode);

        trial.programmed(entries, lab.endpoints());
        // where the window does not slide, an entry must be new at its first visit, or the timeout is half over by then
        ReturnVisits visits = new ReturnVisits(trial, gap -> gap.isWithin(timeout), Rules.answeredBy(lab.endpoints()));
        visits.take(entries, beyond(lab), APART, (number, round) -> timeout.minus(inside(lab, number, round)));
        if (visits.moved() > 0) {
            visits.failForMoves(
                    "%d of %d entries were on another pod after gaps of %s, with a timeout of %s"
                            .formatted(visits.moved(), visits.count(), visits.gaps(), Words.of(timeout)),
                    "affinity ends before timeoutSeconds: clients lose their pod early");
        }
        visits.estimates(k).forEach(trial::estimate);
        trial.pass(
                "all %d entries were on their pod after gaps of %s, with a timeout of %s; would have found an earlier end for half of the clients through any node"
                        .formatted(visits.count(), visits.gaps(), Words.of(timeout)));
    }

    @Scenario(
            id = "EXPIRE",
            title = "affinity just beyond timeoutSeconds",
            expects =
                    "clients that come back after the timeout are balanced anew, so through each node as many are on another pod as chance allows",
            source = API,
            needsQuiet = true)
    @Requires(clients = POD)
    void expiresAfterTheTimeout(Lab lab, Trial trial) {
        Duration timeout = lab.timing().affinityTimeout();
        Duration expired = timeout.plus(lab.timing().grain());
        int k = lab.endpoints().size();
        Duration least = trial.profile().leastTimeout();
        if (timeout.compareTo(least) < 0) {
            trial.info(
                    "not looked at: %s keeps clients for at least %s, whatever timeoutSeconds says; try --affinity-timeout %ds"
                            .formatted(trial.profile().id(), Words.of(least), least.toSeconds() + 5));
            return;
        }
        int perNode = trial.trials(t -> t.expiries(k));
        List<Entry> entries = entries(lab, trial, perNode);

        trial.programmed(entries, lab.endpoints());
        trial.requireNow(
                "affinity does not hold, so its end cannot be seen (see AFF-CIP)",
                Rules.onePodWithin(timeout),
                trial.spaced(entries, 2));
        ReturnVisits visits = new ReturnVisits(trial, gap -> gap.isBeyond(expired), Rules.answeredBy(lab.endpoints()));
        visits.take(entries, Duration.ZERO, APART, (number, round) -> expired.plus(outside(lab, number)));
        for (Node node : lab.nodes()) {
            ReturnVisits here = visits.through(node);
            if (here.count() > 0 && trial.thresholds().isTooFewMoved(here.moved(), here.count(), k)) {
                if (trial.isBalancedBySource(Crowd.podsPerNode(lab, 1))) {
                    throw new Inconclusive(
                            "the balancer keeps each client on one pod by a hash of its address, so that the end of affinity cannot be seen");
                }
                throw new Failed(new Breach(
                        "%d of %d entries through %s were on another pod after gaps of %s, with a timeout of %s; of a right one about %d are (all nodes: %s)"
                                .formatted(
                                        here.moved(),
                                        here.count(),
                                        node.name(),
                                        here.gaps(),
                                        Words.of(timeout),
                                        Math.round(here.count() * (1 - 1.0 / k)),
                                        visits.perNode(lab.nodes())),
                        "affinity outlives timeoutSeconds: load does not move to where it should"));
            }
        }
        visits.estimates(k).forEach(trial::estimate);
        trial.pass(
                "%d of %d entries moved after gaps of %s, with a timeout of %s (%s); would have found a later end for half of the clients through any node"
                        .formatted(
                                visits.moved(),
                                visits.count(),
                                visits.gaps(),
                                Words.of(timeout),
                                visits.perNode(lab.nodes())));
    }

    /** From a sixth of the margin to all of it before the timeout; a machine that is too slow for it gets more room. */
    private static Duration inside(Lab lab, int number, int round) {
        int steps = 6;
        int step = Math.min(steps, 1 + number % steps + 2 * (round - 1));
        return lab.timing().margin().multipliedBy(step).dividedBy(steps);
    }

    /** From just beyond to a quarter of the margin beyond. */
    private static Duration outside(Lab lab, int number) {
        int steps = 8;
        return lab.timing().margin().multipliedBy(1 + number % steps).dividedBy(4L * steps);
    }

    @Scenario(
            id = "WINDOW",
            title = "whether new connections prolong affinity",
            expects = "what the profile names; Kubernetes leaves open from when the timeout runs",
            source = API,
            needsQuiet = true)
    @Requires(clients = POD)
    void slidingOrFixed(Lab lab, Trial trial) {
        Duration timeout = lab.timing().affinityTimeout();
        List<Entry> entries = entriesForRepicks(lab, trial);

        trial.programmed(entries, lab.endpoints());
        FrequentVisits visits = FrequentVisits.of(trial, entries, timeout, Rules.answeredBy(lab.endpoints()));
        String seen = "%s (%d of %d entries moved in %d visits, one every %s, with a timeout of %s)"
                .formatted(
                        visits.window(),
                        visits.moved(),
                        entries.size(),
                        FrequentVisits.COUNT,
                        Words.of(timeout.dividedBy(FrequentVisits.PER_TIMEOUT)),
                        Words.of(timeout));
        trial.profile()
                .window()
                .ifPresentOrElse(expected -> judge(trial, expected, visits, seen), () -> trial.info(seen));
    }

    private static void judge(Trial trial, Profile.AffinityWindow expected, FrequentVisits visits, String seen) {
        if (visits.window() != expected) {
            throw new Failed(new Breach(
                    "%s; the profile %s has it %s"
                            .formatted(seen, trial.profile().id(), expected),
                    "clients that keep coming back lose their pod, or keep it for longer than this data plane says"));
        }
        trial.pass(seen);
    }

    @Scenario(
            id = "KEEPALIVE",
            title = "an open connection beyond timeoutSeconds",
            expects = "a connection that is held open stays on its pod for twice the timeout and more",
            source = API,
            needsQuiet = true)
    @Requires(clients = POD)
    void heldConnectionStays(Lab lab, Trial trial) {
        Duration timeout = lab.timing().affinityTimeout();
        List<Entry> entries = entriesForRepicks(lab, trial);
        List<Duration> waits = List.of(Duration.ZERO, beyond(lab), timeout);

        trial.programmed(entries, lab.endpoints());
        List<Observation> held = trial.observeHeld("request, wait, request, wait, request", entries, waits);
        Rules.heldConnectionsStay().check(held).ifPresent(breach -> trial.fail(held, breach));
        trial.pass("%d connections held for %s and more, with a timeout of %s, stayed on their pods"
                .formatted(
                        entries.size(),
                        Words.of(waits.stream().reduce(Duration.ZERO, Duration::plus)),
                        Words.of(timeout)));
    }

    /** After so long nobody may remember a client any more. */
    private static Duration beyond(Lab lab) {
        return lab.timing()
                .affinityTimeout()
                .plus(lab.timing().grain())
                .plus(lab.timing().margin());
    }

    private static ServiceSpec withAffinity(Lab lab) {
        return ServiceSpec.clusterIp().withClientIpAffinity(lab.timing().affinityTimeout());
    }

    /** Half of a node's clients that lose their pod early are found; fewer are AFF-CIP's affair. */
    private static final double AN_EARLY_HALF = 0.5;

    private static List<Entry> entriesForRepicks(Lab lab, Trial trial) {
        return entries(lab, trial, trial.trials(t -> t.repicks(lab.endpoints().size())));
    }

    /** So many entries through each node, a few clients of each node at each Service. */
    private static List<Entry> entries(Lab lab, Trial trial, int perNode) {
        List<List<Client>> perNodeClients = lab.nodes().stream()
                .map(n -> Stream.concat(Crowd.on(lab, n, POD).stream(), Crowd.on(lab, n, HOST_NETWORK).stream())
                        .toList())
                .filter(clients -> !clients.isEmpty())
                .toList();
        int fewest = perNodeClients.stream().mapToInt(List::size).min().orElseThrow();
        int perService = Math.min(fewest, PER_SERVICE);
        while (perService > 1 && perService % lab.endpoints().size() == 0) {
            perService--;
        }
        List<Service> services = trial.createMany((perNode + perService - 1) / perService, withAffinity(lab));
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < services.size(); i++) {
            for (List<Client> clients : perNodeClients) {
                for (int j = 0; j < perService; j++) {
                    entries.add(Entry.clusterIp(clients.get((i * perService + j) % clients.size()), services.get(i)));
                }
            }
        }
        return entries;
    }
}
