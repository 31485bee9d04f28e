package io.kubeecho.load.report;

import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.objective.Judgement;
import io.kubeecho.load.objective.Objective;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A finished load, as it is reported.
 *
 * @param kubeEcho the version that ran it
 * @param targets the URLs as given
 * @param settings what decided the run, by the names of the options, in their order
 * @param affinity what is expected of the Service
 * @param judgements of the objectives, in their order
 */
public record LoadReport(
        String kubeEcho,
        List<String> targets,
        Map<String, String> settings,
        SessionAffinity affinity,
        LoadResult result,
        List<Judgement> judgements,
        Outcome outcome) {

    public LoadReport {
        targets = List.copyOf(targets);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        judgements = List.copyOf(judgements);
    }

    /** Holds the result against the objectives. */
    public static LoadReport of(
            String kubeEcho,
            List<String> targets,
            Map<String, String> settings,
            SessionAffinity affinity,
            LoadResult result,
            List<Objective> objectives) {
        List<Judgement> judgements = new ArrayList<>();
        objectives.forEach(o -> judgements.add(o.judge(result.figures())));
        return new LoadReport(
                kubeEcho, targets, settings, affinity, result, judgements, Outcome.of(result, judgements));
    }
}
