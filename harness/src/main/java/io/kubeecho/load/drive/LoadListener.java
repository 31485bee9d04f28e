package io.kubeecho.load.drive;

import io.kubeecho.load.measure.Cut;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Measurement;
import java.time.Instant;
import java.util.List;

/** Is told how a run goes on, on the thread that runs it. */
public interface LoadListener {

    /** Connections are open, and the warm-up begins. */
    default void opened() {}

    /** What is measured begins. */
    default void started(Instant at) {}

    /**
     * An interval is over: what each event loop recorded in it, before it is added up. Not to be changed.
     *
     * @param fromSeconds from the start of what is measured
     */
    default void cut(List<Cut> cuts, double fromSeconds, double toSeconds) {}

    /**
     * An interval was measured.
     *
     * @param histograms belong to who is told
     */
    default void interval(IntervalFigures interval, Measurement.IntervalHistograms histograms, Figures soFar) {}
}
