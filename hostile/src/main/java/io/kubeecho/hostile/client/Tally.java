package io.kubeecho.hostile.client;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What became of a good client's requests. Written by its event loop; read when that has nothing more to do with it. */
public final class Tally {

    private static final int MOST_SHOWN = 5;

    private final Map<Way, long[]> asked = new EnumMap<>(Way.class);
    private final Map<Way, long[]> answered = new EnumMap<>(Way.class);
    /** In microseconds, up to a minute, with three digits; of what was answered, from when it was to be sent. */
    private final Histogram micros = new Histogram(60_000_000L, 3);

    private final List<String> wrongs = new ArrayList<>();
    private long refused;
    private long lost;
    private long late;
    private long wrong;

    Tally() {
        for (Way way : Way.values()) {
            asked.put(way, new long[1]);
            answered.put(way, new long[1]);
        }
    }

    private static long[] of(Map<Way, long[]> counts, Way way) {
        return counts.getOrDefault(way, new long[1]);
    }

    void asked(Way way) {
        of(asked, way)[0]++;
    }

    void answered(Ask ask, long now) {
        of(answered, ask.way())[0]++;
        micros.recordValue(Math.min((now - ask.intendedAt()) / 1_000, micros.getHighestTrackableValue()));
    }

    void refused() {
        refused++;
    }

    void lost() {
        lost++;
    }

    void late() {
        late++;
    }

    void wrong(Way way, String what) {
        wrong++;
        if (wrongs.size() < MOST_SHOWN) {
            wrongs.add(way.text() + ": " + what);
        }
    }

    /** How many requests were to be sent. */
    public long asked() {
        return asked.values().stream().mapToLong(count -> count[0]).sum();
    }

    /** How many got the right answer in time. */
    public long answered() {
        return answered.values().stream().mapToLong(count -> count[0]).sum();
    }

    /** The share that got the right answer, from 0 to 1; 1 when nothing was asked. */
    public double share(Way way) {
        long all = of(asked, way)[0];
        return all == 0 ? 1 : (double) of(answered, way)[0] / all;
    }

    /** The share of all ways together. */
    public double share() {
        return asked() == 0 ? 1 : (double) answered() / asked();
    }

    /** How many got a refusal that was sound. */
    public long refusals() {
        return refused;
    }

    /** How many ended with their connection. */
    public long losses() {
        return lost;
    }

    /** How many were given up. */
    public long lateOnes() {
        return late;
    }

    /** How many got anything that was not theirs. */
    public long wrongOnes() {
        return wrong;
    }

    /** What the first of them got. */
    public List<String> wrongs() {
        return wrongs;
    }

    /** A latency, in milliseconds; 0 when nothing was answered. */
    public double millis(double percentile) {
        return micros.getValueAtPercentile(percentile) / 1_000.0;
    }

    /** The largest latency, in milliseconds. */
    public double mostMillis() {
        return micros.getMaxValue() / 1_000.0;
    }
}
