package io.kubeecho.load.measure;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.rollout.ErrorCell;
import io.kubeecho.load.rollout.SlotCounts;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What one event loop recorded in one interval; belongs to who receives it. */
@SuppressWarnings("ArrayRecordComponent") // handed over once and never compared
public record Cut(
        long due,
        long answered,
        long bytes,
        long connections,
        long closedByTarget,
        long sentAgain,
        Map<ErrorKind, Long> errors,
        long[] statuses,
        Histogram response,
        Histogram service,
        Histogram lag,
        Histogram connect,
        Map<String, Pod> pods,
        List<ErrorEvent> errorEvents,
        Map<ErrorCell, Long> errorCells,
        List<Visit> visits,
        BitSet answeredMillis) {

    /**
     * One pod's part in it.
     *
     * @param firstSeen when it first answered, in nanoseconds from the start of what is measured; {@link Long#MAX_VALUE}
     *     where it did not
     * @param lastSeen when it last answered; {@link Long#MIN_VALUE} where it did not
     * @param answers when it answered, to be held against the changes of the endpoints
     */
    public record Pod(
            long requests,
            long connections,
            long errors,
            long firstSeen,
            long lastSeen,
            Histogram response,
            SlotCounts answers) {}
}
