package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.lab.LabException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What runs that could not clean up themselves have left in a cluster. */
public final class Leftovers implements AutoCloseable {

    /** A run that has not stamped its namespace for so long is dead. */
    private static final Duration DEAD_AFTER = Heartbeat.INTERVAL.multipliedBy(4);

    /** How long the deletion of a namespace may take: its pods have a grace period of seconds. */
    static final Duration REMOVAL = Duration.ofMinutes(2);

    private final KubernetesClient client;

    /** @throws LabException if the cluster cannot be reached */
    public Leftovers(Optional<Path> kubeconfig, Optional<String> context) {
        this.client = ClusterAccess.open(kubeconfig, context);
    }

    /**
     * A run's namespace that is still there.
     *
     * @param alive whether its run stamped it lately
     */
    public record Found(String namespace, String run, boolean alive) {}

    public List<Found> find() {
        return ClusterAccess.ask(
                "listing namespaces",
                () ->
                        client
                                .namespaces()
                                .withLabel(Run.MANAGED_BY, Run.KUBE_ECHO)
                                .withLabel(Run.RUN)
                                .list()
                                .getItems()
                                .stream()
                                .map(Leftovers::found)
                                .toList());
    }

    /** @throws LabException if it is not gone in time */
    public void remove(Found found) {
        ClusterAccess.ask(
                "deleting the namespace " + found.namespace(),
                () -> client.namespaces().withName(found.namespace()).delete());
        awaitGone(client, found.namespace(), REMOVAL);
    }

    static void awaitGone(KubernetesClient client, String namespace, Duration limit) {
        ClusterAccess.ask(
                "waiting for the namespace " + namespace + " to be gone",
                () -> client.namespaces()
                        .withName(namespace)
                        .waitUntilCondition(gone -> gone == null, limit.toMillis(), TimeUnit.MILLISECONDS));
    }

    private static Found found(Namespace namespace) {
        Map<String, String> annotations = namespace.getMetadata().getAnnotations();
        String stamp = annotations == null ? "" : annotations.getOrDefault(Run.ALIVE, "");
        return new Found(
                namespace.getMetadata().getName(),
                namespace.getMetadata().getLabels().getOrDefault(Run.RUN, ""),
                isRecent(stamp));
    }

    private static boolean isRecent(String stamp) {
        try {
            return Instant.parse(stamp).isAfter(Instant.now().minus(DEAD_AFTER));
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
