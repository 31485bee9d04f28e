package io.kubeecho.lab.k3s;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Network;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.kubernetes.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a run has in Docker, by its labels: all of its containers with their volumes, and its network. */
final class RunInDocker {

    /** Told from what else kube-echo might make in Docker one day. */
    private static final String LAB = "kube-echo.io/lab";

    private static final Duration REMOVAL = Duration.ofSeconds(60);

    private final DockerClient docker;
    private final String run;

    RunInDocker(DockerClient docker, String run) {
        this.docker = docker;
        this.run = run;
    }

    /** The labels of everything that this process makes for a run. */
    static Map<String, String> labels(Run run) {
        Map<String, String> labels = new HashMap<>(run.labels());
        labels.put(LAB, "k3s");
        labels.put(RunProcess.LABEL, RunProcess.current().label());
        return Map.copyOf(labels);
    }

    /** The labels of whatever runs, of all processes, have made. */
    static List<String> labelsOfAll() {
        return List.of(Run.MANAGED_BY + "=" + Run.KUBE_ECHO, LAB + "=k3s");
    }

    private List<String> labels() {
        List<String> labels = new ArrayList<>(labelsOfAll());
        labels.add(Run.RUN + "=" + run);
        return labels;
    }

    List<Container> containers() {
        return docker.listContainersCmd()
                .withShowAll(true)
                .withLabelFilter(labels())
                .exec();
    }

    List<Network> networks() {
        return docker.listNetworksCmd().withFilter("label", labels()).exec();
    }

    /**
     * Removes all of it. Somebody else may be doing the same, as Testcontainers does on Ctrl-C: what is already gone, or about
     * to be, is no error.
     *
     * @throws LabException if something cannot be removed
     */
    void remove() {
        Instant deadline = Instant.now().plus(REMOVAL);
        while (true) {
            Optional<DockerException> refused = removeOnce();
            if (containers().isEmpty() && networks().isEmpty()) {
                return;
            }
            if (Instant.now().isAfter(deadline)) {
                throw new LabException(
                        "what the run %s made in Docker could not be removed (%s); 'kube-echo cleanup' tries again"
                                .formatted(run, refused.map(DockerProblem::text).orElse("it is being removed")));
            }
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted while removing the run " + run, e);
            }
        }
    }

    /** @return why something could not be removed, which may have passed a moment later */
    private Optional<DockerException> removeOnce() {
        Optional<DockerException> refused = containers().parallelStream()
                .map(this::remove)
                .flatMap(Optional::stream)
                .findFirst();
        // a network with a container on it is not removed
        return refused.isPresent() || !containers().isEmpty()
                ? refused
                : networks().stream()
                        .map(this::remove)
                        .flatMap(Optional::stream)
                        .findFirst();
    }

    private Optional<DockerException> remove(Container container) {
        return attempt(() -> docker.removeContainerCmd(container.getId())
                .withForce(true)
                .withRemoveVolumes(true)
                .exec());
    }

    private Optional<DockerException> remove(Network network) {
        return attempt(() -> docker.removeNetworkCmd(network.getId()).exec());
    }

    private static Optional<DockerException> attempt(Runnable removal) {
        try {
            removal.run();
            return Optional.empty();
        } catch (NotFoundException gone) {
            return Optional.empty();
        } catch (DockerException e) {
            return Optional.of(e);
        }
    }
}
