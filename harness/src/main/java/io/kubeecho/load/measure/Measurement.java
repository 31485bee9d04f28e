package io.kubeecho.load.measure;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.identity.Identity;
import io.kubeecho.load.identity.Roster;
import io.kubeecho.load.rollout.EndpointHistory;
import io.kubeecho.load.rollout.RolloutTally;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Adds up what the event loops hand over. Histograms are merged; percentiles are never averaged. For one thread. */
public final class Measurement {

    private static final int KEPT_ERRORS = 10_000;

    /** What is shorter, and empty, is only the moment between the last answer and the end. */
    private static final double SHORTEST_SECONDS = 0.1;

    private final Affinity affinity;
    private final boolean keepsSources;
    private final Optional<Integer> endpoints;
    private Optional<RolloutTally> rollout = Optional.empty();

    private final Histogram response = Histograms.precise();
    private final Histogram service = Histograms.precise();
    private final Histogram lag = Histograms.precise();
    private final Histogram connect = Histograms.precise();
    private Optional<Ending> ending = Optional.empty();
    private long due;
    private long answered;
    private long bytes;
    private long connections;
    private long closedByTarget;
    private long sentAgain;
    private final Map<ErrorKind, Long> errors = new EnumMap<>(ErrorKind.class);
    private final Map<Integer, Long> statuses = new TreeMap<>();
    private final Map<String, PodSum> pods = new TreeMap<>();
    private final Map<SentSeen, Long> census = new HashMap<>();
    private long unsaid;
    private final List<ErrorEvent> errorEvents = new ArrayList<>();
    private final List<IntervalFigures> intervals = new ArrayList<>();
    private final BitSet answeredMillis = new BitSet();

    private record SentSeen(String sentFrom, String seenAs) {}

    /**
     * @param expected of the Service
     * @param endpoints how many pods there are, where that is known
     */
    public Measurement(SessionAffinity expected, Optional<Integer> endpoints) {
        affinity = new Affinity(expected.timeout());
        keepsSources = expected.expected();
        this.endpoints = endpoints;
    }

    /** The histograms of one interval, for who keeps a log of them. */
    public record IntervalHistograms(Histogram response, Histogram service) {}

    /** The endpoints of the Service are known, up to now: told before each interval, from the first one on. */
    public void follow(EndpointHistory newest) {
        affinity.follow(newest);
        if (rollout.isEmpty()) {
            rollout = Optional.of(new RolloutTally(newest));
        }
        rollout.get().follow(newest);
    }

    /** Holds all that still waits against the endpoints, since nothing more is to be heard of. */
    public void settle() {
        affinity.settle(Long.MAX_VALUE);
        rollout.ifPresent(tally -> tally.settle(Long.MAX_VALUE));
    }

    /**
     * Adds one interval; the first one brings the visits of the warm-up with it.
     *
     * @param cuts of all event loops
     * @return empty if nothing happened in it: then it is no interval of the series
     */
    public Optional<IntervalHistograms> add(List<Cut> cuts, double fromSeconds, double toSeconds) {
        Sum interval = new Sum();
        cuts.forEach(interval::add);
        long movesBefore = affinity.moves();
        long violationsBefore = affinity.violations();
        List<Visit> visits = visits(cuts);
        affinity.add(visits);
        visits.stream().filter(Visit::counted).forEach(this::take);
        cuts.forEach(this::add);
        rollout.ifPresent(tally -> add(cuts, visits, tally));
        affinity.settle((long) (toSeconds * 1e9));
        rollout.ifPresent(tally -> tally.settle((long) (toSeconds * 1e9)));
        if (interval.isEmpty() && toSeconds - fromSeconds < SHORTEST_SECONDS) {
            return Optional.empty();
        }
        Map<String, Long> byPod = new TreeMap<>();
        cuts.forEach(c -> c.pods().forEach((pod, figures) -> byPod.merge(pod, figures.requests(), Long::sum)));
        intervals.add(new IntervalFigures(
                fromSeconds,
                toSeconds,
                interval.due,
                interval.answered,
                interval.errors,
                interval.connections,
                Quantiles.of(interval.response),
                Quantiles.of(interval.service),
                Quantiles.of(interval.lag),
                affinity.moves() - movesBefore,
                affinity.violations() - violationsBefore,
                byPod));
        return Optional.of(new IntervalHistograms(interval.response, interval.service));
    }

