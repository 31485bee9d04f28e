package io.kubeecho.load.measure;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.identity.Identity;
import io.kubeecho.load.rollout.ErrorCell;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one event loop records, without locks. Times are nanoseconds from the start of what is measured; what was due
 * before it is warm-up, and leaves no trace but in the affinity of its sources. For one thread.
 */
public final class LoopTally {

    /** More errors in one interval are counted and not kept one by one. */
    private static final int KEPT_ERRORS = 1_000;

    private final boolean byPod;
    private final Map<String, PodTally> pods = new HashMap<>();
    private Identity lastIdentity = Identity.UNKNOWN;
    private @Nullable PodTally lastPod;

    private Histogram response = Histograms.precise();
    private Histogram service = Histograms.precise();
    private Histogram lag = Histograms.precise();
    private Histogram connect = Histograms.precise();
    private long due;
    private long answered;
    private long bytes;
    private long connections;
    private long closedByTarget;
    private long sentAgain;
    private long lastAnswer;
    private long lastOutcome;
    private Map<ErrorKind, Long> errors = new EnumMap<>(ErrorKind.class);
    private long[] statuses = new long[600];
    private List<ErrorEvent> errorEvents = new ArrayList<>();
    private Map<ErrorCell, Long> errorCells = new HashMap<>();
    private List<Visit> visits = new ArrayList<>();
    /** The milliseconds in which a good answer came. */
    private BitSet answeredMillis = new BitSet();

    /** @param byPod whether to keep figures for each pod */
    public LoopTally(boolean byPod) {
        this.byPod = byPod;
    }

    /**
     * A send was looked at.
     *
     * @param intended when it was due
     * @param now when the event loop came to it
     */
    public void due(long intended, long now) {
        if (intended >= 0) {
            due++;
            Histograms.record(lag, now - intended);
        }
    }

    /** A connection was opened, and took so long. */
    public void connected(long begun, long now) {
        if (begun >= 0) {
            connections++;
            Histograms.record(connect, now - begun);
        }
    }

    /** The target closed a connection while nothing was asked on it. */
    public void closedByTarget(long now) {
        if (now >= 0) {
            closedByTarget++;
        }
    }

    /** A request went out again, since the target said that it had not processed it. */
    public void sentAgain(long intended) {
        if (intended >= 0) {
            sentAgain++;
        }
    }

    /** A connection's first answer came, or the first that is measured. */
    public void visited(Visit visit) {
        visits.add(visit);
        if (visit.counted()) {
            pod(visit.pod()).connections++;
        }
    }

    /**
     * A request was answered.
     *
     * @param intended when it was due
     * @param sent when it was sent
     * @param now when the whole answer was there
     */
    public void answered(long intended, long sent, long now, int status, long bodyBytes, Identity identity) {
        if (intended < 0) {
            return;
        }
        lastAnswer = now;
        lastOutcome = now;
        answered++;
        bytes += bodyBytes;
        statuses[Math.min(status, statuses.length - 1)]++;
        Histograms.record(response, now - intended);
        Histograms.record(service, now - sent);
        boolean error = status >= 400;
        if (byPod) {
            podOf(identity).answered(now, now - intended, error);
        }
        if (error) {
            ErrorKind kind = status >= 500 ? ErrorKind.HTTP_5XX : ErrorKind.HTTP_4XX;
            count(kind, sent, now, identity.pod(), "status " + status);
        } else {
            answeredMillis.set((int) (now / 1_000_000));
        }
    }

    /**
     * A request was not answered. One that took all the time it was given counts in the response times with the time it
     * took, so that silence cannot flatter them.
     *
     * @param sent when it was sent, or its connection begun
     * @param pod who answers on that connection, empty if not known
     */
    public void failed(long intended, long sent, long now, ErrorKind kind, String pod, String detail) {
        if (intended < 0) {
            return;
        }
        if (kind == ErrorKind.TIMEOUT || kind == ErrorKind.CONNECT_TIMEOUT || kind == ErrorKind.NOT_SENT) {
            Histograms.record(response, now - intended);
        }
        lastOutcome = now;
        if (!pod.isEmpty()) {
            pod(pod).errors++;
        }
        count(kind, sent, now, pod, detail);
    }

    /** Nobody waits for an outcome any more: those in flight would have had one later. */
    public void outcomesUntil(long now) {
        lastOutcome = Math.max(lastOutcome, now);
    }

    /** When the last answer came and the last outcome of all, warm-up left out. */
    public Ending ending(double sendingSeconds) {
        return new Ending(sendingSeconds, lastAnswer / 1e9, lastOutcome / 1e9);
    }

    /** Hands over what was recorded since the last cut, and begins anew. */
    public Cut cut() {
        Map<String, Cut.Pod> cutPods = new HashMap<>();
        pods.values()
                .forEach(p -> cutPods.put(
                        p.pod,
                        new Cut.Pod(
                                p.requests, p.connections, p.errors, p.firstSeen, p.lastSeen, p.response, p.answers)));
        Cut cut = new Cut(
                due,
                answered,
                bytes,
                connections,
                closedByTarget,
                sentAgain,
                errors,
                statuses,
                response,
                service,
                lag,
                connect,
                cutPods,
                errorEvents,
                errorCells,
                visits,
                answeredMillis);
        pods.clear();
        lastPod = null;
        lastIdentity = Identity.UNKNOWN;
        response = Histograms.precise();
        service = Histograms.precise();
        lag = Histograms.precise();
        connect = Histograms.precise();
        due = 0;
        answered = 0;
        bytes = 0;
        connections = 0;
        closedByTarget = 0;
        sentAgain = 0;
        errors = new EnumMap<>(ErrorKind.class);
        statuses = new long[statuses.length];
        errorEvents = new ArrayList<>();
        errorCells = new HashMap<>();
        visits = new ArrayList<>();
        answeredMillis = new BitSet();
        return cut;
    }

    private void count(ErrorKind kind, long sent, long now, String pod, String detail) {
        errors.merge(kind, 1L, Long::sum);
        errorCells.merge(ErrorCell.of(kind, pod, sent, now), 1L, Long::sum);
        if (errorEvents.size() < KEPT_ERRORS) {
            errorEvents.add(new ErrorEvent(now, kind, pod, detail));
        }
    }

    private PodTally podOf(Identity identity) {
        PodTally known = lastPod;
        if (known != null && identity.equals(lastIdentity)) {
            return known;
        }
        PodTally found = pod(identity.pod());
        lastPod = found;
        lastIdentity = identity;
        return found;
    }

    private PodTally pod(String name) {
        return pods.computeIfAbsent(name, PodTally::new);
    }
}
