package io.kubeecho.scenario;

import static io.kubeecho.evidence.Verdict.FAIL;
import static io.kubeecho.evidence.Verdict.INFO;
import static io.kubeecho.evidence.Verdict.PASS;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.ImpatientLab;
import io.kubeecho.lab.embedded.EmbeddedLab;
import io.kubeecho.lab.embedded.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What every scenario says of every data plane there is to break: a scenario that grows deaf or touchy shows here. The
 * whole matrix is in the documentation; {@code -Dmatrix.write=true} writes it there.
 */
@Tag("fault-matrix")
class FaultMatrixTest {

    private static final Path DOCUMENT = Path.of("../docs/faults.md");

    /** Twice that of the lab, so that many labs at once on a busy machine still keep within it. */
    private static final Duration TIMEOUT = Duration.ofSeconds(1);

    /** A lab with a fault never converges, so its deadline is what a row costs: a third of it is plenty. */
    private static final Duration IMPATIENCE = Duration.ofSeconds(1);

    /** The rows are mostly waiting, so they run side by side. */
    private static final int AT_ONCE = 4;

    /** By fault, in the order of their declaration; the data plane without one comes first. */
    private static final Map<Optional<Fault>, Future<Runs>> ROWS = new LinkedHashMap<>();

    /** While rows were running, on this machine: whatever failed then says nothing. */
    private static final LongAdder PACKETS_LOST = new LongAdder();

    @BeforeAll
    static void startAllRows() {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        ROWS.put(Optional.empty(), threads.submit(() -> run(Optional.empty())));
        for (Fault fault : Fault.values()) {
            ROWS.put(Optional.of(fault), threads.submit(() -> run(Optional.of(fault))));
        }
        threads.shutdown();
    }

    private static Runs run(Optional<Fault> fault) {
        try (EmbeddedLab lab = new EmbeddedLab(new EmbeddedLab.Options(TIMEOUT, fault, 4711))) {
            long lostBefore = lab.packetsLost();
            Runs runs = Runs.of(fault.isPresent() ? new ImpatientLab(lab, IMPATIENCE) : lab);
            PACKETS_LOST.add(lab.packetsLost() - lostBefore);
            return runs;
        }
    }

    @Test
    void theReferenceConforms() throws Exception {
        Runs runs = row(Optional.empty());
        assertThat(runs.results())
                .hasSameSizeAs(Catalogue.all())
                .allSatisfy(r -> assertThat(r.verdict())
                        .as(r.id() + ": " + r.seen())
                        .isEqualTo(r.id().equals("SRC-C") ? INFO : PASS))
                .allSatisfy(FaultMatrixTest::standsOnEvidence);
    }

    /** The scenario whose name a user would look for. */
    @ParameterizedTest(name = "{0} is found by {1}")
    @CsvSource(textBlock = """
            AFFINITY_IGNORED,                AFF-CIP
            AFFINITY_NEVER_EXPIRES,          EXPIRE
            AFFINITY_EXPIRES_AT_HALF,        HOLD
            AFFINITY_EXPIRES_AT_DOUBLE,      EXPIRE
            AFFINITY_ROUNDED_UP_TO_MINUTES,  EXPIRE
            AFFINITY_WINDOW_FIXED,           WINDOW
            AFFINITY_BY_PORT,                AFF-CIP
            AFFINITY_SHARED_BY_ALL,          AFF-NP
            AFFINITY_IGNORED_UNDER_LOCAL,    AFF-L
            NODE_PORT_IGNORES_AFFINITY,      AFF-NP
            LOAD_BALANCER_IGNORES_AFFINITY,  AFF-LB
            AFFINITY_LOST_WITH_ENDPOINTS,    AFF-ADD
            AFFINITY_TO_REMOVED_ENDPOINT,    AFF-DEL
            AFFINITY_OUTLIVES_NONE,          SWITCH
            NODE_PORT_PINS_CLIENTS,          NONE-NP
            LOAD_BALANCER_USES_ONE_ENDPOINT, NONE-LB
            ENDPOINT_NEVER_CHOSEN,           NONE-CIP
            LOCAL_FORWARDS_TO_REMOTE,        ETP-L+
            LOCAL_EMPTY_NODE_FORWARDS,       ETP-L-
            LOCAL_MASQUERADES,               ETP-L+
            CLUSTER_STAYS_LOCAL,             ETP-C
            POLICY_CHANGE_NOT_APPLIED,       ETP-FLIP
            CLUSTER_IP_MASQUERADES_PODS,     SRC-CIP
            HAIRPIN_DROPPED,                 HAIRPIN
            FORWARDED_FOR_ADDED,             XFF
            NO_ENDPOINTS_DROPS,              NOEP
            HELD_CONNECTION_CUT,             KEEPALIVE
            HELD_CONNECTION_MOVED,           KEEPALIVE
            HEALTH_CHECK_ALWAYS_OK,          HCNP
            HEALTH_CHECK_COUNTS_ALL_NODES,   HCNP
            HEALTH_CHECK_OUTLIVES_LOCAL,     HCNP
            """)
    void everyFaultIsFoundByTheScenarioThatNamesIt(Fault fault, String scenario) throws Exception {
        Runs runs = row(Optional.of(fault));
        assumeThat(runs.result(scenario).seen())
                .as("on a machine that loses packets nothing FAILs")
                .doesNotContain("packets were dropped by this machine");
        assertThat(runs.result(scenario).verdict())
                .as(() -> "all that was said: " + sentences(runs))
                .isEqualTo(FAIL);
        assertThat(runs.results()).hasSameSizeAs(Catalogue.all()).allSatisfy(FaultMatrixTest::standsOnEvidence);
    }

