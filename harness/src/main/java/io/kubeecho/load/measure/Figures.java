package io.kubeecho.load.measure;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.rollout.Rollout;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;

/**
 * All that was measured in a run.
 *
 * @param seconds how long was measured, with the time at the end in which answers were waited for
 * @param sendingSeconds until the last send was made
 * @param answeredWhileSending answers until then
 * @param due sends that were due
 * @param answered answers, of any status
 * @param bytes of their bodies
 * @param connections opened
 * @param closedByTarget connections that the target closed while nothing was asked on them
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
        double sendingSeconds,
        long answeredWhileSending,
        long due,
        long answered,
        long bytes,
        long connections,
        long closedByTarget,
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

    /** Answers a second while requests were sent: the wait for the last ones says nothing about throughput. */
    public double rate() {
        return sendingSeconds == 0 ? 0 : answeredWhileSending / sendingSeconds;
    }

    /** Sends due a second. */
    public double dueRate() {
        return sendingSeconds == 0 ? 0 : due / sendingSeconds;
    }

    /** Connections that carried what was measured. */
    public long connectionsUsed() {
        return pods.stream().mapToLong(PodFigures::connections).sum();
    }

    /** How many pods said their name. */
    public long podCount() {
        return pods.stream().filter(p -> !p.pod().isEmpty()).count();
    }
}
