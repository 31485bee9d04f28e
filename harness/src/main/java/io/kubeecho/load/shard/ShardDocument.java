package io.kubeecho.load.shard;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
        long answeredWhileSending,
        boolean interrupted,
        String lastFailure,
        Generator generator) {

    /** How a document begins, whatever its version. */
    static final String FAMILY = "kube-echo shard ";

    static final String FORMAT = FAMILY + "1";

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

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
