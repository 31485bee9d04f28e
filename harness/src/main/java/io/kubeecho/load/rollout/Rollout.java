package io.kubeecho.load.rollout;

import io.kubeecho.load.connection.ErrorKind;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What a load saw of the changes of its Service's endpoints.
 *
 * @param service as {@code namespace/name}
 * @param grace for how long after a change a node may act on what was before, and what goes wrong is lined up with it
 * @param first the endpoints that there were at first
 * @param readyAtFirst pods that were ready before the first change
 * @param readyAtLast pods that were ready after the last one
 * @param changes in their order, with what came of each
 * @param errorsElsewhere what went wrong, and is in the time of no change
 * @param gapAfter the change that explains the longest time without a good answer; an index of {@code changes}
 * @param familiar how many names answered that are those of endpoints
 * @param strangers names that answered, and are those of no endpoint; the first 20
 * @param breaks of the watch
 */
public record Rollout(
        String service,
        Duration grace,
        Map<Endpoint, EndpointState> first,
        int readyAtFirst,
        int readyAtLast,
        List<Seen> changes,
        Map<ErrorKind, Long> errorsElsewhere,
        OptionalInt gapAfter,
        int familiar,
        List<String> strangers,
        List<EndpointHistory.Break> breaks) {

    public Rollout {
        first = Map.copyOf(first);
        changes = List.copyOf(changes);
        errorsElsewhere = Map.copyOf(errorsElsewhere);
        strangers = List.copyOf(strangers);
        breaks = List.copyOf(breaks);
    }

    /**
     * A change, and what the load saw of it.
     *
     * @param errors what went wrong in its time, and is explained by no other change better
     * @param firstConnection where the pod became ready: how much later its first new connection was begun; a little less
     *     than nothing if a node heard of it earlier than we did
     * @param stale where the pod ceased to be ready: what it answered all the same, until it was ready again
     */
    public record Seen(EndpointChange change, Errors errors, OptionalLong firstConnection, Stale stale) {}

    /**
     * @param byKind those with none left out
     * @param firstNanos from the change to the first of them
     * @param lastNanos from the change to the last of them
     */
    public record Errors(Map<ErrorKind, Long> byKind, long firstNanos, long lastNanos) {

        public Errors {
            byKind = Map.copyOf(byKind);
        }

        /** How many. */
        public long count() {
            return sum(byKind);
        }
    }

    /**
     * What came from a pod that was not ready any more.
     *
     * @param connections that were begun after the change, and answered by it: a node had not followed yet
     * @param lastConnection from the change to the beginning of the last of them
     * @param answers on whichever connections, to within a hundredth of a second; on kept ones they are as it should be
     * @param lastAnswer from the change to the last of them
     */
    public record Stale(long connections, OptionalLong lastConnection, long answers, OptionalLong lastAnswer) {}

    /** Errors in the time of a change, by kind. */
    public Map<ErrorKind, Long> errors() {
        Map<ErrorKind, Long> all = new EnumMap<>(ErrorKind.class);
        changes.forEach(c -> c.errors().byKind().forEach((kind, count) -> all.merge(kind, count, Long::sum)));
        return all;
    }

    /** How many errors are in the time of a change. */
    public long errorCount() {
        return sum(errors());
    }

    /** New connections that were answered by pods that were not ready any more. */
    public long staleConnections() {
        return changes.stream().mapToLong(c -> c.stale().connections()).sum();
    }

    /** Answers by pods that were not ready any more, on whichever connections. */
    public long staleAnswers() {
        return changes.stream().mapToLong(c -> c.stale().answers()).sum();
    }

    /** For how long after it ceased to be ready, at most, a pod was given new connections; 0 if none was. */
    public long longestStaleNanos() {
        return changes.stream()
                .flatMapToLong(c -> c.stale().lastConnection().stream())
                .max()
                .orElse(0);
    }

    private static long sum(Map<ErrorKind, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }
}
