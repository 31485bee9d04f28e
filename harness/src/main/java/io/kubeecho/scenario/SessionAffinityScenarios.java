package io.kubeecho.scenario;

import static io.kubeecho.lab.VantagePoint.POD;

import io.kubeecho.lab.Lab;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.probe.Entry;
import io.kubeecho.stats.Thresholds;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;

/** {@code spec.sessionAffinity}: who stays on a pod, and for how long. */
@DisplayNameGeneration(ScenarioNames.class)
public class SessionAffinityScenarios {

    private static final String API = "https://kubernetes.io/docs/reference/networking/virtual-ips/#session-affinity";

    @Scenario(
            id = "AFF-CIP",
            title = "ClientIP affinity through a ClusterIP",
            expects =
                    "every new connection of a client reaches the same pod, and independent clients are not all on one",
            source = API)
    @Requires(clients = POD)
    void affinityThroughClusterIp(Lab lab, Trial trial) {
        int k = lab.endpoints().size();
        int connections = trial.trials(t -> t.samePod(k));
        int spread = trial.trials(t -> t.spread(k));
        // with the default timeout, since a short one may run out between two connections on a busy machine
        ServiceSpec spec =
                ServiceSpec.clusterIp().withClientIpAffinity(ServiceSpec.SessionAffinity.ClientIP.DEFAULT_TIMEOUT);
        List<Entry> entries = trial.entriesOf(lab.clients(POD), spec, spread);

        trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.onePodPerEntry(), Rules.entriesSpread()),
                trial.spaced(entries, connections));
        trial.pass("each of %d entries stayed on one pod for %d connections, and the entries spread"
                .formatted(entries.size(), connections));
    }

    @Scenario(
            id = "NONE-CIP",
            title = "no affinity through a ClusterIP",
            expects = "every client reaches every ready pod",
            source = API)
    @Requires(clients = POD)
    void noAffinityThroughClusterIp(Lab lab, Trial trial) {
        int k = lab.endpoints().size();
        int clients = lab.clients(POD).size();
        int connections = trial.trials(t -> t.allSeen(k, clients));
        List<Entry> entries = trial.entriesOf(lab.clients(POD), ServiceSpec.clusterIp(), 1);

        trial.judge(
                Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.everyClientSees(lab.endpoints())),
                trial.spaced(entries, connections));
        trial.pass("each of %d clients reached all %d pods in %d connections".formatted(clients, k, connections));
    }

    @Scenario(
            id = "HOLD",
            title = "affinity just inside timeoutSeconds",
            expects = "a client that comes back just before the timeout is still on its pod",
            source = API)
    @Requires(clients = POD)
    void holdsUntilTheTimeout(Lab lab, Trial trial) {
        Duration timeout = lab.timing().affinityTimeout();
        Duration wait = timeout.minus(lab.timing().margin());
        List<Entry> entries = entriesForRepicks(lab, trial);

        // lets the control plane follow, no more: where connections are held up, a short affinity rightly runs out
        // between
        // two of them, so the verdict is left to visits whose gaps are known
        trial.converge(sticky(lab), trial.spaced(entries, sameAsAffinity(lab, trial)));
        ReturnVisits visits =
                ReturnVisits.of(trial, entries, wait, gap -> gap.isWithin(timeout), Rules.answeredBy(lab.endpoints()));
        if (visits.moved() > 0) {
            throw new Failed(new Breach(
                    "%d of %d entries were on another pod after gaps of %s, with a timeout of %s"
                            .formatted(visits.moved(), visits.count(), visits.gaps(), Words.of(timeout)),
                    "affinity ends before timeoutSeconds: clients lose their pod early"));
        }
        trial.pass("all %d entries were on their pod after gaps of %s, with a timeout of %s"
                .formatted(visits.count(), visits.gaps(), Words.of(timeout)));
    }

    @Scenario(
            id = "EXPIRE",
            title = "affinity just beyond timeoutSeconds",
            expects = "clients that come back after the timeout are balanced anew, so not all return to their old pod",
            source = API)
    @Requires(clients = POD)
    void expiresAfterTheTimeout(Lab lab, Trial trial) {
        Duration timeout = lab.timing().affinityTimeout();
        Duration expired = timeout.plus(lab.timing().grain());
        List<Entry> entries = entriesForRepicks(lab, trial);

        trial.converge(sticky(lab), trial.spaced(entries, sameAsAffinity(lab, trial)))
                .ifPresent(breach -> {
                    throw new Inconclusive(
                            "affinity does not hold, so its end cannot be seen (see AFF-CIP): " + breach.seen());
                });
        ReturnVisits visits = ReturnVisits.of(
                trial,
                entries,
                expired.plus(lab.timing().margin()),
                gap -> gap.isBeyond(expired),
                Rules.answeredBy(lab.endpoints()));
        if (visits.moved() == 0) {
            throw new Failed(new Breach(
                    "all %d entries were back on their old pod after gaps of %s, with a timeout of %s"
                            .formatted(visits.count(), visits.gaps(), Words.of(timeout)),
                    "affinity outlives timeoutSeconds: load does not move to where it should"));
        }
        trial.pass("%d of %d entries moved after gaps of %s, with a timeout of %s"
                .formatted(visits.moved(), visits.count(), visits.gaps(), Words.of(timeout)));
    }

    private static ServiceSpec withAffinity(Lab lab) {
        return ServiceSpec.clusterIp().withClientIpAffinity(lab.timing().affinityTimeout());
    }

    private static List<Entry> entriesForRepicks(Lab lab, Trial trial) {
        int repicks = trial.trials(t -> t.repicks(lab.endpoints().size()));
        return trial.entriesOf(lab.clients(POD), withAffinity(lab), repicks);
    }

    private static int sameAsAffinity(Lab lab, Trial trial) {
        return trial.trials((Thresholds t) -> t.samePod(lab.endpoints().size()));
    }

    private static Rule sticky(Lab lab) {
        return Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.onePodPerEntry());
    }
}
