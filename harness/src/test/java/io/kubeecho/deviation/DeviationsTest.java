package io.kubeecho.deviation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeecho.evidence.Cell;
import io.kubeecho.evidence.Findings;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviationsTest {

    private static final LocalDate TODAY = LocalDate.of(2026, 11, 29);
    private static final Set<String> KNOWN = Set.of("NOEP", "AFF-CIP");

    @TempDir
    Path folder;

    private Deviations read(String yaml) throws IOException {
        return Deviations.read(Files.writeString(folder.resolve("known.yaml"), yaml), KNOWN);
    }

    private static ScenarioResult result(Verdict verdict, String... brokenEntryNodes) {
        List<Cell> cells = Stream.concat(
                        Stream.of(new Cell("pod", "node-1", "ClusterIP", "node-3", "echo-1", 40, 0)),
                        Stream.of(brokenEntryNodes)
                                .map(node -> new Cell("pod", "node-1", "ClusterIP", node, "echo-1", 40, 3)))
                .toList();
        return new ScenarioResult(
                "NOEP",
                "no endpoints",
                verdict,
                "a refusal",
                "nothing",
                verdict == Verdict.FAIL ? "clients hang" : "",
                List.of(),
                new Findings(List.of(), cells, List.of()),
                List.of(),
                Instant.EPOCH,
                Duration.ofSeconds(1));
    }

    @Test
    void aFailureOnTheListIsKnown() throws Exception {
        Deviations known = read("""
                - scenario: NOEP
                  reason: it hangs
                  link: https://example.test/1
                  until: 2026-11-29
                """);
        ScenarioResult judged = known.judge(result(Verdict.FAIL, "node-1"), TODAY);
        assertThat(judged.verdict()).isEqualTo(Verdict.KNOWN_DEVIATION);
        assertThat(judged.meaning()).contains("clients hang", "it hangs (https://example.test/1)");
        // also one that is none of a cell
        assertThat(known.judge(result(Verdict.FAIL), TODAY).verdict()).isEqualTo(Verdict.KNOWN_DEVIATION);
    }

    @Test
    void whatIsNotOnTheListFailsAsBefore() throws Exception {
        ScenarioResult failed = result(Verdict.FAIL, "node-1");
        assertThat(read("- {scenario: AFF-CIP, reason: another one}").judge(failed, TODAY))
                .isSameAs(failed);
        assertThat(Deviations.NONE.judge(failed, TODAY)).isSameAs(failed);
    }

    @Test
    void oneThatShowsInSomeRunsOnlyIsNotGoneBecauseOfOneWithoutIt() throws Exception {
        Deviations known = read("- {scenario: NOEP, reason: it hangs at times, sometimes: true}");
        ScenarioResult passed = result(Verdict.PASS);
        assertThat(known.judge(passed, TODAY)).isSameAs(passed);
        assertThat(known.judge(result(Verdict.FAIL), TODAY).verdict()).isEqualTo(Verdict.KNOWN_DEVIATION);
    }

    @Test
    void theTimeOfADeviationEnds() throws Exception {
        ScenarioResult judged = read("- {scenario: NOEP, reason: it hangs, until: 2026-11-28}")
                .judge(result(Verdict.FAIL, "node-1"), TODAY);
        assertThat(judged.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(judged.meaning()).contains("until 2026-11-28");
    }

    @ParameterizedTest
    @CsvSource({"node-1, KNOWN_DEVIATION", "node-1 node-2, FAIL", "node-2, FAIL", "'', FAIL"})
    void aDeviationOfSomeCellsExcusesThoseAlone(String broken, Verdict verdict) throws Exception {
        String[] nodes = broken.isEmpty() ? new String[0] : broken.split(" ");
        ScenarioResult judged = read("- {scenario: NOEP, reason: it hangs, cell: {client: pod, entryNode: node-1}}")
                .judge(result(Verdict.FAIL, nodes), TODAY);
        assertThat(judged.verdict()).isEqualTo(verdict);
        if (broken.contains("node-2")) {
            assertThat(judged.meaning()).contains("pod on node-1 by ClusterIP through node-2 to echo-1");
        }
    }

    @Test
    void severalDeviationsAddUp() throws Exception {
        Deviations known = read("""
                - {scenario: NOEP, reason: one, cell: {entryNode: node-1}}
                - {scenario: NOEP, reason: two, cell: {entryNode: node-2}}
                """);
        assertThat(known.judge(result(Verdict.FAIL, "node-1", "node-2"), TODAY).verdict())
                .isEqualTo(Verdict.KNOWN_DEVIATION);
        assertThat(known.judge(result(Verdict.FAIL, "node-1", "node-3"), TODAY).verdict())
                .isEqualTo(Verdict.FAIL);
    }

    @Test
    void oneThatIsGoneIsToldAndNothingElseIsTouched() throws Exception {
        Deviations known = read("- {scenario: NOEP, reason: it hangs}");
        ScenarioResult passed = known.judge(result(Verdict.PASS), TODAY);
        assertThat(passed.verdict()).isEqualTo(Verdict.PASS);
        assertThat(passed.meaning()).contains("take it off the list", "it hangs");
        for (Verdict verdict : List.of(Verdict.SKIP, Verdict.INCONCLUSIVE, Verdict.INFO)) {
            ScenarioResult other = result(verdict);
            assertThat(known.judge(other, TODAY)).isSameAs(other);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "- {scenario: NOPE, reason: a} | no scenario 'NOPE'",
                "- {scenario: NOEP} | reason",
                "- {scenario: NOEP, reason: ' '} | has no reason",
                "- {scenario: NOEP, reason: a, untill: 2026-01-01} | untill",
                "- {scenario: NOEP, reason: a, until: soon} | until",
                "- {scenario: NOEP, reason: a, cell: {node: b}} | node",
                "- {scenario: NOEP, reason: ~} | has no reason",
                "- ~ | nothing in one of its places",
                "'' | known.yaml",
                "scenario: NOEP | known.yaml",
                "'- {scenario: [' | line 1",
            })
    void whatIsWrongWithAFileIsSaidInOneLine(String yaml, String says) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(says)
                .message()
                .hasLineCount(1);
    }

    @Test
    void aFileThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> Deviations.read(folder.resolve("none.yaml"), KNOWN))
                .hasMessageContaining("there is no such file")
                .hasMessageContaining("none.yaml");
    }
}
