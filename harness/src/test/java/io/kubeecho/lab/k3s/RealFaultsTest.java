package io.kubeecho.lab.k3s;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.scenario.Catalogue;
import io.kubeecho.scenario.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every fault in the nodes of a real cluster is found by the scenario that names it best, and scenarios that it does not
 * concern stay as they are. When all have been run, what was said is {@code docs/faults-real.md}.
 */
@EnabledIfSystemProperty(named = RealCluster.PROPERTY, matches = "k3s")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealFaultsTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "faults-real.md");

    private final Map<RealFault, Map<String, Verdict>> said = new EnumMap<>(RealFault.class);
    private K3sLab lab;
    private Nodes nodes;
    private Map<String, String> before;
    private String version;

    @BeforeAll
    void open() {
        lab = RealCluster.open(Duration.ofSeconds(5));
        nodes = new Nodes(lab);
        version = lab.describe().version();
        before = nodes.state();
    }

    /** All, or those that the property {@code kube-echo.faults} names. */
    static Stream<RealFault> faults() {
        String chosen = System.getProperty("kube-echo.faults", "");
        return Stream.of(RealFault.values())
                .filter(f ->
                        chosen.isEmpty() || Stream.of(chosen.split(",", -1)).anyMatch(f.id()::equals));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isFoundOut(RealFault fault) {
        List<String> scenarios = new ArrayList<>(fault.controls());
        scenarios.add(fault.caughtBy());
        long began = System.nanoTime();
        Runs runs;
        try {
            fault.fault().putIn(nodes);
            runs = Runs.of(
                    new FaultyLab(lab, change -> fault.fault().beforeChange(nodes, change)),
                    scenarios.toArray(String[]::new));
        } finally {
            fault.fault().takeOut(nodes);
            nodes.requireAsBefore(before);
        }
        print(fault, runs, Duration.ofNanos(System.nanoTime() - began));
        Map<String, Verdict> verdicts = new TreeMap<>();
        runs.results().forEach(r -> verdicts.put(r.id(), r.verdict()));
        said.put(fault, verdicts);

        assertThat(verdicts).containsOnlyKeys(scenarios).containsEntry(fault.caughtBy(), Verdict.FAIL);
        fault.controls().forEach(control -> assertThat(verdicts).containsEntry(control, Verdict.PASS));
    }

    private static void print(RealFault fault, Runs runs, Duration took) {
        System.out.printf("%s: %.1f s%n", fault.id(), took.toMillis() / 1000.0);
        for (ScenarioResult result : runs.results()) {
            System.out.printf("  %s %s: %s%n", result.id(), result.verdict(), result.seen());
        }
    }

    @AfterAll
    void close() throws IOException {
        lab.close();
        if (said.size() == RealFault.values().length) {
            String document = document();
            Files.writeString(Files.createDirectories(Path.of("target")).resolve("faults-real.md"), document);
            if (Boolean.getBoolean("docs.write")) {
                Files.writeString(DOCUMENT, document);
            }
            assertThat(DOCUMENT)
                    .as("docs/faults-real.md is not what was found; -Ddocs.write=true writes it")
                    .hasContent(document);
        }
    }

    private String document() {
        List<String> columns = Catalogue.all().stream()
                .map(Catalogue.Item::id)
                .filter(id -> said.values().stream().anyMatch(row -> row.containsKey(id)))
                .toList();
        StringBuilder text =
                new StringBuilder("""
                # Faults in the nodes of a real cluster

                Written by `RealFaultsTest` (`make faults`). Each fault is put into every node of a cluster of %s, or into the one that is
                named; the scenarios are run that it concerns, and some that it does not; it is taken out, and the nodes' rules, settings and
                components are compared with those before. "kube-proxy writes" means that a program in front of `iptables-restore` changes what
                kube-proxy hands to it; the other rules are beside kube-proxy's, in chains that it does not touch. [docs/faults.md](faults.md) has
                the embedded lab's.

                | fault | %s |
                |---|%s
                """.formatted(version, String.join(" | ", columns), "---|".repeat(columns.size())));
        said.forEach((fault, row) -> text.append("| `%s` | %s |\n"
                .formatted(fault.id(), columns.stream().map(id -> cell(row, id)).collect(joining(" | ")))));
        text.append("\n| fault | what is wrong |\n|---|---|\n");
        said.keySet().forEach(fault -> text.append("| `%s` | %s |\n".formatted(fault.id(), fault.how())));
        return text.toString();
    }

    private static String cell(Map<String, Verdict> row, String scenario) {
        Verdict verdict = row.get(scenario);
        if (verdict == null) {
            return "";
        }
        return verdict == Verdict.FAIL ? "**FAIL**" : verdict.toString();
    }
}
