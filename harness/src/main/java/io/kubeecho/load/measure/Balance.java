package io.kubeecho.load.measure;

import io.kubeecho.stats.Evenness;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How evenly a load fell on the pods. χ² is for independent draws. Requests on a kept connection are none, so connections
 * count; and where affinity is expected to keep a source on its pod not even they are, so that sources count, each with
 * its first connection.
 */
public sealed interface Balance {

    /** What is counted. */
    enum Draw {
        CONNECTION,
        SOURCE;

        /** Of several. */
        public String plural() {
            return name().toLowerCase(Locale.ROOT) + "s";
        }
    }

    /**
     * @param draw what was counted
     * @param count how many, over all pods
     * @param cramersV the size of the unevenness, 0 for none to 1 for all on one: χ² without its growth with the count
     * @param maxToMin the most of a pod to the least; infinite if one had none
     */
    record Measured(Draw draw, long count, Evenness.Measured test, double cramersV, double maxToMin)
            implements Balance {}

    /** There is nothing to say, for this reason. */
    record Refused(String why) implements Balance {}

    /**
     * @param draw what is counted
     * @param byPod how many each pod had that was seen
     * @param endpoints how many there are, where that is known: those that were never seen count with none
     */
    static Balance of(Draw draw, List<Long> byPod, Optional<Integer> endpoints) {
        int pods = Math.max(byPod.size(), endpoints.orElse(0));
        if (pods < 2) {
            return new Refused(pods == 0 ? "no pod was seen" : "one pod has nobody to compare with");
        }
        List<Long> counts = new ArrayList<>(byPod);
        while (counts.size() < pods) {
            counts.add(0L);
        }
        long total = counts.stream().mapToLong(Long::longValue).sum();
        Evenness evenness = Evenness.of(counts);
        if (evenness instanceof Evenness.TooFew few) {
            return new Refused(String.format(
                    Locale.ROOT,
                    "%d %s to %d pods are too few: %.1f expected for each, χ² needs %.0f",
                    total,
                    draw.plural(),
                    pods,
                    few.expectedPerEndpoint(),
                    Evenness.LEAST_EXPECTED));
        }
        Evenness.Measured measured = (Evenness.Measured) evenness;
        long max = counts.stream().mapToLong(Long::longValue).max().orElseThrow();
        long min = counts.stream().mapToLong(Long::longValue).min().orElseThrow();
        double v = Math.sqrt(measured.chiSquared() / (total * (double) measured.degrees()));
        return new Measured(draw, total, measured, v, min == 0 ? Double.POSITIVE_INFINITY : (double) max / min);
    }
}
