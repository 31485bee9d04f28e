package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.cluster.ServerClock;
import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Removal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What runs that could not clean up themselves have left in a cluster. */
public final class Leftovers implements AutoCloseable {

    /** How long pods may take to go: they have a grace period of seconds. */
    private static final Duration PODS_REMOVAL = Duration.ofMinutes(1);

    /** How long a namespace may take after that. */
    private static final Duration REMOVAL = Duration.ofMinutes(1);

    private final KubernetesClient client;

    /** @throws LabException if the cluster cannot be reached */
    public Leftovers(Optional<Path> kubeconfig, Optional<String> context) {
        this.client = ClusterAccess.open(kubeconfig, context);
    }

    /**
     * A run's namespace that is still there.
     *
     * @param alive whether its run stamped it lately, by the cluster's clock
     */
    public record Found(String namespace, String run, boolean alive) {}

    /** @throws LabException if the cluster does not say */
    public List<Found> find() {
        Instant now = ServerClock.now(client);
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
                                .map(namespace -> found(namespace, now))
                                .toList());
    }

    /** @throws LabException if it is not gone in time, or a step on the way failed */
    public void remove(Found found) {
        removeNamespace(client, found.namespace());
    }

    static void removeNamespace(KubernetesClient client, String namespace) {
        removeNamespace(client, namespace, PODS_REMOVAL, REMOVAL);
    }

    /**
     * Removes a namespace and waits until it is gone. Its pods go first: a namespace that is deleted while it has some is
     * looked at again by the controller only after a backoff of up to a minute. It is deleted also when they stay.
     *
     * @throws LabException the first step that failed, with the others
     */
    static void removeNamespace(
            KubernetesClient client, String namespace, Duration patienceForPods, Duration patience) {
        Removal removal = new Removal();
        String deletingPods = "deleting the pods of " + namespace;
        boolean podsGo = removal.step(
                deletingPods,
                () -> ClusterAccess.ask(
                        deletingPods,
                        () -> client.pods()
                                .inNamespace(namespace)
                                .withLabel(Run.MANAGED_BY, Run.KUBE_ECHO)
                                .delete()));
        if (podsGo) {
            removal.step(deletingPods, () -> awaitNoPods(client, namespace, patienceForPods));
        }
        String deleting = "deleting the namespace " + namespace;
        boolean goes = removal.step(
                deleting,
                () -> ClusterAccess.ask(
                        deleting, () -> client.namespaces().withName(namespace).delete()));
        if (goes) {
            removal.step(deleting, () -> awaitGone(client, namespace, patience));
        }
        removal.end();
    }

    private static void awaitNoPods(KubernetesClient client, String namespace, Duration patience) {
        String waiting = "waiting until the pods of " + namespace + " are gone";
        try {
            client.pods()
                    .inNamespace(namespace)
                    .withLabel(Run.MANAGED_BY, Run.KUBE_ECHO)
                    .informOnCondition(List::isEmpty)
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof TimeoutException) {
                throw new LabException(
                        "the pods of %s were not gone within %d s".formatted(namespace, patience.toSeconds()), e);
            }
            throw e.getCause() instanceof KubernetesClientException failed
                    ? ClusterAccess.failed(waiting, failed)
                    : new LabException(waiting + " failed: " + e.getCause(), e);
        } catch (KubernetesClientException e) {
            throw ClusterAccess.failed(waiting, e);
        }
    }

    private static void awaitGone(KubernetesClient client, String namespace, Duration patience) {
        try {
            client.namespaces()
                    .withName(namespace)
                    .waitUntilCondition(gone -> gone == null, patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (KubernetesClientTimeoutException e) {
            throw new LabException(
                    "the namespace %s was not gone within %d s; 'kubectl get namespace %s -o yaml' says what holds it"
                            .formatted(namespace, patience.toSeconds(), namespace),
                    e);
        } catch (KubernetesClientException e) {
            throw ClusterAccess.failed("waiting until the namespace " + namespace + " is gone", e);
        }
    }

    private static Found found(Namespace namespace, Instant now) {
        Map<String, String> annotations = namespace.getMetadata().getAnnotations();
        String stamp = annotations == null ? "" : annotations.getOrDefault(Run.ALIVE, "");
        return new Found(
                namespace.getMetadata().getName(),
                namespace.getMetadata().getLabels().getOrDefault(Run.RUN, ""),
                isRecent(stamp, now));
    }

    private static boolean isRecent(String stamp, Instant now) {
        try {
            return Instant.parse(stamp).isAfter(now.minus(Heartbeat.DEAD_AFTER));
        } catch (DateTimeParseException e) {
            return false;
        }
    }

    @Override
    public void close() {
        client.close();
    }
}
