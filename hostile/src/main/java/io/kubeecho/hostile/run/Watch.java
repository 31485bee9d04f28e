package io.kubeecho.hostile.run;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Looks at a container twice in a second, probes it as the manifests have a kubelet do, and notes what it sees. */
final class Watch implements AutoCloseable {

    private static final long LOOK_MILLIS = 500;
    /** Of k8s/base/deployment.yaml's livenessProbe. */
    private static final long PROBE_EVERY = TimeUnit.SECONDS.toNanos(10);

    private static final int PROBE_MILLIS = 3_000;
    private static final int FAILURES = 3;

    private final EchoContainer container;
    private final LoopDumps loops;
    private final Thread looking = new Thread(this::look, "watch");
    private final Thread probing = new Thread(this::probe, "probes");

    private volatile long began = System.nanoTime();
    private volatile boolean over;
    private final AtomicInteger deaf = new AtomicInteger();
    private volatile long endedAt;
    private long peak;
    private long anonymous;
    private long kills;

    private Watch(EchoContainer container, LoopDumps loops) {
        this.container = container;
        this.loops = loops;
    }

    static Watch begin(EchoContainer container, LoopDumps loops, boolean probes) {
        Watch watch = new Watch(container, loops);
        watch.looking.setDaemon(true);
        watch.probing.setDaemon(true);
        watch.looking.start();
        if (probes) {
            watch.probing.start();
        }
        return watch;
    }

    private void look() {
        try {
            while (!over) {
                // before the look at the process: the files go with it
                peak = Math.max(peak, container.cgroup().peak().orElse(0));
                anonymous = Math.max(anonymous, container.cgroup().anonymous().orElse(0));
                kills = Math.max(kills, container.cgroup().killed().orElse(0));
                if (!container.isRunning()) {
                    endedAt = System.nanoTime();
                    return;
                }
                try {
                    container.dumpThreads();
                } catch (IOException e) {
                    // it has just ended, as the next look will see
                }
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void probe() {
        int failures = 0;
        long next = System.nanoTime();
        try {
            while (!over && !hasEnded()) {
                failures = container.answers("/livez", PROBE_MILLIS) ? 0 : failures + 1;
                if (failures == FAILURES) {
                    deaf.incrementAndGet();
                    failures = 0;
                }
                next += PROBE_EVERY;
                while (!over && System.nanoTime() < next) {
                    Thread.sleep(LOOK_MILLIS / 10);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The attack has begun, from when its time counts. */
    void attackBegins() {
        began = System.nanoTime();
    }

    /** Whether the container is gone. */
    boolean hasEnded() {
        return endedAt != 0;
    }

    /** Ends the looking, and says what was seen. */
    Seen seen() throws IOException, InterruptedException {
        close();
        looking.join();
        probing.join();
        Optional<Seen.Ended> end =
                hasEnded() ? Optional.of(new Seen.Ended((endedAt - began) / 1e9, container.end())) : Optional.empty();
        return new Seen(peak, anonymous, kills, end, deaf.get(), loops.dumps(), loops.asleep(), loops.example());
    }

    @Override
    public void close() {
        over = true;
    }
}
