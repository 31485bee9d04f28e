package io.kubeecho.load.shard;

import static java.util.stream.Collectors.joining;

import io.kubeecho.load.drive.GeneratorFigures;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.measure.Affinity;
import io.kubeecho.load.measure.Cut;
import io.kubeecho.load.measure.Ending;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.Histograms;
import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Measurement;
import io.kubeecho.load.measure.Quantiles;
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.measure.Visit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;

/** The shards of one load, found to belong together. Their clocks are taken to agree. */
public final class Shards {

    /** The setting of a load that knew the endpoints. */
    private static final String WATCH = "watch-service";

    private final List<ShardPart> parts;
    private final List<Integer> missing;
    private final Instant started;

    private Shards(List<ShardPart> parts, List<Integer> missing) {
        this.parts = parts;
        this.missing = missing;
        this.started = parts.stream()
                .map(p -> p.document().startedAt())
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    /**
     * Looks whether they are the shards of one load, each once.
     *
     * @param partial whether some may be missing
     * @throws ShardException if they are not; the message says what to do
     */
    public static Shards of(List<ShardPart> found, boolean partial) throws ShardException {
        if (found.isEmpty()) {
            throw new ShardException("there is no shard's document in what was given: a load leaves one in"
                    + " *.shard.json, or prints it with --out -");
        }
        List<ShardPart> parts = new ArrayList<>(found);
        parts.sort(Comparator.comparingInt(p -> p.document().shard()));
        ShardPart first = parts.get(0);
        Map<Integer, ShardPart> byNumber = new TreeMap<>();
        for (ShardPart part : parts) {
            requireSameLoad(first, part);
            ShardPart twice = byNumber.put(part.document().shard(), part);
            if (twice != null) {
                throw new ShardException("shard " + part.document().place().text() + " is there twice, in "
                        + twice.from() + " and in " + part.from() + "; leave out the one that is not of this load");
            }
        }
        requireSameTime(parts);
        int count = first.document().shards();
        List<Integer> missing = IntStream.rangeClosed(1, count)
                .filter(number -> !byNumber.containsKey(number))
                .boxed()
                .toList();
        if (!missing.isEmpty() && !partial) {
            throw new ShardException(numbers(missing, count)
                    + " missing; give the rest of the documents too, or report what is there with --partial");
        }
        return new Shards(parts, missing);
    }

    private static void requireSameLoad(ShardPart one, ShardPart other) throws ShardException {
        ShardDocument a = one.document();
        ShardDocument b = other.document();
        String differ = null;
        if (a.shards() != b.shards()) {
            differ = "the number of shards (" + a.shards() + " and " + b.shards() + ")";
        } else if (!a.targets().equals(b.targets())) {
            differ = "the targets (" + String.join(" ", a.targets()) + " and " + String.join(" ", b.targets()) + ")";
        } else if (!a.settings().equals(b.settings())) {
            differ = differingSetting(a.settings(), b.settings());
        } else if (a.intervalNanos() != b.intervalNanos()) {
            differ = "--interval";
        } else if (a.affinityExpected() != b.affinityExpected()
                || a.affinityTimeout() != b.affinityTimeout()
                || !a.objectives().equals(b.objectives())) {
            differ = "--slo or --affinity-timeout";
        } else if (a.endpoints() != b.endpoints()) {
            differ = "--endpoints (" + a.endpoints() + " and " + b.endpoints() + ")";
        }
        if (differ != null) {
            throw new ShardException(one.name() + " and " + other.name() + " are not of one load: they differ in "
                    + differ + "; give the documents of one load only");
        }
    }

    private static String differingSetting(Map<String, String> a, Map<String, String> b) {
        Set<String> names = new LinkedHashSet<>(a.keySet());
        names.addAll(b.keySet());
        return names.stream()
                .filter(name -> !a.getOrDefault(name, "none").equals(b.getOrDefault(name, "none")))
                .map(name -> name + " (" + a.getOrDefault(name, "none") + " and " + b.getOrDefault(name, "none") + ")")
                .collect(joining(", "));
    }

    /** Shards of an earlier run of the same plan are over before the others begin. */
    private static void requireSameTime(List<ShardPart> parts) throws ShardException {
        ShardPart last = parts.stream()
                .max(Comparator.comparing(p -> p.document().startedAt()))
                .orElseThrow();
        for (ShardPart part : parts) {
            double seconds =
                    secondsBetween(part.document().startedAt(), last.document().startedAt())
                            - part.document().seconds();
            if (part != last && seconds > 0) {
                throw new ShardException(String.format(
                        Locale.ROOT,
                        "%s began %.1f s after %s had ended, so they did not make one load; give the documents of one"
                                + " run only, and let its shards begin together with --start-at",
                        last.name(),
                        seconds,
                        part.name()));
            }
        }
    }

    private static String numbers(List<Integer> numbers, int count) {
        String list = numbers.stream().limit(10).map(String::valueOf).collect(joining(", "));
        return (numbers.size() == 1 ? "shard " : "shards ") + list + (numbers.size() > 10 ? ", ..." : "") + " of "
                + count + (numbers.size() == 1 ? " is" : " are");
    }

    /** What is known of all of them. */
    public ShardHeader header() {
        return parts.get(0).header();
    }

    /** When the first of them began to measure. */
    public Instant started() {
        return started;
    }

    /** The settings of the whole load, with how many shards made it. */
    public Map<String, String> settings() {
        Map<String, String> settings = new LinkedHashMap<>(header().settings());
        int count = header().shard().count();
        if (count > 1) {
            settings.put("shards", missing.isEmpty() ? String.valueOf(count) : "only " + parts.size() + " of " + count);
        }
        return settings;
    }

    /**
     * Adds up what they recorded, histogram by histogram, and follows every source anew.
     *
     * @param affinity what is expected of the Service
     * @param endpoints how many pods there are, where that is known
     * @param intervals is told of each interval; the histograms belong to it
     * @throws ShardException if something in a document cannot be read
     */
    public LoadResult add(
            SessionAffinity affinity,
            Optional<Integer> endpoints,
            BiConsumer<IntervalFigures, Measurement.IntervalHistograms> intervals)
            throws ShardException {
        Measurement measurement = new Measurement(affinity, endpoints);
        List<Placed> cuts = new ArrayList<>();
        Set<Affinity.Entry> shared = new HashSet<>();
        Set<Affinity.Entry> seen = new HashSet<>();
        for (ShardPart part : parts) {
            Set<Affinity.Entry> own = new HashSet<>();
            for (Placed placed : placed(part)) {
                cuts.add(placed);
                placed.visits().stream()
                        .filter(Visit::tellsPod)
                        .forEach(v -> own.add(new Affinity.Entry(v.source(), v.target())));
            }
            own.stream().filter(seen::contains).forEach(shared::add);
            seen.addAll(own);
        }
        measurement.leaveOut(shared);
        addIntervals(cuts, measurement, intervals);
        measurement.end(parts.stream()
                .map(p -> p.document().ending().later(shift(p) / 1e9))
                .reduce(Ending::or)
                .orElseThrow());
        Figures figures = measurement.figures();
        return new LoadResult(
                started,
                figures,
                generator(figures),
                parts.stream().anyMatch(p -> p.document().interrupted()),
                parts.stream()
                        .map(p -> p.document().lastFailure())
                        .filter(failure -> !failure.isEmpty())
                        .findFirst());
    }

    /** An interval of one event loop, on the clock of the whole load. */
    private record Placed(
            ShardPart part, CutDocument document, double from, double to, Map<String, ShardDocument.PodTotal> totals) {

        List<Visit> visits() throws ShardException {
            try {
                return VisitColumns.unpack(document.visits(), part.document().names(), 0);
            } catch (RuntimeException e) {
                throw damaged(part, e);
            }
        }

        Cut cut(long shift) throws ShardException {
            try {
                return document.cut(part.document().names(), totals, shift);
            } catch (RuntimeException e) {
                throw damaged(part, e);
            }
        }
    }

    private static ShardException damaged(ShardPart part, RuntimeException why) {
        return new ShardException(part.name() + " is damaged: " + why.getMessage(), why);
    }

    private List<Placed> placed(ShardPart part) {
        double shift = shift(part) / 1e9;
        Map<String, ShardDocument.PodTotal> left =
                new LinkedHashMap<>(part.document().pods());
        List<Placed> placed = new ArrayList<>();
        List<CutDocument> cuts = part.document().cuts();
        for (int i = cuts.size() - 1; i >= 0; i--) {
            CutDocument cut = cuts.get(i);
            Map<String, ShardDocument.PodTotal> last = new LinkedHashMap<>();
            cut.pods().forEach((pod, counts) -> {
                ShardDocument.PodTotal total = counts.requests() > 0 ? left.remove(pod) : null;
                if (total != null) {
                    last.put(pod, total);
                }
            });
            placed.add(0, new Placed(part, cut, cut.from() + shift, cut.to() + shift, last));
        }
        return placed;
    }

    private long shift(ShardPart part) {
        return Duration.between(started, part.document().startedAt()).toNanos();
    }

    private void addIntervals(
            List<Placed> cuts,
            Measurement measurement,
            BiConsumer<IntervalFigures, Measurement.IntervalHistograms> intervals)
            throws ShardException {
        for (Interval interval : parts.size() == 1 ? asTheyAre(cuts) : bySeries(cuts)) {
            List<Cut> all = new ArrayList<>();
            for (Placed placed : interval.cuts()) {
                all.add(placed.cut(shift(placed.part())));
            }
            measurement
                    .add(all, interval.from(), interval.to())
                    .ifPresent(histograms -> intervals.accept(measurement.last(), histograms));
        }
    }

    private record Interval(double from, double to, List<Placed> cuts) {}

    /** One shard's intervals are the series. */
    private static List<Interval> asTheyAre(List<Placed> cuts) {
        Map<Double, Interval> byEnd = new TreeMap<>();
        cuts.forEach(placed -> byEnd.computeIfAbsent(
                        placed.to(), end -> new Interval(placed.from(), end, new ArrayList<>()))
                .cuts()
                .add(placed));
        return List.copyOf(byEnd.values());
    }

    /**
     * Those of several are put where most of them lies: they were cut at the same times, but for some milliseconds. An
     * interval in which no shard had one of its own is there too, so that the series has no hole.
     */
    private List<Interval> bySeries(List<Placed> cuts) {
        double step = header().interval().toNanos() / 1e9;
        Map<Long, List<Placed>> byPlace = new TreeMap<>();
        cuts.forEach(placed -> byPlace.computeIfAbsent(
                        (long) Math.floor((placed.from() + placed.to()) / 2 / step), place -> new ArrayList<>())
                .add(placed));
        List<Interval> series = new ArrayList<>();
        if (cuts.isEmpty()) {
            return series;
        }
        double end = cuts.stream().mapToDouble(Placed::to).max().orElseThrow();
        long last = byPlace.keySet().stream().mapToLong(Long::longValue).max().orElseThrow();
        for (long place = 0; place <= last; place++) {
            series.add(new Interval(
                    place * step, place == last ? end : (place + 1) * step, byPlace.getOrDefault(place, List.of())));
        }
        return series;
    }

    /** The worst of each; what adds up, such as CPU time, is added up. */
    private GeneratorFigures generator(Figures figures) throws ShardException {
        Histogram overslept = Histograms.coarse();
        for (ShardPart part : parts) {
            try {
                overslept.add(Packed.coarse(part.document().generator().overslept()));
            } catch (IllegalArgumentException e) {
                throw damaged(part, e);
            }
        }
        List<ShardDocument.Generator> all =
                parts.stream().map(p -> p.document().generator()).toList();
        return new GeneratorFigures(
                Quantiles.of(figures.lag()),
                overslept,
                all.stream()
                        .mapToDouble(ShardDocument.Generator::busiestLoop)
                        .max()
                        .orElseThrow(),
                all.stream()
                        .mapToDouble(ShardDocument.Generator::processCpuSeconds)
                        .sum(),
                all.stream()
                        .mapToDouble(ShardDocument.Generator::machineBusy)
                        .max()
                        .orElseThrow(),
                all.stream().mapToDouble(ShardDocument.Generator::gcSeconds).sum(),
                all.stream().mapToLong(ShardDocument.Generator::mostWaiting).sum(),
                said(ShardDocument.Generator::limits),
                notes());
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        int count = header().shard().count();
        if (!missing.isEmpty()) {
            notes.add(numbers(missing, count) + " missing: all counts and rates are of the others only");
        }
        if (parts.size() > 1) {
            Instant latest = parts.stream()
                    .map(p -> p.document().startedAt())
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
            double apart = secondsBetween(started, latest);
            // by their own clocks, which nobody compares
            String began = apart == 0 ? "at the same time" : String.format(Locale.ROOT, "within %.0f ms", apart * 1e3);
            notes.add("added up from " + parts.size() + " shards, which began " + began
                    + (apart > 0.1 ? ", so the rate was not the whole one all the time; see --start-at" : ""));
        }
        if (header().settings().containsKey(WATCH)) {
            notes.add("what --" + WATCH + " told is not in a shard's document: moves are judged by who answered");
        }
        notes.addAll(said(ShardDocument.Generator::notes));
        return notes;
    }

    /** What they say, with who says it where that is not all of them. */
    private List<String> said(Function<ShardDocument.Generator, List<String>> what) {
        Map<String, List<Integer>> byText = new LinkedHashMap<>();
        parts.forEach(p -> what.apply(p.document().generator())
                .forEach(text -> byText.computeIfAbsent(text, t -> new ArrayList<>())
                        .add(p.document().shard())));
        List<String> said = new ArrayList<>();
        byText.forEach((text, by) -> said.add(
                by.size() == parts.size()
                        ? text
                        : (by.size() == 1 ? "shard " : "shards ")
                                + by.stream().map(String::valueOf).collect(joining(", ")) + ": " + text));
        return said;
    }

    private static double secondsBetween(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
