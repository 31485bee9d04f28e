package io.kubeecho.scenario;

import static io.kubeecho.evidence.Verdict.FAIL;
import static io.kubeecho.evidence.Verdict.INFO;
import static io.kubeecho.evidence.Verdict.PASS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.lab.LabWithDeadline;
import io.kubeecho.lab.embedded.EmbeddedLab;
import io.kubeecho.lab.embedded.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault that has a name is found by the scenario that names it: a scenario that grows deaf shows here. Once each in
 * the tests, and {@code -Dfaults.runs=20} times each by {@code make fault-series}, with a seed of its own for each run.
 */
@Tag("fault-matrix")
class FaultsTest {

    /** Twice that of the lab, so that many labs at once on a busy machine still keep within it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** A lab with a fault never converges, so its deadline is what a run costs: a third of it is plenty. */
    private static final Duration IMPATIENCE = Duration.ofSeconds(1);

    /** The runs are partly waiting, so they are made side by side; more of them would starve each other. */
    private static final int AT_ONCE = 2;

    /** The kinds of faults by which connections are not answered. */
    private static final List<String> LEAVE_UNANSWERED = List.of(
            "affinity-to-removed-endpoint",
            "cluster-empty-node-drops",
            "endpoint-out-of-reach",
            "hairpin-dropped",
            "held-connection-cut",
            "local-drops",
            "local-misses-new-endpoints",
            "policy-change-not-applied",
            "removed-endpoint-stays",
            "syn-lost");

    private static final int RUNS = Integer.getInteger("faults.runs", 1);

    /** Of all faults, or of those whose name begins like this. */
    private static final String CHOSEN = System.getProperty("faults.named", "");

    private static final Map<Fault, List<Future<Run>>> RUNS_OF = new LinkedHashMap<>();

    /** The whole suite without any fault, once. */
    private static final List<Future<List<ScenarioResult>>> REFERENCE = new ArrayList<>();

    /** What the scenario said, and how many packets the machine lost meanwhile, after which nothing says anything. */
    private record Run(Fault fault, long seed, ScenarioResult result, long packetsLost) {

        boolean found() {
            return result.verdict() == FAIL && !saysNothing();
        }

        /** Whether it may have FAILed for another reason than the fault: a machine that was too busy, or lost packets. */
        boolean saysNothing() {
            boolean unanswered = result.seen().contains("not answered");
            return packetsLost > 0 || (unanswered && LEAVE_UNANSWERED.stream().noneMatch(fault.id()::startsWith));
        }

        @Override
        public String toString() {
            return "seed %d: %s (%.1f s, %d connections): %s"
                    .formatted(
                            seed,
                            result.verdict(),
                            result.took().toMillis() / 1000.0,
                            result.connections(),
                            result.seen());
        }
    }

    @BeforeAll
    static void startAllRuns() {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        REFERENCE.add(threads.submit(FaultsTest::reference));
        for (Fault fault : faults()) {
            RUNS_OF.put(
                    fault,
                    isRunnable(fault) && (RUNS > 1 || NotFoundYet.reason(fault).isEmpty())
                            ? LongStream.rangeClosed(1, RUNS)
                                    .mapToObj(seed -> threads.submit(() -> run(fault, seed)))
                                    .toList()
                            : List.of());
        }
        threads.shutdown();
    }

    private static List<ScenarioResult> reference() {
        try (EmbeddedLab lab = new EmbeddedLab(new EmbeddedLab.Options(TIMEOUT, Optional.empty(), 4711))) {
            return Runs.of(lab).results();
        }
    }

    static List<Fault> faults() {
        return Fault.named().stream()
                .filter(fault -> fault.id().startsWith(CHOSEN))
                .toList();
    }

    static List<Fault> toBeFound() {
        return faults().stream()
                .filter(fault -> NotFoundYet.reason(fault).isEmpty())
                .toList();
    }

    /** Fewer than a right node keeps. */
    private static final AffinityCapacity ENOUGH = new AffinityCapacity(1_000, OptionalInt.of(80));

    static List<Fault> notFoundYet() {
        return faults().stream()
                .filter(fault -> NotFoundYet.reason(fault).isPresent() && isRunnable(fault))
                .toList();
    }

    private static boolean isRunnable(Fault fault) {
        return ids().contains(fault.foundBy());
    }

    private static Set<String> ids() {
        return Catalogue.all().stream().map(Catalogue.Item::id).collect(Collectors.toSet());
    }

