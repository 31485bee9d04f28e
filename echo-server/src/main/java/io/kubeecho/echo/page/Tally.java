package io.kubeecho.echo.page;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What was seen of one target, in bounded memory. */
final class Tally {

    /** What a late viewer is shown of the strip. */
    static final int MOST_RECENT = 240;

    private static final int MOST_PODS = 50;

    /**
     * A pod's share.
     *
     * @param last its latest answer
     */
    record PodCount(Visit.Answered last, long connections) {}

    private final Deque<Visit> recent = new ArrayDeque<>();
    private final Map<String, PodCount> pods = new LinkedHashMap<>();
    private Optional<String> runningPod = Optional.empty();
    private long run;
    private long unanswered;

    void add(Visit visit) {
        if (recent.size() == MOST_RECENT) {
            recent.removeFirst();
        }
        recent.addLast(visit);
        Optional<String> pod = Optional.empty();
        if (visit.outcome() instanceof Visit.Answered answered) {
            pod = Optional.of(answered.pod());
            count(answered);
        } else {
            unanswered++;
        }
        // nobody is no pod, and two failures are no run
        run = pod.isPresent() && pod.equals(runningPod) ? run + 1 : pod.isPresent() ? 1 : 0;
        runningPod = pod;
    }

    private void count(Visit.Answered answered) {
        PodCount before = pods.get(answered.pod());
        if (before == null && pods.size() == MOST_PODS) {
            // of a target that invents names the first are counted
            return;
        }
        pods.put(answered.pod(), new PodCount(answered, before == null ? 1 : before.connections() + 1));
    }

    /** The latest visits, oldest first. */
    List<Visit> recent() {
        return List.copyOf(recent);
    }

    /** The pods in the order in which they first answered. */
    Collection<PodCount> pods() {
        return pods.values();
    }

    /** How many connections in a row the pod has had that answered last; 0 if none did. */
    long run() {
        return run;
    }

    /** Connections that no echo pod answered. */
    long unanswered() {
        return unanswered;
    }
}
