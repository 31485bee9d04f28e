package io.kubeecho.lab.k3s;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.kubernetes.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What k3s runs that could not clean up themselves have left in Docker. */
public final class DockerLeftovers {

    private final DockerClient docker;

    /** @throws LabException if there is no Docker */
    public DockerLeftovers() {
        this.docker = DockerEngine.open().client();
    }

    /**
     * What is there of a run.
     *
     * @param alive whether its process is still there, or may be, on another machine
     * @param content in words
     */
    public record Found(String run, boolean alive, String content) {}

    /** @throws LabException if Docker does not answer */
    public List<Found> find() {
        try {
            Map<String, List<Map<String, String>>> labelsByRun = new TreeMap<>();
            docker.listContainersCmd()
                    .withShowAll(true)
                    .withLabelFilter(RunInDocker.labelsOfAll())
                    .exec()
                    .forEach(c -> add(labelsByRun, c.getLabels()));
            docker.listNetworksCmd()
                    .withFilter("label", RunInDocker.labelsOfAll())
                    .exec()
                    .forEach(n -> add(labelsByRun, n.getLabels()));
            List<Found> found = new ArrayList<>();
            labelsByRun.forEach((run, labels) -> found.add(found(run, labels)));
            return found;
        } catch (DockerException e) {
            throw DockerProblem.of("looking for what is left in Docker", e);
        }
    }

    private static void add(Map<String, List<Map<String, String>>> labelsByRun, Map<String, String> labels) {
        labelsByRun
                .computeIfAbsent(labels.getOrDefault(Run.RUN, ""), run -> new ArrayList<>())
                .add(labels);
    }

    private Found found(String run, List<Map<String, String>> labels) {
        RunInDocker there = new RunInDocker(docker, run);
        boolean alive = labels.stream()
                .map(l -> RunProcess.parse(l.getOrDefault(RunProcess.LABEL, "")))
                .anyMatch(process ->
                        process.map(p -> p.life() != RunProcess.Life.DEAD).orElse(false));
        return new Found(
                run,
                alive,
                "k3s of the run %s (%d containers, %d networks)"
                        .formatted(
                                run, there.containers().size(), there.networks().size()));
    }

    /** @throws LabException if something stays */
    public void remove(Found found) {
        new RunInDocker(docker, found.run()).remove();
    }
}
