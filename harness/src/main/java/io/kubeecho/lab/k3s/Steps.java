package io.kubeecho.lab.k3s;

import io.kubeecho.lab.LabException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Carries out what must not be cut in half. A request to Docker that is interrupted may still be obeyed, after what was made
 * has been removed; so the work runs on threads that nobody interrupts, an interrupt of the caller becomes a flag that
 * waiting work looks at, and the caller returns only when all of the work has ended.
 */
final class Steps implements AutoCloseable {

    private static final Duration SLICE = Duration.ofMillis(100);

    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "k3s-lab");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean stopped;

    /** @throws LabException what the work threw, or that it was interrupted */
    <T> T run(String doing, Callable<T> work) {
        return runAll(doing, List.of(work)).get(0);
    }

    /**
     * Runs side by side; when one fails, the others are told to stop.
     *
     * @return the results in the order of the works
     * @throws LabException the first failure
     */
    <T> List<T> runAll(String doing, List<Callable<T>> works) {
        List<Exception> failures = new ArrayList<>();
        List<Future<T>> running = works.stream()
                .map(work -> threads.submit(() -> {
                    try {
                        return work.call();
                    } catch (Exception e) {
                        synchronized (failures) {
                            failures.add(e);
                        }
                        stopped = true;
                        throw e;
                    }
                }))
                .toList();
        List<T> results = new ArrayList<>();
        boolean interrupted = false;
        for (Future<T> future : running) {
            while (true) {
                try {
                    results.add(future.get());
                    break;
                } catch (ExecutionException e) {
                    break;
                } catch (InterruptedException e) {
                    interrupted = true;
                    stopped = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new LabException("interrupted while " + doing);
        }
        if (!failures.isEmpty()) {
            throw DockerProblem.of(doing, failures.get(0));
        }
        return results;
    }

    boolean isStopped() {
        return stopped;
    }

    /** Waits a little, and gives up if the run is to stop. */
    void pause() {
        checkStopped();
        try {
            Thread.sleep(SLICE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopped = true;
        }
        checkStopped();
    }

    private void checkStopped() {
        if (stopped) {
            throw new LabException("interrupted");
        }
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
