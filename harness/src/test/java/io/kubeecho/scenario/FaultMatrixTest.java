package io.kubeecho.scenario;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Client;
import io.kubeecho.lab.Endpoint;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Node;
import io.kubeecho.lab.Service;
import io.kubeecho.lab.ServiceSpec;
import io.kubeecho.lab.Timing;
import io.kubeecho.lab.VantagePoint;
import io.kubeecho.lab.embedded.EmbeddedLab;
import io.kubeecho.lab.embedded.Fault;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What every scenario says of every data plane there is to break: a scenario that grows deaf or touchy shows here. */
class FaultMatrixTest {

    private static final String NONE = "NONE";

    /** The rows are mostly waiting, so they run side by side. */
    private static final Map<String, Future<Runs>> ROWS = new ConcurrentHashMap<>();

    @BeforeAll
    static void startAllRows() {
        ExecutorService threads = Executors.newFixedThreadPool(3);
        Stream.concat(Stream.of(NONE), Arrays.stream(Fault.values()).map(Fault::name))
                .forEach(row -> ROWS.put(row, threads.submit(() -> run(row))));
        threads.shutdown();
    }

    private static Runs run(String fault) {
        try (Lab lab = new Impatient(embedded(fault))) {
            return Runs.of(lab);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(useHeadersInDisplayName = true, textBlock = """
            FAULT,                    AFF-CIP, NONE-CIP, HOLD, EXPIRE,       ETP-L+, ETP-L-, SRC-CIP, SRC-C
            NONE,                     PASS,    PASS,     PASS, PASS,         PASS,   PASS,   PASS,    INFO
            AFFINITY_IGNORED,         FAIL,    PASS,     FAIL, INCONCLUSIVE, PASS,   PASS,   PASS,    INFO
            AFFINITY_NEVER_EXPIRES,   PASS,    PASS,     PASS, FAIL,         PASS,   PASS,   PASS,    INFO
            AFFINITY_EXPIRES_AT_HALF, PASS,    PASS,     FAIL, PASS,         PASS,   PASS,   PASS,    INFO
            LOCAL_FORWARDS_TO_REMOTE, PASS,    PASS,     PASS, PASS,         FAIL,   FAIL,   PASS,    INFO
            LOCAL_MASQUERADES,        PASS,    PASS,     PASS, PASS,         FAIL,   PASS,   PASS,    INFO
            ENDPOINT_NEVER_CHOSEN,    PASS,    FAIL,     PASS, PASS,         PASS,   PASS,   PASS,    INFO
            """)
    void everyFaultFailsWhereItShouldAndNowhereElse(
            String fault,
            Verdict affCip,
            Verdict noneCip,
            Verdict hold,
            Verdict expire,
            Verdict etpLocal,
            Verdict etpLocalEmpty,
            Verdict srcCip,
            Verdict srcC)
            throws Exception {
        Runs runs = requireNonNull(ROWS.get(fault)).get();
        assertThat(runs.verdicts())
                .as(() -> "all that was said: " + sentences(runs))
                .containsExactlyInAnyOrder(
                        "AFF-CIP " + affCip,
                        "NONE-CIP " + noneCip,
                        "HOLD " + hold,
                        "EXPIRE " + expire,
                        "ETP-L+ " + etpLocal,
                        "ETP-L- " + etpLocalEmpty,
                        "SRC-CIP " + srcCip,
                        "SRC-C " + srcC);
        assertThat(runs.results()).allSatisfy(FaultMatrixTest::standsOnEvidence);
    }

    @Test
    void theMatrixHasAColumnForEveryScenarioAndARowForEveryFault() {
        assertThat(Catalogue.all())
                .extracting(Catalogue.Item::id)
                .containsExactlyInAnyOrder(
                        "AFF-CIP", "NONE-CIP", "HOLD", "EXPIRE", "ETP-L+", "ETP-L-", "SRC-CIP", "SRC-C");
        assertThat(Fault.values()).hasSize(6);
    }

    private static EmbeddedLab embedded(String fault) {
        Optional<Fault> chosen = Arrays.stream(Fault.values())
                .filter(f -> f.name().equals(fault))
                .findFirst();
        assertThat(chosen.isPresent()).isNotEqualTo(fault.equals(NONE));
        return new EmbeddedLab(new EmbeddedLab.Options(Duration.ofMillis(500), chosen, 4711));
    }

    private static void standsOnEvidence(ScenarioResult result) {
        assertThat(result.seen()).isNotBlank();
        assertThat(result.thresholds()).isNotEmpty();
        assertThat(result.connections()).isPositive();
        assertThat(result.meaning().isBlank()).isEqualTo(result.verdict() != Verdict.FAIL);
    }

    private static List<String> sentences(Runs runs) {
        return runs.results().stream()
                .map(r -> r.id() + " " + r.verdict() + ": " + r.seen())
                .toList();
    }

    /** A fault never converges, so the deadline for that is what a row costs: a third of it is plenty. */
    private record Impatient(Lab lab) implements Lab {
        @Override
        public Timing timing() {
            Timing t = lab.timing();
            return new Timing(
                    t.affinityTimeout(),
                    t.grain(),
                    t.margin(),
                    t.spacing(),
                    t.settle(),
                    Duration.ofSeconds(1),
                    t.connectTimeout(),
                    t.answerTimeout());
        }

        @Override
        public Description describe() {
            return lab.describe();
        }

        @Override
        public List<Node> nodes() {
            return lab.nodes();
        }

        @Override
        public List<Endpoint> endpoints() {
            return lab.endpoints();
        }

        @Override
        public List<Client> clients(VantagePoint from) {
            return lab.clients(from);
        }

        @Override
        public Service create(ServiceSpec spec) {
            return lab.create(spec);
        }

        @Override
        public void close() {
            lab.close();
        }
    }
}
