package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.kubeecho.cluster.ClusterAccess;
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
        removeNamespace(client, found.namespace());
    }

    /**
     * Removes a namespace and waits until it is gone. Its pods go first: a namespace that is deleted while it has some is
     * looked at again by the controller only after a backoff of up to a minute.
     */
    static void removeNamespace(KubernetesClient client, String namespace) {
        ClusterAccess.ask(
                "deleting the pods of " + namespace,
                () -> client.pods()
                        .inNamespace(namespace)
                        .withLabel(Run.MANAGED_BY, Run.KUBE_ECHO)
                        .delete());
        ClusterAccess.ask(
                "waiting until the pods of " + namespace + " are gone",
                () -> client.pods()
                        .inNamespace(namespace)
                        .withLabel(Run.MANAGED_BY, Run.KUBE_ECHO)
                        .informOnCondition(List::isEmpty)
                        .orTimeout(REMOVAL.toMillis(), TimeUnit.MILLISECONDS)
                        .join());
        ClusterAccess.ask(
                "deleting the namespace " + namespace,
                () -> client.namespaces().withName(namespace).delete());
        ClusterAccess.ask(
                "waiting until the namespace " + namespace + " is gone",
                () -> client.namespaces()
                        .withName(namespace)
                        .waitUntilCondition(gone -> gone == null, REMOVAL.toMillis(), TimeUnit.MILLISECONDS));
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
