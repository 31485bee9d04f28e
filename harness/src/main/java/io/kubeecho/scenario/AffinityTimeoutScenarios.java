package io.kubeecho.scenario;

import static io.kubeecho.lab.VantagePoint.POD;

import io.kubeecho.lab.Lab;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;

/** {@code sessionAffinityConfig.clientIP.timeoutSeconds}: for how long a client stays on its pod. */
@DisplayNameGeneration(ScenarioNames.class)
public class AffinityTimeoutScenarios {

    private static final String API = SessionAffinityScenarios.API;

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
        // between two of them, so the verdict is left to visits whose gaps are known
        trial.converge(sticky(lab), trial.spaced(entries, sameAsAffinity(lab, trial)));
        // where the window does not slide, an entry must be new at its first visit, or the timeout is half over by then
        ReturnVisits visits = ReturnVisits.of(
                trial, entries, beyond(lab), wait, gap -> gap.isWithin(timeout), Rules.answeredBy(lab.endpoints()));
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

        trial.require(
                "affinity does not hold, so its end cannot be seen (see AFF-CIP)",
                sticky(lab),
                trial.spaced(entries, sameAsAffinity(lab, trial)));
        ReturnVisits visits = ReturnVisits.of(
                trial,
                entries,
                Duration.ZERO,
                beyond(lab),
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

    @Scenario(
            id = "WINDOW",
            title = "whether new connections prolong affinity",
            expects = "what the profile names; Kubernetes leaves open from when the timeout runs",
            source = API)
    @Requires(clients = POD)
    void slidingOrFixed(Lab lab, Trial trial) {
        Duration timeout = lab.timing().affinityTimeout();
        List<Entry> entries = entriesForRepicks(lab, trial);

        trial.require("the Services do not answer", Rules.answeredBy(lab.endpoints()), trial.spaced(entries, 1));
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
            source = API)
    @Requires(clients = POD)
    void heldConnectionStays(Lab lab, Trial trial) {
        Duration timeout = lab.timing().affinityTimeout();
        List<Entry> entries = entriesForRepicks(lab, trial);
        List<Duration> waits = List.of(Duration.ZERO, beyond(lab), timeout);

        trial.require("the Services do not answer", Rules.answeredBy(lab.endpoints()), trial.spaced(entries, 1));
        List<Observation> held = trial.observeHeld("request, wait, request, wait, request", entries, waits);
        Rules.heldConnectionsStay().check(held).ifPresent(breach -> {
            throw new Failed(breach);
        });
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

    private static List<Entry> entriesForRepicks(Lab lab, Trial trial) {
        int repicks = trial.trials(t -> t.repicks(lab.endpoints().size()));
        return trial.entriesOf(lab.clients(POD), withAffinity(lab), repicks);
    }

    private static int sameAsAffinity(Lab lab, Trial trial) {
        return trial.trials(t -> t.samePod(lab.endpoints().size()));
    }

    private static Rule sticky(Lab lab) {
        return Rule.allOf(Rules.answeredBy(lab.endpoints()), Rules.onePodPerEntry());
    }
}
