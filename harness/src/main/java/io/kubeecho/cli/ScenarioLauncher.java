package io.kubeecho.cli;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.partitioningBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.kubeecho.deviation.Deviations;
import io.kubeecho.evidence.Findings;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.scenario.AffinityCapacity;
import io.kubeecho.scenario.Catalogue;
import io.kubeecho.scenario.ConformanceRun;
import io.kubeecho.scenario.Profile;
import io.kubeecho.stats.Thresholds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs scenarios through the JUnit Platform, several at the same time, and gathers a verdict for every one of them.
 *
 * <p>Each has Services of its own, so that they do not meet; those that need quiet go first, by themselves. The threads are
 * the launcher's and not JUnit's, which would not pass an interrupt on to a scenario.
 */
final class ScenarioLauncher {

    private static final LauncherConfig QUIET = LauncherConfig.builder()
            .enableLauncherSessionListenerAutoRegistration(false)
            .enableTestExecutionListenerAutoRegistration(false)
            .build();

    private final Progress progress;
    private final Profile profile;
    private final AffinityCapacity capacity;
    private final Deviations deviations;
    private final Thresholds thresholds;
    private final int atOnce;
    private final Path diagnosticsFolder;
    private final PrintWriter err;
    private final Queue<ScenarioResult> results = new ConcurrentLinkedQueue<>();

    /**
     * For one run.
     *
     * @param atOnce how many scenarios run at the same time, at least 1
     * @param diagnostics has a folder for each scenario that needs explaining
     */
    ScenarioLauncher(
            Progress progress,
            Profile profile,
            AffinityCapacity capacity,
            Deviations deviations,
            Thresholds thresholds,
            int atOnce,
            Path diagnostics,
            PrintWriter err) {
        this.profile = profile;
        this.capacity = capacity;
        this.deviations = deviations;
        this.thresholds = thresholds;
        this.progress = progress;
        this.atOnce = atOnce;
        this.diagnosticsFolder = diagnostics;
        this.err = err;
    }

    /** @return a result for each of the scenarios, in the catalogue's order */
    List<ScenarioResult> run(List<Catalogue.Item> scenarios, Lab lab, boolean strict, StopSignal stop) {
        ConformanceRun run = new ConformanceRun(
                lab, thresholds, profile, capacity, deviations, strict, stop::reason, results::add, this::diagnose);
        Map<Boolean, List<Catalogue.Item>> byQuiet = scenarios.stream()
                .collect(partitioningBy(item -> item.scenario().needsQuiet()));
        runSideBySide(byQuiet.getOrDefault(true, List.of()), run);
        runSideBySide(byQuiet.getOrDefault(false, List.of()), run);
        scenarios.stream().filter(item -> given(item).isEmpty()).forEach(item -> results.add(bug(item, "no verdict")));
        List<String> order = Catalogue.all().stream().map(Catalogue.Item::id).toList();
        return results.stream().sorted(comparing(r -> order.indexOf(r.id()))).toList();
    }

    /** Returns when all have ended; an interrupt ends those that run, and the run keeps the others from beginning. */
    private void runSideBySide(List<Catalogue.Item> scenarios, ConformanceRun run) {
        Queue<Catalogue.Item> waiting = new ConcurrentLinkedQueue<>(scenarios);
        List<Thread> threads = Stream.generate(() -> new Thread(() -> runWaiting(waiting, run), "scenarios"))
                .limit(Math.min(atOnce, scenarios.size()))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    threads.forEach(Thread::interrupt);
                }
            }
        }
    }

    private void runWaiting(Queue<Catalogue.Item> waiting, ConformanceRun run) {
        try (LauncherSession session = LauncherFactory.openSession(QUIET)) {
            run.startIn(session);
            for (Catalogue.Item next = waiting.poll(); next != null; next = waiting.poll()) {
                session.getLauncher()
                        .execute(
                                LauncherDiscoveryRequestBuilder.request()
                                        .selectors(selectMethod(next.topic(), next.method()))
                                        .build(),
                                new Gatherer());
            }
        }
    }

    private Optional<ScenarioResult> given(Catalogue.Item item) {
        return results.stream().filter(r -> r.id().equals(item.id())).findFirst();
    }

    private static ScenarioResult bug(Catalogue.Item item, String what) {
        return without(item, Verdict.INCONCLUSIVE, "a bug in kube-echo, please report it: " + what);
    }

    /** Of a scenario that has seen nothing. */
    private static ScenarioResult without(Catalogue.Item item, Verdict verdict, String reason) {
        return new ScenarioResult(
                item.id(),
                item.scenario().title(),
                verdict,
                item.scenario().expects(),
                reason,
                "",
                List.of(),
                Findings.NONE,
                List.of(),
                Instant.now(),
                Duration.ZERO);
    }

    private void diagnose(Lab lab, String scenario) {
        try {
            lab.diagnose(diagnosticsFolder.resolve(scenario));
        } catch (IOException | RuntimeException e) {
            err.println(Main.line("no diagnostics of " + scenario + ": " + e));
        }
    }

    /** Shows progress, and adds results for scenarios that never got to give one themselves. */
    private final class Gatherer implements TestExecutionListener {

        @Override
        public void executionStarted(TestIdentifier test) {
            scenario(test).ifPresent(progress::started);
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            scenario(test).ifPresent(item -> ended(without(item, Verdict.SKIP, reason)));
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult end) {
            scenario(test)
                    .ifPresent(item -> given(item)
                            .ifPresentOrElse(
                                    progress::ended,
                                    () -> ended(bug(
                                            item,
                                            end.getThrowable()
                                                    .map(Throwable::toString)
                                                    .orElse("no reason given")))));
        }

        private void ended(ScenarioResult result) {
            results.add(result);
            progress.ended(result);
        }

        private Optional<Catalogue.Item> scenario(TestIdentifier test) {
            return test.getSource()
                    .filter(MethodSource.class::isInstance)
                    .map(MethodSource.class::cast)
                    .flatMap(source -> Catalogue.of(source.getJavaMethod()));
        }
    }
}
