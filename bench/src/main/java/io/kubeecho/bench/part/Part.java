package io.kubeecho.bench.part;

import io.kubeecho.bench.report.Figure;
import java.io.IOException;
import java.util.List;

/** A part of a run, which starts what it measures and ends it. */
public interface Part {

    /** Measures; every value counts, and one that cannot be had ends the part. */
    List<Figure> measure(Bench bench) throws IOException, InterruptedException;
}
