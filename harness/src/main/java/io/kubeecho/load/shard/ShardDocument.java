package io.kubeecho.load.shard;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeecho.load.identity.Roster;
import io.kubeecho.load.measure.Ending;
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.schedule.Shard;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A shard's document as JSON has it; {@code shard.schema.json} says what its fields mean. What is not known is an empty
 * text or 0, so that every field is there.
 */
record ShardDocument(
        String format,
        String kubeEcho,
        int shard,
        int shards,
        List<String> targets,
        Map<String, String> settings,
        long intervalNanos,
        boolean affinityExpected,
        double affinityTimeout,
        int endpoints,
        String objectives,
        List<CutDocument> cuts,
        List<String> names,
        Map<String, PodTotal> pods,
        String started,
        double sendingSeconds,
        double lastAnswer,
        double lastOutcome,
        boolean interrupted,
        String lastFailure,
        Generator generator) {

    /** How a document begins, whatever its version. */
    static final String FAMILY = "kube-echo shard ";

    static final String FORMAT = FAMILY + "2";

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("3000-01-01T00:00:00Z");

    /** What each interval has of a pod is only counts; these are of the whole time. */
    record PodTotal(long firstSeen, long lastSeen, String response) {}

    /** What the generator has to say about itself. */
    record Generator(
            String overslept,
            double busiestLoop,
            double processCpuSeconds,
            double machineBusy,
            double gcSeconds,
            long mostWaiting,
            List<String> limits,
            List<String> notes) {}

    /** As many milliseconds as are counted of a load, some 24 days. */
    private static final double MOST_SECONDS = Integer.MAX_VALUE / 1e3;

    private static final long MOST_COUNT = 1_000_000_000_000_000L;

    /** Empty intervals between those that are there, at most so many for each. */
    private static final int MOST_HOLES = 10;

    /**
     * Looks whether a load can have left this: others may have written it, and it is added up.
     *
     * @throws IllegalArgumentException if none can have; the message says why
     */
    void require() {
        require(startedAt().isAfter(EARLIEST) && startedAt().isBefore(LATEST), "a start at " + started);
        require(intervalNanos >= 1_000_000, "an interval of " + intervalNanos + " ns");
        require(affinityTimeout >= 0 && affinityTimeout <= 4e12, "an affinity timeout of " + affinityTimeout + " s");
        require(endpoints >= 0 && endpoints <= ShardHeader.MOST_ENDPOINTS, endpoints + " endpoints");
        require(pods.size() <= Roster.MOST_POD_NAMES, pods.size() + " pods");
        for (double time : new double[] {sendingSeconds, lastAnswer, lastOutcome}) {
            require(time >= 0 && time <= MOST_SECONDS, "a time of " + time + " s");
        }
        cuts.forEach(ShardDocument::require);
        require(
                seconds() * 1e9 / intervalNanos <= (double) MOST_HOLES * (cuts.size() + 100),
                cuts.size() + " intervals in " + seconds() + " s");
        for (double figure :
                new double[] {generator.busiestLoop(), generator.processCpuSeconds(), generator.gcSeconds()}) {
            require(figure >= 0 && figure <= 1e12, "a figure of the generator of " + figure);
        }
        require(generator.machineBusy() >= -1 && generator.machineBusy() <= 1e3, "a busy machine");
        requireCount(generator.mostWaiting());
    }

    private static void require(CutDocument cut) {
        require(
                cut.from() >= 0 && cut.to() >= cut.from() && cut.to() <= MOST_SECONDS,
                "an interval from " + cut.from() + " to " + cut.to() + " s");
        require(
                cut.answeredFrom() >= 0 && cut.answeredFrom() <= cut.to() * 1e3 + 1,
                "an answer after " + cut.answeredFrom() + " ms");
        require(cut.pods().size() <= Roster.MOST_POD_NAMES, cut.pods().size() + " pods");
        for (long count : new long[] {
            cut.due(), cut.answered(), cut.bytes(), cut.connections(), cut.closedByTarget(), cut.sentAgain()
        }) {
            requireCount(count);
        }
        cut.errors().values().forEach(ShardDocument::requireCount);
        cut.statuses().values().forEach(ShardDocument::requireCount);
        cut.pods().values().forEach(pod -> {
            requireCount(pod.requests());
            requireCount(pod.connections());
            requireCount(pod.errors());
        });
    }

    private static void requireCount(long count) {
        require(count >= 0 && count <= MOST_COUNT, "a count of " + count);
    }

    private static void require(boolean possible, String what) {
        if (!possible) {
            throw new IllegalArgumentException("no load leaves " + what);
        }
    }

    Shard place() {
        return new Shard(shard - 1, shards);
    }

    Instant startedAt() {
        return Instant.parse(started);
    }

    /** Seconds from its own start until its last interval ended. */
    double seconds() {
        return cuts.stream().mapToDouble(CutDocument::to).max().orElse(0);
    }

    /** By its own clock. */
    Ending ending() {
        return new Ending(sendingSeconds, lastAnswer, lastOutcome);
    }

    ShardHeader header() {
        return new ShardHeader(
                kubeEcho,
                place(),
                targets,
                settings,
                Duration.ofNanos(intervalNanos),
                new SessionAffinity(affinityExpected, Duration.ofNanos(Math.round(affinityTimeout * 1e9))),
                endpoints == 0 ? Optional.empty() : Optional.of(endpoints),
                objectives.isEmpty() ? Optional.empty() : Optional.of(objectives));
    }
}
