package io.kubeecho.stats;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * For how long a data plane really remembers a client, from return visits after many different gaps: nobody who came back
 * earlier has moved, and of those who came back later each has moved with probability 1-1/k.
 *
 * @param atLeast end of the interval; zero where no visit bounds it
 * @param atMost end of the interval; empty where nobody moved, so that nothing bounds it
 * @param confidence that the interval holds the true value, at least
 */
public record TimeoutEstimate(Duration atLeast, Optional<Duration> atMost, double confidence) {

    /**
     * One return visit.
     *
     * @param atLeast the gap is no shorter than this
     * @param atMost and no longer than this
     */
    public record Visit(Duration atLeast, Duration atMost, boolean moved) {}

    /**
     * @param endpoints k, at least two
     * @param confidence above 0 and below 1
     */
    public static TimeoutEstimate of(List<Visit> visits, int endpoints, double confidence) {
        if (endpoints < 2) {
            throw new IllegalArgumentException("with " + endpoints + " endpoint nobody can be seen to move");
        }
        Optional<Duration> atMost =
                visits.stream().filter(Visit::moved).map(Visit::atMost).min(Comparator.naturalOrder());
        // those who stayed beyond the true timeout did so by luck, one in k each
        int byLuck = (int) Math.ceil(Math.log(1 - confidence) / -Math.log(endpoints));
        List<Duration> stayed = visits.stream()
                .filter(v -> !v.moved())
                .map(Visit::atLeast)
                .filter(gap -> atMost.isEmpty() || gap.compareTo(atMost.get()) < 0)
                .sorted(Comparator.reverseOrder())
                .toList();
        Duration atLeast = stayed.size() < byLuck ? Duration.ZERO : stayed.get(byLuck - 1);
        return new TimeoutEstimate(atLeast, atMost, confidence);
    }
}
