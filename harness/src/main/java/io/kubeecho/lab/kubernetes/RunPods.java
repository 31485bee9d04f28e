package io.kubeecho.lab.kubernetes;

import static java.util.Comparator.comparing;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.kubeecho.cluster.ClusterAccess;
import io.kubeecho.lab.LabException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes pods of the run and waits until they are ready, or says in one line why they will not be. */
final class RunPods {

    private final KubernetesClient client;
    private final Run run;
    private final KubernetesOptions options;

    RunPods(KubernetesClient client, Run run, KubernetesOptions options) {
        this.client = client;
        this.run = run;
        this.options = options;
    }

    /**
     * Starts pods side by side.
     *
     * @return them as they are when they are ready, in the order of the specifications
     * @throws LabException if one cannot start, or is not ready in time
     */
    List<Pod> start(List<Pod> specifications) {
        specifications.forEach(pod -> ClusterAccess.create(
                "making the pod " + pod.getMetadata().getName(), client.pods().resource(pod), run::owns));
        Instant deadline = Instant.now().plus(options.startup());
        return specifications.stream()
                .map(pod -> awaitReady(pod.getMetadata().getName(), deadline))
                .toList();
    }

    /** Returns when the API has accepted that; the pod ends within its grace period. */
    void delete(String name) {
        ClusterAccess.ask(
                "deleting the pod " + name,
                () -> client.pods().inNamespace(run.namespace()).withName(name).delete());
    }

    private Pod awaitReady(String name, Instant deadline) {
        Duration left = Duration.between(Instant.now(), deadline);
        Pod[] last = new Pod[1];
        try {
            Pod pod = client.pods()
                    .inNamespace(run.namespace())
                    .withName(name)
                    .waitUntilCondition(
                            p -> {
                                last[0] = p;
                                return p != null && !(PodStart.of(p) instanceof PodStart.Pending);
                            },
                            Math.max(1, left.toMillis()),
                            TimeUnit.MILLISECONDS);
            if (PodStart.of(pod) instanceof PodStart.Hopeless hopeless) {
                throw new LabException(
                        "the pod %s cannot start: %s%s".formatted(name, hopeless.reason(), advice(name, hopeless)));
            }
            return pod;
        } catch (KubernetesClientTimeoutException e) {
            throw new LabException(
                    "the pod %s was not ready within %d s (%s)%s"
                            .formatted(name, options.startup().toSeconds(), lastReason(last[0]), lastWarning(name)),
                    e);
        } catch (KubernetesClientException e) {
            throw ClusterAccess.failed("waiting for the pod " + name, e);
        }
    }

    /** What the cluster last warned of about a pod: a sandbox's image that cannot be pulled shows nowhere else. */
    private String lastWarning(String pod) {
        try {
            return client
                    .v1()
                    .events()
                    .inNamespace(run.namespace())
                    .withField("type", "Warning")
                    .withField("involvedObject.name", pod)
                    .list()
                    .getItems()
                    .stream()
                    .max(comparing(RunPods::lastSeen))
                    .map(event ->
                            "; the cluster's last warning: %s: %s".formatted(event.getReason(), event.getMessage()))
                    .orElse("");
        } catch (KubernetesClientException e) {
            // without the right to read events there is still the reason
            return "";
        }
    }

    private static String lastSeen(Event event) {
        if (event.getLastTimestamp() != null) {
            return event.getLastTimestamp();
        }
        return event.getEventTime() != null ? event.getEventTime().getTime() : "";
    }

    private static String lastReason(@Nullable Pod last) {
        return last != null && PodStart.of(last) instanceof PodStart.Pending pending ? pending.reason() : "never seen";
    }

    private String advice(String pod, PodStart.Hopeless hopeless) {
        if (hopeless.reason().contains("Image")) {
            return "; the nodes need the image %s, choose another with --image".formatted(options.image());
        }
        String log = ClusterAccess.ask(
                "reading the log of " + pod,
                () -> client.pods().inNamespace(run.namespace()).withName(pod).getLog());
        return "; its log ends with: " + log.strip().lines().reduce("", (before, last) -> last);
    }
}
