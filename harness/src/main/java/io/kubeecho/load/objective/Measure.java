package io.kubeecho.load.objective;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.measure.Balance;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.Move;
import io.kubeecho.load.rollout.Rollout;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.HdrHistogram.Histogram;

/** What an objective is about. */
public final class Measure {

    /** In what a measure is counted. */
    public enum Unit {
        /** Nanoseconds; written with ns, us, µs, ms or s. */
        TIME,
        /** 0 to 1; written with %. */
        SHARE,
        /** A bare number. */
        NUMBER,
        /** Per second; a bare number or one with /s. */
        RATE
    }

    private static final Pattern PERCENTILE = Pattern.compile("(service\\.)?p(\\d{1,2}(?:\\.\\d{1,4})?|100)");

    private final String name;
    private final Unit unit;
    private final boolean affectedByPace;
    private final Function<Figures, OptionalDouble> value;

    private Measure(String name, Unit unit, boolean affectedByPace, Function<Figures, OptionalDouble> value) {
        this.name = name;
        this.unit = unit;
        this.affectedByPace = affectedByPace;
        this.value = value;
    }

    /** As it is written. */
    public String name() {
        return name;
    }

    /** In what it is counted. */
    public Unit unit() {
        return unit;
    }

    /** Whether a generator that is too slow could have made it worse: then missing it says nothing about the target. */
    public boolean affectedByPace() {
        return affectedByPace;
    }

    /** Whether it is about the changes of endpoints, which only a watch of the Service knows. */
    public boolean needsWatch() {
        return name.startsWith("rollout.");
    }

    /** Its value; empty where that cannot be told. */
    public OptionalDouble of(Figures figures) {
        return value.apply(figures);
    }

    /**
     * By how much it may be more than its value, for all that is known: who is the same client behind another address can
     * stay open. A move while the endpoints change or at the end of a load, which cannot be judged, counts for its target:
     * any rollout has some, and what the API permits is no breach. 0 where the value is certain.
     */
    public double mayBeMoreBy(Figures figures) {
        boolean open = name.equals("affinity." + plural(Move.Cause.VIOLATION))
                || name.equals("affinity." + plural(Move.Cause.ENDPOINT_GONE));
        return open ? figures.affinity().count(Move.Cause.MASKED) : 0;
    }

    /**
     * The measure of that name.
     *
     * @param asShare whether it is compared with a percentage: errors can be counted or be a share
     * @throws IllegalArgumentException if there is none
     */
    static Measure named(String name, boolean asShare) {
        return percentile(name)
                .or(() -> errors(name, asShare))
                .or(() -> affinity(name))
                .or(() -> rollout(name, asShare))
                .or(() -> single(name))
                .orElseThrow(() -> new IllegalArgumentException("'" + name + "' is not measured; there is " + ALL));
    }

    /** All names, for messages and help. */
    public static final String ALL =
            "p50 to p99.99, max, mean, service.p99 and so on, errors, errors.KIND, rate, gap, pods,"
                    + " affinity.violations, affinity.moves, evenness.v, evenness.p, source.preserved, connections, lag.p99,"
                    + " rollout.errors, rollout.stale, rollout.stale-connections, rollout.stale-answers, rollout.changes";

    private static Optional<Measure> percentile(String name) {
        Matcher m = PERCENTILE.matcher(name);
        if (!m.matches()) {
            return Optional.empty();
        }
        double percentile = Double.parseDouble(m.group(2));
        boolean service = m.group(1) != null;
        return Optional.of(time(
                name,
                f -> (double) histogram(f, service).getValueAtPercentile(percentile),
                f -> histogram(f, service)));
    }

    private static Histogram histogram(Figures figures, boolean service) {
        return service ? figures.service() : figures.response();
    }

    private static Measure time(String name, ToDoubleFunction<Figures> value, Function<Figures, Histogram> of) {
        return new Measure(
                name,
                Unit.TIME,
                true,
                f -> of.apply(f).getTotalCount() == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(value.applyAsDouble(f)));
    }