    /** It is over. */
    public void end(Ending how) {
        ending = Optional.of(how);
    }

    /** Does not judge the affinity of these, from which several generators send. */
    public void leaveOut(Set<Affinity.Entry> shared) {
        affinity.leaveOut(shared);
    }

    /** Everything so far. */
    public Figures figures() {
        double seconds =
                intervals.isEmpty() ? 0 : intervals.get(intervals.size() - 1).toSeconds();
        Ending until = ending.orElse(new Ending(seconds, seconds, seconds));
        // what nobody was to answer is no gap
        Figures.Gap gap = longestGap(Math.min(Math.max(seconds, until.sending()), until.lastOutcome()));
        return new Figures(
                seconds,
                until,
                due,
                answered,
                bytes,
                connections,
                closedByTarget,
                sentAgain,
                Map.copyOf(errors),
                new TreeMap<>(statuses),
                response.copy(),
                service.copy(),
                lag.copy(),
                Quantiles.of(connect),
                podFigures(),
                balance(),
                affinity.findings(),
                census(),
                gap,
                List.copyOf(errorEvents),
                List.copyOf(intervals),
                rollout.map(tally -> tally.rollout((long) (gap.fromSeconds() * 1e9))));
    }

    /** The last interval of the series; there must be one. */
    public IntervalFigures last() {
        return intervals.get(intervals.size() - 1);
    }

    private void add(Cut cut) {
        due += cut.due();
        answered += cut.answered();
        bytes += cut.bytes();
        connections += cut.connections();
        closedByTarget += cut.closedByTarget();
        sentAgain += cut.sentAgain();
        response.add(cut.response());
        service.add(cut.service());
        lag.add(cut.lag());
        connect.add(cut.connect());
        cut.errors().forEach((kind, count) -> errors.merge(kind, count, Long::sum));
        for (int status = 0; status < cut.statuses().length; status++) {
            if (cut.statuses()[status] > 0) {
                statuses.merge(status, cut.statuses()[status], Long::sum);
            }
        }
        // several shards may each have as many as one load keeps
        cut.pods()
                .forEach((pod, figures) -> pods.computeIfAbsent(
                                pods.containsKey(pod) || pods.size() < Roster.MOST_POD_NAMES ? pod : Identity.FURTHER,
                                p -> new PodSum())
                        .add(figures));
        cut.errorEvents().stream()
                .limit(Math.max(0, KEPT_ERRORS - errorEvents.size()))
                .forEach(errorEvents::add);
        answeredMillis.or(cut.answeredMillis());
    }

    private static void add(List<Cut> cuts, List<Visit> visits, RolloutTally tally) {
        visits.stream()
                .filter(v -> v.first() && !v.pod().isEmpty())
                .forEach(v -> tally.connected(v.pod(), v.openedNanos()));
        for (Cut cut : cuts) {
            cut.errorCells().forEach(tally::failed);
            cut.pods().forEach((pod, figures) -> {
                if (!pod.isEmpty() && figures.requests() > 0) {
                    tally.answered(pod, figures.answers(), figures.lastSeen());
                }
            });
        }
    }

    private void take(Visit visit) {
        if (visit.seenAddress().isEmpty()) {
            unsaid++;
        } else {
            census.merge(new SentSeen(visit.source(), visit.seenAddress()), 1L, Long::sum);
        }
    }

    private static List<Visit> visits(List<Cut> cuts) {
        return cuts.stream()
                .flatMap(c -> c.visits().stream())
                .sorted(Comparator.comparingLong(Visit::openedNanos))
                .toList();
    }

