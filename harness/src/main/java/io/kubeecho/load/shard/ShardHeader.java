package io.kubeecho.load.shard;

import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.schedule.Shard;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a load before it begins.
 *
 * @param kubeEcho the version that runs it
 * @param shard whose part it is
 * @param targets the URLs as given
 * @param settings of the whole load, by the names of the options, in their order
 * @param interval of the series
 * @param affinity what is expected of the Service
 * @param endpoints how many pods there are, where that is known
 * @param objectives to judge the whole load by, as given
 */
public record ShardHeader(
        String kubeEcho,
        Shard shard,
        List<String> targets,
        Map<String, String> settings,
        Duration interval,
        SessionAffinity affinity,
        Optional<Integer> endpoints,
        Optional<String> objectives) {

    /** More endpoints of a Service are taken for a slip: a cluster has at most 150,000 pods. */
    public static final int MOST_ENDPOINTS = 150_000;

    public ShardHeader {
        targets = List.copyOf(targets);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