    private static Optional<Measure> errors(String name, boolean asShare) {
        if (!name.equals("errors") && !name.startsWith("errors.")) {
            return Optional.empty();
        }
        ToDoubleFunction<Figures> count;
        if (name.equals("errors")) {
            count = f -> (double) f.errorCount();
        } else {
            String kind = name.substring("errors.".length());
            ErrorKind found = Arrays.stream(ErrorKind.values())
                    .filter(k -> k.text().equals(kind))
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("'" + kind + "' is not a kind of error; there is "
                            + String.join(
                                    ", ",
                                    Arrays.stream(ErrorKind.values())
                                            .map(ErrorKind::text)
                                            .toList())));
            count = f -> (double) f.errors().getOrDefault(found, 0L);
        }
        if (!asShare) {
            return Optional.of(new Measure(name, Unit.NUMBER, true, f -> OptionalDouble.of(count.applyAsDouble(f))));
        }
        return Optional.of(new Measure(
                name,
                Unit.SHARE,
                true,
                f -> f.finished() == 0
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(count.applyAsDouble(f) / f.finished())));
    }

    private static Optional<Measure> affinity(String name) {
        if (name.equals("affinity.moves")) {
            return Optional.of(judged(name, f -> (double) f.affinity().total()));
        }
        return Arrays.stream(Move.Cause.values())
                .filter(cause -> name.equals("affinity." + plural(cause)))
                .findFirst()
                .map(cause -> judged(name, f -> (double) f.affinity().count(cause)));
    }

    /** Nobody knows how many moves there were of a source that several generators share, or between unnamed pods. */
    private static Measure judged(String name, ToDoubleFunction<Figures> value) {
        return new Measure(
                name,
                Unit.NUMBER,
                false,
                f -> f.affinity().sharedSources() > 0 || f.hasFurtherPods()
                        ? OptionalDouble.empty()
                        : OptionalDouble.of(value.applyAsDouble(f)));
    }

    private static Optional<Measure> rollout(String name, boolean asShare) {
        return Optional.ofNullable(
                switch (name) {
                    case "rollout.errors" ->
                        new Measure(
                                name,
                                asShare ? Unit.SHARE : Unit.NUMBER,
                                true,
                                f -> ofRollout(
                                        f,
                                        r -> asShare
                                                ? (double) r.errorCount() / Math.max(1, f.finished())
                                                : r.errorCount()));
                    case "rollout.stale" ->
                        new Measure(name, Unit.TIME, false, f -> ofRollout(f, r -> (double) r.longestStaleNanos()));
                    case "rollout.stale-connections" ->
                        new Measure(name, Unit.NUMBER, false, f -> ofRollout(f, r -> (double) r.staleConnections()));
                    case "rollout.stale-answers" ->
                        new Measure(name, Unit.NUMBER, false, f -> ofRollout(f, r -> (double) r.staleAnswers()));
                    case "rollout.changes" ->
                        new Measure(
                                name,
                                Unit.NUMBER,
                                false,
                                f -> ofRollout(f, r -> (double) r.changes().size()));
                    default -> null;
                });
    }

    private static OptionalDouble ofRollout(Figures figures, ToDoubleFunction<Rollout> value) {
        return figures.rollout().stream().mapToDouble(value).findFirst();
    }

    private static String plural(Move.Cause cause) {
        return cause == Move.Cause.VIOLATION ? "violations" : cause.text();
    }

    private static Measure number(String name, ToDoubleFunction<Figures> value) {
        return new Measure(name, Unit.NUMBER, false, f -> OptionalDouble.of(value.applyAsDouble(f)));
    }

    private static Optional<Measure> single(String name) {
        return Optional.ofNullable(
                switch (name.toLowerCase(Locale.ROOT)) {
                    case "max" -> time(name, f -> (double) f.response().getMaxValue(), Figures::response);
                    case "mean" -> time(name, f -> f.response().getMean(), Figures::response);
                    case "lag.p99" -> time(name, f -> (double) f.lag().getValueAtPercentile(99), Figures::lag);
                    case "gap" ->
                        new Measure(
                                name,
                                Unit.TIME,
                                true,
                                f -> OptionalDouble.of(f.longestGap().seconds() * 1e9));
                    case "rate" -> new Measure(name, Unit.RATE, true, f -> OptionalDouble.of(f.rate()));
                    case "pods" ->
                        new Measure(
                                name,
                                Unit.NUMBER,
                                false,
                                f -> f.hasFurtherPods()
                                        ? OptionalDouble.empty()
                                        : OptionalDouble.of((double) f.podCount()));
                    case "connections" -> number(name, f -> (double) f.connectionsUsed());
                    case "evenness.v" -> balance(name, Balance.Measured::cramersV);
                    case "evenness.p" -> balance(name, m -> m.test().pValue());
                    case "source.preserved" ->
                        new Measure(
                                name,
                                Unit.SHARE,
                                false,
                                f -> f.census().connections() == 0
                                        ? OptionalDouble.empty()
                                        : OptionalDouble.of(f.census().preservedShare()));
                    default -> null;
                });
    }

    private static Measure balance(String name, ToDoubleFunction<Balance.Measured> value) {
        return new Measure(
                name,
                Unit.NUMBER,
                false,
                f -> f.balance() instanceof Balance.Measured m
                        ? OptionalDouble.of(value.applyAsDouble(m))
                        : OptionalDouble.empty());
    }
}