    private static Run run(Fault fault, long seed) {
        try (EmbeddedLab lab = new EmbeddedLab(new EmbeddedLab.Options(TIMEOUT, Optional.of(fault), seed))) {
            long lostBefore = lab.packetsLost();
            LabWithDeadline impatient = new LabWithDeadline(lab, IMPATIENCE);
            Runs runs = fault.foundBy().equals("CAPACITY")
                    ? Runs.ofCapacity(impatient, ENOUGH)
                    : Runs.of(impatient, fault.foundBy());
            ScenarioResult result = runs.result(fault.foundBy());
            return said(fault, new Run(fault, seed, result, lab.packetsLost() - lostBefore));
        }
    }

    /** A series is long, so what was said is kept as it comes. */
    private static Run said(Fault fault, Run run) {
        try {
            Files.writeString(
                    Files.createDirectories(Path.of("target")).resolve("faults.txt"),
                    "%s, %s, %s%n".formatted(fault, fault.foundBy(), run),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return run;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("toBeFound")
    @DisabledIfSystemProperty(named = "faults.runs", matches = "..+", disabledReason = "the series counts them")
    void isFoundByTheScenarioThatNamesIt(Fault fault) throws Exception {
        assertThat(ids()).contains(fault.foundBy());
        for (Run run : runs(fault)) {
            assumeThat(run.saysNothing())
                    .as("the machine answers for itself: %s", run)
                    .isFalse();
            assertThat(run.found()).as(fault.foundBy() + ", " + run).isTrue();
            assertThat(run.result().seen()).isNotBlank();
            assertThat(run.result().connections()).isPositive();
            assertThat(run.result().meaning()).isNotBlank();
        }
    }

    /** One run of luck does not take a fault off the list, nor does a missed one put it on. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("notFoundYet")
    @EnabledIfSystemProperty(named = "faults.runs", matches = "..+", disabledReason = "a single run may be luck")
    void whatIsFoundInEveryRunIsNoLongerOnTheListOfThoseThatAreNot(Fault fault) throws Exception {
        assertThat(runs(fault))
                .as("take %s off NotFoundYet", fault)
                .anySatisfy(run -> assertThat(run.found()).isFalse());
    }

    @Test
    @EnabledIfSystemProperty(named = "faults.runs", matches = "..+", disabledReason = "a series is what this is about")
    void inASeriesAtMostOneIsMissedInAll() throws Exception {
        List<String> missed = new ArrayList<>();
        for (Fault fault : toBeFound()) {
            for (Run run : runs(fault)) {
                if (!run.found()) {
                    missed.add(fault + ", " + run);
                }
            }
        }
        assertThat(missed).hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void theDocumentationHasThemAll() throws Exception {
        Map<Fault, String> found = new LinkedHashMap<>();
        for (Fault fault : faults()) {
            List<Run> runs = runs(fault);
            if (!runs.isEmpty()) {
                found.put(
                        fault,
                        "%d of %d".formatted(runs.stream().filter(Run::found).count(), runs.size()));
            }
        }
        if (Boolean.getBoolean("faults.write")) {
            FaultTable.write(Fault.named(), found);
        }
        Map<String, FaultTable.Line> lines = FaultTable.read();
        assertThat(lines.keySet())
                .as("%s; run this with -Dfaults.write=true", FaultTable.DOCUMENT)
                .containsExactlyElementsOf(Fault.named().stream()
                        .map(fault -> FaultTable.Line.of(fault, "").fault())
                        .toList());
        for (Fault fault : Fault.named()) {
            FaultTable.Line line =
                    requireNonNull(lines.get(FaultTable.Line.of(fault, "").fault()));
            assertThat(line).isEqualTo(FaultTable.Line.of(fault, line.found()));
        }
    }

    /**
     * Every scenario has a fault that it must find, or it would be deaf; but for one that only measures, and one that FAILs
     * only where a profile names another window than a permitted variation has.
     */
    @Test
    void everyScenarioHasItsFault() {
        Set<String> finders = Fault.named().stream()
                .filter(fault -> NotFoundYet.reason(fault).isEmpty())
                .map(Fault::foundBy)
                .collect(Collectors.toSet());
        Set<String> ids = ids();
        ids.removeAll(Set.of("SRC-C", "WINDOW"));
        assertThat(finders).isEqualTo(ids);
    }

    @Test
    void theReferenceConforms() throws Exception {
        assertThat(REFERENCE.get(0).get())
                .hasSameSizeAs(Catalogue.all())
                .allSatisfy(r -> assertThat(r.verdict())
                        .as(r.id() + ": " + r.seen())
                        .isEqualTo(Set.of("SRC-C", "CAPACITY").contains(r.id()) ? INFO : PASS))
                .allSatisfy(r -> assertThat(r.connections()).as(r.id()).isPositive());
    }

    private static List<Run> runs(Fault fault) throws Exception {
        List<Run> runs = new ArrayList<>();
        for (Future<Run> run : requireNonNull(RUNS_OF.get(fault))) {
            runs.add(run.get());
        }
        return runs;
    }
}
