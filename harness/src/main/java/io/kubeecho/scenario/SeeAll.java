package io.kubeecho.scenario;

import static java.util.stream.Collectors.toSet;

import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.probe.Entry;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Connections without affinity until every entry has reached every pod. Most have soon; an entry that has not goes on until
 * a pod with the least permitted weight would have been reached.
 *
 * <p>Entries that share a Service's port on a node also share its round robin where it has one, and side by side each may
 * then see only some of the pods for ever; callers give each a Service of its own there.
 */
final class SeeAll {

    private static final int FIRST_ROUND = 8;
    private static final int LARGEST_ROUND = 64;

    private SeeAll() {}

    /**
     * @param rule for all connections
     * @param clients to find out by whether the balancer goes by a hash of the source, which is permitted and keeps each
     *     client on a pod
     * @return all connections
     * @throws Failed if a pod is not reached, or the rule broken
     * @throws Inconclusive if the balancer goes by a hash
     */
    static List<Observation> judged(
            Trial trial, List<Entry> entries, Collection<Endpoint> endpoints, Rule rule, List<Client> clients) {
        Set<String> pods = endpoints.stream().map(Endpoint::name).collect(toSet());
        int most = trial.trials(t -> t.everyPodReached(pods.size()));
        Map<String, Set<String>> seen = new HashMap<>();
        List<Observation> taken = new ArrayList<>();
        List<Entry> open = entries;
        int done = 0;
        for (int round = FIRST_ROUND; !open.isEmpty() && done < most; round = Math.min(round * 2, LARGEST_ROUND)) {
            List<Observation> more = trial.observe("judge", trial.spaced(open, round));
            taken.addAll(more);
            done += round;
            rule.check(taken).ifPresent(breach -> trial.fail(taken, breach));
            more.stream()
                    .filter(o -> o.result() instanceof Answered)
                    .forEach(o -> seen.computeIfAbsent(o.entry(), name -> new HashSet<>())
                            .add(Rules.from(o)));
            open = open.stream()
                    .filter(e -> !seen.getOrDefault(e.name(), Set.of()).containsAll(pods))
                    .toList();
        }
        Optional<Breach> missed = Rules.everyEntrySees(endpoints).check(taken);
        if (missed.isPresent()) {
            if (trial.isBalancedBySource(clients)) {
                throw new Inconclusive(
                        "the balancer keeps each client on one pod by a hash of its address, which is permitted; the clients here are too few to reach all pods ("
                                + missed.get().seen() + ")");
            }
            trial.fail(taken, missed.get());
        }
        return taken;
    }
}
