package io.kubeecho.probe;

import static java.util.Objects.requireNonNull;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

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

    /** The same row of new connections for every entry; see {@link #observe(List, List, Requests)}. */
    public List<Observation> observe(List<Entry> entries, List<Duration> waits) {
        return observe(entries, waits, Requests.PLAIN);
    }

    /**
     * How requests are sent.
     *
     * @param headers of every one, by name
     */
    public record Requests(DialPlan.Connections connections, Map<String, String> headers) {

        /** Each on a new connection, with no headers of their own. */
        public static final Requests PLAIN = new Requests(DialPlan.Connections.NEW_EACH, Map.of());

        /** All of an entry on one connection that stays open. */
        public static final Requests ON_ONE_CONNECTION = new Requests(DialPlan.Connections.ONE_HELD, Map.of());

        public Requests {
            headers = Map.copyOf(headers);
        }

        /** Each on a new connection, with one header more. */
        public static Requests with(String header, String value) {
            return new Requests(DialPlan.Connections.NEW_EACH, Map.of(header, value));
        }
    }

    /**
     * The same row of requests for every entry, side by side.
     *
     * @param waits before each request, from the end of the one before
     * @return all observations, entry by entry, each in order
     * @throws LabException when a client was lost
     */
    public List<Observation> observe(List<Entry> entries, List<Duration> waits, Requests requests) {
        Map<Entry, List<Duration>> rows = new LinkedHashMap<>();
        entries.forEach(e -> rows.put(e, waits));
        if (rows.size() != entries.size()) {
            throw new IllegalArgumentException("two entries of one name among " + entries);
        }
        return observe(rows, requests);
    }

    /**
     * Each entry its own row of requests, the entries side by side.
     *
     * @param rows the waits before each request of an entry, from the end of the one before
     * @return all observations, entry by entry, each in order
     * @throws LabException when a client was lost
     */
    public List<Observation> observe(Map<Entry, List<Duration>> rows, Requests requests) {
        Set<Entry> entries = rows.keySet();
        long names = entries.stream().map(Entry::name).distinct().count();
        if (names != entries.size()) {
            throw new IllegalArgumentException("two entries of one name among " + entries);
        }
        Map<Client, List<Entry>> byClient =
                entries.stream().collect(groupingBy(Entry::client, LinkedHashMap::new, toList()));
        // all clients are sent off before the first is waited for
        Map<Client, CompletableFuture<List<Dialed>>> dialing = new LinkedHashMap<>();
        byClient.forEach((client, own) -> dialing.put(client, client.dial(plan(own, rows, requests))));
        return dialing.entrySet().stream()
                .flatMap(e -> join(e.getValue()).stream().map(dialed -> observation(e.getKey(), dialed)))
                .toList();
    }

    private DialPlan plan(List<Entry> entries, Map<Entry, List<Duration>> rows, Requests requests) {
        List<DialPlan.Sequence> sequences = entries.stream()
                .map(e -> new DialPlan.Sequence(
                        e.name(),
                        e.frontEnd().host(),
                        e.frontEnd().port(),
                        requireNonNull(rows.get(e), "an entry of the rows"),
                        requests.connections(),
                        requests.headers()))
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
            if (e.getCause() instanceof LabException lost) {
                throw lost;
            }
            throw new LabException("a client was lost: " + e.getCause(), e);
        }
    }

    private static Observation observation(Client client, Dialed dialed) {
        return new Observation(
                dialed.entry(),
                client.name(),
                client.address(),
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
