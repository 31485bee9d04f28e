package io.kubeecho.load.shard;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.measure.Cut;
import io.kubeecho.load.measure.ErrorEvent;
import io.kubeecho.load.measure.Histograms;
import io.kubeecho.load.rollout.SlotCounts;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What one event loop recorded in one interval, as JSON has it; without what is only for a watch of the endpoints. */
record CutDocument(
        double from,
        double to,
        long due,
        long answered,
        long bytes,
        long connections,
        long closedByTarget,
        long sentAgain,
        Map<String, Long> errors,
        Map<Integer, Long> statuses,
        String response,
        String service,
        String lag,
        String connect,
        Map<String, PodCounts> pods,
        List<Event> errorEvents,
        String visits,
        int answeredFrom,
        String answeredMillis) {

    private static final Histogram NOTHING = Histograms.coarse();

    /** Counts of one pod. */
    record PodCounts(long requests, long connections, long errors) {}

    /** Something that went wrong, so many nanoseconds from the start. */
    record Event(long at, String kind, String pod, String detail) {}

    static CutDocument of(Cut cut, double from, double to, int mostEvents, Names names) {
        Map<String, Long> errors = new TreeMap<>();
        cut.errors().forEach((kind, count) -> errors.put(kind.text(), count));
        Map<Integer, Long> statuses = new TreeMap<>();
        for (int status = 0; status < cut.statuses().length; status++) {
            if (cut.statuses()[status] > 0) {
                statuses.put(status, cut.statuses()[status]);
            }
        }
        Map<String, PodCounts> pods = new TreeMap<>();
        cut.pods().forEach((pod, p) -> pods.put(pod, new PodCounts(p.requests(), p.connections(), p.errors())));
        int answeredFrom = Math.max(0, cut.answeredMillis().nextSetBit(0));
        return new CutDocument(
                from,
                to,
                cut.due(),
                cut.answered(),
                cut.bytes(),
                cut.connections(),
                cut.closedByTarget(),
                cut.sentAgain(),
                errors,
                statuses,
                Packed.of(cut.response()),
                Packed.of(cut.service()),
                Packed.of(cut.lag()),
                Packed.of(cut.connect()),
                pods,
                cut.errorEvents().stream()
                        .limit(Math.max(0, mostEvents))
                        .map(e -> new Event(e.atNanos(), e.kind().text(), e.pod(), e.detail()))
                        .toList(),
                VisitColumns.pack(cut.visits(), names),
                answeredFrom,
                Packed.of(cut.answeredMillis(), answeredFrom));
    }

    /**
     * As the event loop had it.
     *
     * @param totals of the pods that answered in this interval for the last time
     * @param shiftNanos how much later this shard began than the load
     * @throws IllegalArgumentException if something in it cannot be read
     */
    Cut cut(List<String> names, Map<String, ShardDocument.PodTotal> totals, long shiftNanos) {
        Map<ErrorKind, Long> kinds = new EnumMap<>(ErrorKind.class);
        errors.forEach((kind, count) -> kinds.put(kind(kind), count));
        long[] byStatus = new long[600];
        statuses.forEach((status, count) -> byStatus[status] = count);
        Map<String, Cut.Pod> byPod = new HashMap<>();
        pods.forEach((pod, counts) -> byPod.put(pod, pod(counts, totals.get(pod), shiftNanos)));
        List<ErrorEvent> events = new ArrayList<>();
        errorEvents.forEach(e -> events.add(new ErrorEvent(e.at() + shiftNanos, kind(e.kind()), e.pod(), e.detail())));
        int firstMilli = answeredFrom + (int) (shiftNanos / 1_000_000);
        BitSet answers = Packed.bits(answeredMillis, firstMilli);
        return new Cut(
                due,
                answered,
                bytes,
                connections,
                closedByTarget,
                sentAgain,
                kinds,
                byStatus,
                Packed.precise(response),
                Packed.precise(service),
                Packed.precise(lag),
                Packed.precise(connect),
                byPod,
                events,
                Map.of(),
                VisitColumns.unpack(visits, names, shiftNanos),
                answers);
    }

    private static Cut.Pod pod(PodCounts counts, ShardDocument.@Nullable PodTotal total, long shift) {
        return total == null
                ? new Cut.Pod(
                        counts.requests(),
                        counts.connections(),
                        counts.errors(),
                        Long.MAX_VALUE,
                        Long.MIN_VALUE,
                        NOTHING,
                        new SlotCounts())
                : new Cut.Pod(
                        counts.requests(),
                        counts.connections(),
                        counts.errors(),
                        total.firstSeen() + shift,
                        total.lastSeen() + shift,
                        Packed.coarse(total.response()),
                        new SlotCounts());
    }

    private static ErrorKind kind(String text) {
        return ErrorKind.named(text)
                .orElseThrow(() -> new IllegalArgumentException("'" + text + "' is not a kind of error"));
    }
}
