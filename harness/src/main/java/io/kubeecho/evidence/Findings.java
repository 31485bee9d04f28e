package io.kubeecho.evidence;

import java.util.List;

/**
 * What a scenario found out beside its verdict.
 *
 * @param programming how long the data plane took to follow, change by change
 * @param cells where connections were tried and where they broke a rule
 * @param estimates what was measured
 */
public record Findings(List<Programming> programming, List<Cell> cells, List<Estimate> estimates) {

    public static final Findings NONE = new Findings(List.of(), List.of(), List.of());

    public Findings {
        programming = List.copyOf(programming);
        cells = List.copyOf(cells);
        estimates = List.copyOf(estimates);
    }
}
