package io.kubeecho.cli;

import io.kubeecho.load.schedule.Shard;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a load that several processes make is this one's, and when they all begin. */
final class ShardFlags {

    /** What Kubernetes numbers the pods of an Indexed Job by, from 0 on. */
    static final String INDEX = "JOB_COMPLETION_INDEX";

    private static final Duration FARTHEST = Duration.ofMinutes(10);

    private static final Pattern UNIX = Pattern.compile("\\d{9,11}(\\.\\d{1,9})?");

    @Option(
            names = "--shard",
            paramLabel = "I/N",
            description = "Make the I-th of N parts of this load; 'kube-echo report' puts them together. All other"
                    + " options are those of the whole.")
    private @Nullable String shard;

    @Option(
            names = "--shards",
            paramLabel = "N",
            description = "The same in an Indexed Job of Kubernetes, which says by " + INDEX + " which part it is.")
    private @Nullable Integer shards;

    @Option(
            names = "--start-at",
            paramLabel = "TIME",
            description = "When the warm-up begins, as 2026-01-31T12:00:00Z or in seconds of Unix time; at most 10"
                    + " minutes ahead. Default: as soon as connections are open.")
    private @Nullable String startAt;

    /** @throws IllegalArgumentException if what was given names no shard */
    Shard shard(UnaryOperator<@Nullable String> environment) {
        if (shard != null && shards != null) {
            throw new IllegalArgumentException("--shard and --shards exclude each other");
        }
        if (shard != null) {
            return Shard.of(shard);
        }
        if (shards == null) {
            return Shard.WHOLE;
        }
        String index = environment.apply(INDEX);
        if (index == null || !index.matches("\\d{1,6}")) {
            throw new IllegalArgumentException("--shards needs " + INDEX + ", which Kubernetes sets in an Indexed Job"
                    + (index == null ? "" : ", not '" + index + "'") + "; elsewhere say which it is with --shard I/N");
        }
        return new Shard(Integer.parseInt(index), shards);
    }

    /**
     * When the warm-up begins.
     *
     * @throws IllegalArgumentException if that is no time, or one at which this load cannot begin
     */
    Optional<Instant> startAt(Instant now, Duration warmup) {
        if (startAt == null) {
            return Optional.empty();
        }
        Instant at = time(startAt);
        if (at.isAfter(now.plus(FARTHEST))) {
            throw new IllegalArgumentException("--start-at " + startAt + " is more than " + FARTHEST.toMinutes()
                    + " minutes ahead; it is " + now + " here");
        }
        if (at.plus(warmup).isBefore(now)) {
            throw new IllegalArgumentException("--start-at " + startAt + " is over, and the warm-up of "
                    + LoadOutput.text(warmup) + " with it; it is " + now + " here");
        }
        return Optional.of(at);
    }

    private static Instant time(String text) {
        if (UNIX.matcher(text).matches()) {
            return Instant.ofEpochMilli(Math.round(Double.parseDouble(text) * 1e3));
        }
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "--start-at " + text + " is neither a time such as 2026-01-31T12:00:00Z nor seconds of Unix time",
                    e);
        }
    }
}