    private List<PodFigures> podFigures() {
        return pods.entrySet().stream()
                .map(e -> e.getValue().figures(e.getKey(), answered))
                .toList();
    }

    private Balance balance() {
        if (pods.containsKey(Identity.FURTHER)) {
            return new Balance.Refused(
                    "more than " + Roster.MOST_PODS + " names were said, and no more are kept apart");
        }
        Map<String, Long> firstPicks = affinity.sourcesByFirstPod();
        return Balance.of(
                keepsSources ? Balance.Draw.SOURCE : Balance.Draw.CONNECTION,
                pods.entrySet().stream()
                        .filter(e -> !e.getKey().isEmpty())
                        .map(e -> keepsSources ? firstPicks.getOrDefault(e.getKey(), 0L) : e.getValue().connections)
                        .toList(),
                endpoints);
    }

    private Census census() {
        long all = census.values().stream().mapToLong(Long::longValue).sum();
        long preserved = census.entrySet().stream()
                .filter(e -> e.getKey().sentFrom().equals(e.getKey().seenAs()))
                .mapToLong(Map.Entry::getValue)
                .sum();
        List<Census.Row> rows = census.entrySet().stream()
                .map(e -> new Census.Row(e.getKey().sentFrom(), e.getKey().seenAs(), e.getValue()))
                .sorted(Comparator.comparingLong(Census.Row::connections)
                        .reversed()
                        .thenComparing(Census.Row::sentFrom)
                        .thenComparing(Census.Row::seenAs))
                .limit(Census.MOST_ROWS)
                .toList();
        return new Census(all, preserved, unsaid, rows);
    }

    /** The longest time without a good answer, to within 1 ms, as seconds. */
    private Figures.Gap longestGap(double seconds) {
        int end = (int) (seconds * 1000);
        int longest = 0;
        int longestFrom = 0;
        int from = 0;
        while (from < end) {
            int next = answeredMillis.nextSetBit(from);
            int until = next < 0 || next > end ? end : next;
            if (until - from > longest) {
                longest = until - from;
                longestFrom = from;
            }
            from = until + 1;
        }
        return new Figures.Gap(longestFrom / 1000.0, longest / 1000.0);
    }

    /** One pod's figures over the run. */
    private static final class PodSum {
        private long requests;
        private long connections;
        private long errors;
        private long firstSeen = Long.MAX_VALUE;
        private long lastSeen = Long.MIN_VALUE;
        private final Histogram response = Histograms.coarse();

        void add(Cut.Pod cut) {
            requests += cut.requests();
            connections += cut.connections();
            errors += cut.errors();
            firstSeen = Math.min(firstSeen, cut.firstSeen());
            lastSeen = Math.max(lastSeen, cut.lastSeen());
            response.add(cut.response());
        }

        PodFigures figures(String pod, long answered) {
            return new PodFigures(
                    pod,
                    requests,
                    connections,
                    answered == 0 ? 0 : (double) requests / answered,
                    errors,
                    requests == 0 ? 0 : firstSeen / 1e9,
                    requests == 0 ? 0 : lastSeen / 1e9,
                    Quantiles.of(response));
        }
    }

    /** One interval over all event loops. */
    private static final class Sum {
        private long due;
        private long answered;
        private long connections;
        private final Map<ErrorKind, Long> errors = new EnumMap<>(ErrorKind.class);
        private final Histogram response = Histograms.precise();
        private final Histogram service = Histograms.precise();
        private final Histogram lag = Histograms.precise();

        boolean isEmpty() {
            return due == 0 && answered == 0 && errors.isEmpty();
        }

        void add(Cut cut) {
            due += cut.due();
            answered += cut.answered();
            connections += cut.connections();
            cut.errors().forEach((kind, count) -> errors.merge(kind, count, Long::sum));
            response.add(cut.response());
            service.add(cut.service());
            lag.add(cut.lag());
        }
    }
}
