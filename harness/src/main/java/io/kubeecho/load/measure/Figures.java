package io.kubeecho.load.measure;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.identity.Identity;
import io.kubeecho.load.rollout.Rollout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * All that was measured in a run.
 *
 * @param seconds how long was measured, with the time at the end in which answers were waited for
 * @param ending of sends, answers and outcomes; of all three the last interval's end while it runs
 * @param due sends that were due
 * @param answered answers, of any status
 * @param bytes of their bodies
 * @param connections opened
 * @param closedByTarget connections that the target closed while nothing was asked on them
 * @param sentAgain times that a request went out once more, since the target said that it had not processed it
 * @param errors what went wrong, by kind; those with none left out
 * @param statuses answers by HTTP status
 * @param response times from the intended send, of answers and of what was given up after all its time
 * @param service times from the actual send, of answers
 * @param lag of the generator: from the intended send until its event loop came to it
 * @param connect times to open a connection, with its TLS handshake
 * @param longestGap without a good answer
 * @param errorEvents the first 10,000
 * @param rollout what was seen of the endpoints' changes, where the Service is watched
 */
public record Figures(
        double seconds,
        Ending ending,
        long due,
        long answered,
        long bytes,
        long connections,
        long closedByTarget,
        long sentAgain,
        Map<ErrorKind, Long> errors,
        Map<Integer, Long> statuses,
        Histogram response,
        Histogram service,
        Histogram lag,
        Quantiles connect,
        List<PodFigures> pods,
        Balance balance,
        Affinity.Findings affinity,
        Census census,
        Gap longestGap,
        List<ErrorEvent> errorEvents,
        List<IntervalFigures> intervals,
        Optional<Rollout> rollout) {

    /**
     * A time without a good answer.
     *
     * @param fromSeconds when it began
     * @param seconds how long it was, to within 1 ms
     */
    public record Gap(double fromSeconds, double seconds) {}

    /** How many requests went wrong. */
    public long errorCount() {
        return errors.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Requests whose fate is known: answered, or failed without an answer. */
    public long finished() {
        long answeredBadly = errors.getOrDefault(ErrorKind.HTTP_4XX, 0L) + errors.getOrDefault(ErrorKind.HTTP_5XX, 0L);
        return answered + errorCount() - answeredBadly;
    }

    /** The share of requests that went wrong, 0 to 1; 0 if there were none. */
    public double errorShare() {
        return finished() == 0 ? 0 : (double) errorCount() / finished();
    }

    /**
     * Answers a second, over the time in which sends were due. A target that fell behind takes longer over them, and that
     * counts; the time that one request takes (the 99th percentile of the service time) does not, since the last one has to
     * take it too.
     */
    public double rate() {
        double one = service.getTotalCount() == 0 ? 0 : service.getValueAtPercentile(99) / 1e9;
        double window = Math.max(ending.sending(), ending.lastAnswer() - one);
        return window <= 0 ? 0 : answered / window;
    }

    /** Sends due a second. */
    public double dueRate() {
        return ending.sending() <= 0 ? 0 : due / ending.sending();
    }

    /** Connections that carried what was measured. */
    public long connectionsUsed() {
        return pods.stream().mapToLong(PodFigures::connections).sum();
    }

    /** How many pods said their name, of those that are kept apart. */
    public long podCount() {
        return pods.stream()
                .filter(p -> !p.pod().isEmpty() && !p.pod().equals(Identity.FURTHER))
                .count();
    }

    /** Whether more names were said than are kept apart, so that nobody knows how many pods there are and who stayed. */
    public boolean hasFurtherPods() {
        return pods.stream().anyMatch(p -> p.pod().equals(Identity.FURTHER));
    }
}
