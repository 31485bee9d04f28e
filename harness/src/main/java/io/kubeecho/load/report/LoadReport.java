package io.kubeecho.load.report;

import io.kubeecho.load.drive.LoadResult;
import java.util.List;
import java.util.Map;

/**
 * A finished load, as it is reported.
 *
 * @param kubeEcho the version that ran it
 * @param settings what decided the run, by the names of the options, in their order
 * @param affinityExpected whether somebody expects the Service to keep sources on their pods
 */
public record LoadReport(
        String kubeEcho,
        List<String> targets,
        Map<String, String> settings,
        boolean affinityExpected,
        LoadResult result) {

    public LoadReport {
        targets = List.copyOf(targets);
    }
}
