package io.kubeecho.lab.embedded;

import io.kubeecho.lab.LabException;
import io.kubeecho.lab.Node;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Has the nodes follow what the control plane says, each in its own time and in the order in which it was said. Where the
 * variation has no lag, a node has followed when {@link #follow} returns.
 */
final class Programming implements AutoCloseable {

    private final Variation variation;
    private final RandomGenerator random;
    private final Map<Node, Long> dueNanos = new ConcurrentHashMap<>();
    private final Map<Node, Queue<Runnable>> saidByNode = new ConcurrentHashMap<>();
    private volatile Optional<RuntimeException> failure = Optional.empty();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread follower = new Thread(task, "embedded-control-plane");
        follower.setDaemon(true);
        return follower;
    });

    Programming(Variation variation, RandomGenerator random) {
        this.variation = variation;
        this.random = random;
    }

    /** Whether a node follows after {@link #follow} has returned. */
    boolean isSlow() {
        return variation.isSlow();
    }

    /**
     * Has a node take a change over.
     *
     * @throws LabException if one before could not be taken over
     */
    void follow(Node node, Runnable change) {
        failure.ifPresent(e -> {
            throw new LabException("a node of the embedded lab could not follow: " + e.getMessage(), e);
        });
        Duration lag = variation.lag(random);
        if (lag.isZero()) {
            change.run();
            return;
        }
        long due = dueNanos.merge(node, System.nanoTime() + lag.toNanos(), Math::max);
        Queue<Runnable> said = saidByNode.computeIfAbsent(node, each -> new ConcurrentLinkedQueue<>());
        said.add(change);
        ScheduledFuture<?> unused =
                thread.schedule(() -> followNext(said), due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    /** The first of those that wait, since two that are due at once may not be begun in the order of their scheduling. */
    private void followNext(Queue<Runnable> said) {
        try {
            said.remove().run();
        } catch (RuntimeException e) {
            failure = Optional.of(e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
