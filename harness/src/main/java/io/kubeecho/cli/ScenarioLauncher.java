package io.kubeecho.cli;

import static java.util.Comparator.comparing;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.kubeecho.deviation.Deviations;
import io.kubeecho.evidence.Findings;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.scenario.Catalogue;
import io.kubeecho.scenario.ConformanceRun;
import io.kubeecho.scenario.Profile;
import io.kubeecho.stats.Thresholds;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Runs scenarios through the JUnit Platform and gathers a verdict for every one of them. */
final class ScenarioLauncher {

    private final Progress progress;
    private final Profile profile;
    private final Deviations deviations;
    private final Thresholds thresholds;
    private final Path diagnosticsFolder;
    private final PrintWriter err;

    /** @param diagnostics has a folder for each scenario that needs explaining */
    ScenarioLauncher(
            Progress progress,
            Profile profile,
            Deviations deviations,
            Thresholds thresholds,
            Path diagnostics,
            PrintWriter err) {
        this.profile = profile;
        this.deviations = deviations;
        this.thresholds = thresholds;
        this.progress = progress;
        this.diagnosticsFolder = diagnostics;
        this.err = err;
    }

    /** @return a result for each of the scenarios, in the catalogue's order */
    List<ScenarioResult> run(List<Catalogue.Item> scenarios, Lab lab, boolean strict, StopSignal stop) {
        List<ScenarioResult> results = new ArrayList<>();
        LauncherConfig quiet = LauncherConfig.builder()
                .enableLauncherSessionListenerAutoRegistration(false)
                .enableTestExecutionListenerAutoRegistration(false)
                .build();
        try (LauncherSession session = LauncherFactory.openSession(quiet)) {
            new ConformanceRun(lab, thresholds, profile, deviations, strict, stop::reason, results::add, this::diagnose)
                    .startIn(session);
            session.getLauncher()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(scenarios.stream()
                                            .map(s -> selectMethod(s.topic(), s.method()))
                                            .toList())
                                    .build(),
                            new Gatherer(results));
        }
        List<String> order = Catalogue.all().stream().map(Catalogue.Item::id).toList();
        return results.stream().sorted(comparing(r -> order.indexOf(r.id()))).toList();
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
        private final List<ScenarioResult> results;

        Gatherer(List<ScenarioResult> results) {
            this.results = results;
        }

        @Override
        public void executionStarted(TestIdentifier test) {
            scenario(test).ifPresent(progress::started);
        }

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            scenario(test).ifPresent(item -> add(item, Verdict.SKIP, reason));
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult end) {
            scenario(test).ifPresent(item -> {
                boolean given = results.stream().anyMatch(r -> r.id().equals(item.id()));
                if (given) {
                    progress.ended(results.get(results.size() - 1));
                } else {
                    String why = end.getThrowable().map(Throwable::toString).orElse("no reason given");
                    add(item, Verdict.INCONCLUSIVE, "a bug in kube-echo, please report it: " + why);
                }
            });
        }

        private void add(Catalogue.Item item, Verdict verdict, String reason) {
            ScenarioResult result = new ScenarioResult(
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
            results.add(result);
            progress.ended(result);
        }

        private java.util.Optional<Catalogue.Item> scenario(TestIdentifier test) {
            return test.getSource()
                    .filter(MethodSource.class::isInstance)
                    .map(MethodSource.class::cast)
                    .flatMap(source -> Catalogue.of(source.getJavaMethod()));
        }
    }
}
