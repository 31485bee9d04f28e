package io.kubeecho.load.measure;

import io.kubeecho.load.rollout.SlotCounts;
import org.HdrHistogram.Histogram;

/** One pod's figures on one event loop, since the last cut. */
final class PodTally {

    final String pod;
    long requests;
    long connections;
    long errors;
    long firstSeen = Long.MAX_VALUE;
    long lastSeen = Long.MIN_VALUE;
    Histogram response = Histograms.coarse();
    final SlotCounts answers = new SlotCounts();

    PodTally(String pod) {
        this.pod = pod;
    }

    void answered(long atNanos, long responseNanos, boolean error) {
        requests++;
        if (error) {
            errors++;
        }
        if (firstSeen == Long.MAX_VALUE) {
            firstSeen = atNanos;
        }
        lastSeen = atNanos;
        answers.add(atNanos);
        Histograms.record(response, responseNanos);
    }
}