    /** Also where they should not: every cell is as it was when somebody last looked at it. */
    @Test
    void theMatrixIsTheOneInTheDocumentation() throws Exception {
        String matrix = FaultMatrix.of(verdicts());
        assumeNoPacketsLost();
        if (Boolean.getBoolean("matrix.write")) {
            FaultMatrix.write(matrix, DOCUMENT);
        }
        assertThat(FaultMatrix.in(DOCUMENT))
                .as("the matrix in %s; after a change that is meant, run this with -Dmatrix.write=true", DOCUMENT)
                .isEqualTo(matrix);
    }

    @Test
    void everyFaultHasItsScenario() throws Exception {
        assumeNoPacketsLost();
        for (Fault fault : Fault.values()) {
            assertThat(row(Optional.of(fault)).results())
                    .as(fault.id())
                    .anySatisfy(r -> assertThat(r.verdict()).isEqualTo(FAIL));
        }
    }

    /** Every scenario but the one that only measures FAILs for some fault, or it would be deaf. */
    @Test
    void everyScenarioHasItsFault() throws Exception {
        assumeNoPacketsLost();
        List<String> failed = new ArrayList<>();
        for (Fault fault : Fault.values()) {
            row(Optional.of(fault)).results().stream()
                    .filter(r -> r.verdict() == FAIL)
                    .map(ScenarioResult::id)
                    .forEach(failed::add);
        }
        assertThat(Catalogue.all()).extracting(Catalogue.Item::id).allSatisfy(id -> {
            if (!id.equals("SRC-C")) {
                assertThat(failed).contains(id);
            }
        });
    }

    private static void assumeNoPacketsLost() throws Exception {
        for (Future<Runs> row : ROWS.values()) {
            row.get();
        }
        assumeThat(PACKETS_LOST.sum())
                .as("packets that this machine lost, its table of tracked connections being full")
                .isZero();
    }

    private static Map<Optional<Fault>, Map<String, Verdict>> verdicts()
            throws ExecutionException, InterruptedException, IOException {
        Map<Optional<Fault>, Map<String, Verdict>> all = new LinkedHashMap<>();
        for (Optional<Fault> fault : ROWS.keySet()) {
            Map<String, Verdict> row = new LinkedHashMap<>();
            row(fault).results().forEach(r -> row.put(r.id(), r.verdict()));
            all.put(fault, row);
            Path said = Files.createDirectories(Path.of("target/fault-matrix"));
            Files.write(said.resolve(fault.map(Fault::id).orElse("none") + ".txt"), sentences(row(fault)));
        }
        return all;
    }

    private static Runs row(Optional<Fault> fault) throws ExecutionException, InterruptedException {
        return requireNonNull(ROWS.get(fault)).get();
    }

    private static void standsOnEvidence(ScenarioResult result) {
        assertThat(result.seen()).isNotBlank();
        assertThat(result.connections()).as(result.id()).isPositive();
        assertThat(result.meaning().isBlank()).as(result.id()).isEqualTo(result.verdict() != FAIL);
    }

    private static List<String> sentences(Runs runs) {
        return runs.results().stream()
                .map(r -> "%s %s (%.1f s, %d): %s"
                        .formatted(r.id(), r.verdict(), r.took().toMillis() / 1000.0, r.connections(), r.seen()))
                .toList();
    }
}
