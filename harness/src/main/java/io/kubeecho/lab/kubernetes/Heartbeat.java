package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Stamps the run's namespace while the run lives, so that {@code cleanup} can tell what was left from what is in use. */
final class Heartbeat implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofSeconds(10);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "heartbeat");
        thread.setDaemon(true);
        return thread;
    });

    Heartbeat(KubernetesClient client, Run run) {
        var unused = timer.scheduleWithFixedDelay(
                () -> beat(client, run), INTERVAL.toMillis(), INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void beat(KubernetesClient client, Run run) {
        String patch = "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(Run.ALIVE, Instant.now());
        try {
            client.namespaces().withName(run.namespace()).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
        } catch (KubernetesClientException e) {
            // the next beat tries again; a cluster that stays away is noticed by the scenarios
        }
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
