package io.kubeecho.probe;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Timing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;

/** Sends new connections and returns what was observed. */
public final class Probe {

    private final Timing timing;

    public Probe(Timing timing) {
        this.timing = timing;
    }

    /** {@code count} connections of each entry, the lab's spacing apart; the entries side by side. */
    public List<Observation> spaced(List<Entry> entries, int count) {
        List<Duration> waits = new ArrayList<>(Collections.nCopies(count, timing.spacing()));
        waits.set(0, Duration.ZERO);
        return observe(entries, waits);
    }

    /**
     * The same row of connections for every entry, side by side.
     *
     * @param waits before each connection, from the end of the one before
     * @return all observations, entry by entry, each in order
     * @throws LabException when a client was lost
     */
    public List<Observation> observe(List<Entry> entries, List<Duration> waits) {
        Map<String, Entry> byName =
                entries.stream().collect(toMap(Entry::name, Function.identity(), (a, b) -> a, LinkedHashMap::new));
        if (byName.size() != entries.size()) {
            throw new IllegalArgumentException("two entries of one name among " + byName.keySet());
        }
        Map<Client, List<Entry>> byClient = entries.stream()
                .collect(groupingBy(Entry::client, LinkedHashMap::new, java.util.stream.Collectors.toList()));
        List<CompletableFuture<List<Dialed>>> running = byClient.entrySet().stream()
                .map(e -> e.getKey().dial(plan(e.getValue(), waits)))
                .toList();
        return running.stream()
                .flatMap(f -> join(f).stream())
                .map(d -> observation(byName.get(d.entry()), d))
                .toList();
    }

    private DialPlan plan(List<Entry> entries, List<Duration> waits) {
        List<DialPlan.Sequence> sequences = entries.stream()
                .map(e -> new DialPlan.Sequence(
                        e.name(), e.frontEnd().host(), e.frontEnd().port(), waits))
                .toList();
        return new DialPlan(sequences, timing.connectTimeout(), timing.answerTimeout());
    }

    private static List<Dialed> join(CompletableFuture<List<Dialed>> dialing) {
        try {
            return dialing.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while connections were under way", e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof LabException lost
                    ? lost
                    : new LabException("a client was lost: " + e.getCause(), e.getCause());
        }
    }

    private static Observation observation(Entry entry, Dialed dialed) {
        return new Observation(
                entry.name(),
                entry.client().name(),
                entry.client().address(),
                entry.frontEnd().toString(),
                dialed.startedNanos(),
                dialed.endedNanos(),
                result(dialed.outcome()));
    }

    private static Observation.Result result(Dialed.Outcome outcome) {
        if (outcome instanceof Dialed.Answered a) {
            return EchoLine.parse(a.body())
                    .<Observation.Result>map(
                            line -> new Observation.Answered(a.establishedNanos(), a.localPort(), line))
                    .orElseGet(() -> new Observation.Misunderstood(a.status(), a.body()));
        }
        if (outcome instanceof Dialed.Broken b) {
            return new Observation.Unanswered(true, b.failure(), b.detail());
        }
        Dialed.NotConnected n = (Dialed.NotConnected) outcome;
        return new Observation.Unanswered(false, n.failure(), n.detail());
    }
}
