package io.kubeecho.scenario;

import static io.kubeecho.evidence.Verdict.INCONCLUSIVE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.embedded.EmbeddedLab;
import io.kubeecho.lab.embedded.Variation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the API permits never FAILs: the whole suite on each permitted variation of the embedded lab, {@code
 * -Dvariations.runs=20} times by {@code make variation-series}, each with a seed of its own. Not yet a part of {@code make
 * test}: some scenarios still FAIL on some of them.
 */
@Tag("fault-matrix")
@EnabledIfSystemProperty(named = "variations.runs", matches = "\\d+")
class VariationsTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** The runs are mostly waiting, so they are made side by side. */
    private static final int AT_ONCE = 4;

    private static final int RUNS = Integer.getInteger("variations.runs", 1);

    private static final Map<Variation, List<Future<Run>>> RUNS_OF = new EnumMap<>(Variation.class);

    /** What was said, and how many packets the machine lost meanwhile, after which nothing says anything. */
    private record Run(long seed, List<ScenarioResult> results, long packetsLost) {

        /** What the scenarios must not say. */
        List<String> wrong(Variation variation) {
            return results.stream()
                    .filter(r -> r.verdict() == Verdict.FAIL
                            || (variation == Variation.RANDOM && r.verdict() == INCONCLUSIVE))
                    .map(r -> "seed %d: %s %s: %s".formatted(seed, r.id(), r.verdict(), r.seen()))
                    .toList();
        }
    }

    @BeforeAll
    static void startAllRuns() {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        for (Variation variation : Variation.values()) {
            RUNS_OF.put(
                    variation,
                    LongStream.rangeClosed(1, RUNS)
                            .mapToObj(seed -> threads.submit(() -> run(variation, seed)))
                            .toList());
        }
        threads.shutdown();
    }

    private static Run run(Variation variation, long seed) {
        try (EmbeddedLab lab = new EmbeddedLab(new EmbeddedLab.Options(TIMEOUT, Optional.empty(), variation, seed))) {
            long lostBefore = lab.packetsLost();
            List<ScenarioResult> results = Runs.ofProfile(
                            lab, variation == Variation.RANDOM ? Profile.KUBE_PROXY_IPTABLES : Profile.NONE)
                    .results();
            return said(variation, new Run(seed, results, lab.packetsLost() - lostBefore));
        }
    }

    /** A series is long, so what was said is kept as it comes. */
    private static Run said(Variation variation, Run run) {
        try {
            StringBuilder lines = new StringBuilder();
            run.results()
                    .forEach(r -> lines.append("%s, seed %d: %s %s (%.1f s, %d connections): %s%n"
                            .formatted(
                                    variation.id(),
                                    run.seed(),
                                    r.id(),
                                    r.verdict(),
                                    r.took().toMillis() / 1000.0,
                                    r.connections(),
                                    r.seen())));
            Files.writeString(
                    Files.createDirectories(Path.of("target")).resolve("variations.txt"),
                    lines,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return run;
    }

    @ParameterizedTest
    @EnumSource
    void nothingFails(Variation variation) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (Future<Run> future : requireNonNull(RUNS_OF.get(variation))) {
            Run run = future.get();
            assertThat(run.results()).hasSameSizeAs(Catalogue.all());
            assumeThat(run.packetsLost()).isZero();
            wrong.addAll(run.wrong(variation));
        }
        assertThat(wrong).isEmpty();
    }
}
