package io.kubeecho.lab.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.kubeecho.cluster.ServerClock;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Stamps the run's namespace while the run lives, with the time that the API server has then, so that {@code cleanup} can tell
 * what was left from what is in use.
 */
final class Heartbeat implements AutoCloseable {

    static final Duration INTERVAL = Duration.ofSeconds(10);

    /** Two requests, each of which is given up after 20 s. */
    private static final Duration LONGEST_BEAT = Duration.ofSeconds(40);

    /** Without a stamp for so long a run is dead: one beat may get lost, and the next may take its time. */
    static final Duration DEAD_AFTER = INTERVAL.plus(LONGEST_BEAT).multipliedBy(2);

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "heartbeat");
        thread.setDaemon(true);
        return thread;
    });

    Heartbeat(KubernetesClient client, Run run) {
        this(() -> stamp(client, run), INTERVAL);
    }

    Heartbeat(Runnable stamp, Duration interval) {
        var unused = timer.scheduleWithFixedDelay(
                () -> beat(stamp), interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void beat(Runnable stamp) {
        try {
            stamp.run();
        } catch (Throwable e) {
            // an executor never again runs what has thrown, whatever it was, and a live run would be taken for dead;
            // the next
            // beat tries again, and a cluster that stays away is noticed by the scenarios
        }
    }

    private static void stamp(KubernetesClient client, Run run) {
        String patch = "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(Run.ALIVE, ServerClock.now(client));
        client.namespaces().withName(run.namespace()).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
