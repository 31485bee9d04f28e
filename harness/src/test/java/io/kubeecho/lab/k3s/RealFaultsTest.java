package io.kubeecho.lab.k3s;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.scenario.Runs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
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

    /** A fault in one mode of kube-proxy. */
    record Broken(ProxyMode mode, RealFault fault) {}

    private final Map<Broken, Map<String, Verdict>> said = new LinkedHashMap<>();
    /** A cluster as it was before the first fault. */
    private record Sound(K3sLab lab, Nodes nodes, Map<String, String> before) {
        static Sound open(ProxyMode mode) {
            K3sLab lab = RealCluster.open(Duration.ofSeconds(5), mode);
            Nodes nodes = new Nodes(lab);
            return new Sound(lab, nodes, nodes.state());
        }
    }

    private @Nullable Sound cluster;
    private String version = "";

    /** In each mode all, or those that the property {@code kube-echo.faults} names; one cluster after the other. */
    static Stream<Broken> faults() {
        List<String> chosen =
                chosen("kube-echo.faults", Stream.of(RealFault.values()).map(RealFault::id));
        return RealCluster.proxyModes().stream()
                .flatMap(mode -> Stream.of(RealFault.values())
                        .filter(fault -> chosen.contains(fault.id()))
                        .map(fault -> new Broken(mode, fault)));
    }

    private static List<String> chosen(String property, Stream<String> all) {
        String words = System.getProperty(property, "");
        return words.isEmpty() ? all.toList() : List.of(words.split(",", -1));
    }

    private Sound open(ProxyMode mode) {
        Sound open = cluster;
        if (open != null && open.lab().proxyMode() == mode) {
            return open;
        }
        close();
        open = Sound.open(mode);
        cluster = open;
        version = open.lab().describe().version();
        return open;
    }

    private void close() {
        if (cluster != null) {
            cluster.lab().close();
            cluster = null;
        }
    }

    @ParameterizedTest
    @MethodSource("faults")
    void isFoundOut(Broken broken) {
        Sound sound = open(broken.mode());
        Nodes nodes = sound.nodes();
        RealFault fault = broken.fault();
        List<String> scenarios = new ArrayList<>(fault.controls());
        scenarios.add(fault.caughtBy());
        long began = System.nanoTime();
        Runs runs;
        try {
            fault.fault().putIn(nodes);
            runs = Runs.of(
                    new FaultyLab(sound.lab(), change -> fault.fault().beforeChange(nodes, change)),
                    scenarios.toArray(String[]::new));
        } finally {
            fault.fault().takeOut(nodes);
            nodes.requireAsBefore(sound.before());
        }
        print(broken, runs, Duration.ofNanos(System.nanoTime() - began));
        Map<String, Verdict> verdicts = new TreeMap<>();
        runs.results().forEach(r -> verdicts.put(r.id(), r.verdict()));
        said.put(broken, verdicts);

        assertThat(verdicts).containsOnlyKeys(scenarios).containsEntry(fault.caughtBy(), Verdict.FAIL);
        fault.controls().forEach(control -> assertThat(verdicts).containsEntry(control, Verdict.PASS));
    }

    private static void print(Broken broken, Runs runs, Duration took) {
        System.out.printf("%s %s: %.1f s%n", broken.mode(), broken.fault().id(), took.toMillis() / 1000.0);
        for (ScenarioResult result : runs.results()) {
            System.out.printf("  %s %s: %s%n", result.id(), result.verdict(), result.seen());
        }
    }

    @AfterAll
    void end() throws IOException {
        close();
        if (said.size() == RealFault.values().length * ProxyMode.values().length) {
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
        StringBuilder text = new StringBuilder("""
                # Faults in the nodes of a real cluster

                Written by `RealFaultsTest` (`make faults`). Each fault is put into every node of a cluster of %s, or into the one that is
                named; the scenarios are run that it concerns, and some that it does not; it is taken out, and the nodes' rules, settings and
                components are compared with those before. "kube-proxy writes" means that a program in front of `iptables-restore` or `nft` changes
                what kube-proxy hands to it; the other rules are beside kube-proxy's, in chains that it does not touch. [docs/faults.md](faults.md)
                has the embedded lab's.

                | fault | found by | %s | not concerned |
                |---|---|%s---|
                """.formatted(
                version,
                Stream.of(ProxyMode.values()).map(mode -> "kube-proxy " + mode).collect(joining(" | ")),
                "---|".repeat(ProxyMode.values().length)));
        for (RealFault fault : RealFault.values()) {
            text.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            fault.id(),
                            fault.caughtBy(),
                            Stream.of(ProxyMode.values())
                                    .map(mode -> cell(said.get(new Broken(mode, fault)), fault.caughtBy()))
                                    .collect(joining(" | ")),
                            String.join(", ", fault.controls())));
        }
        text.append("\n| fault | what is wrong |\n|---|---|\n");
        Stream.of(RealFault.values())
                .forEach(fault -> text.append("| `%s` | %s |\n".formatted(fault.id(), fault.how())));
        return text.toString();
    }

    private static String cell(@Nullable Map<String, Verdict> row, String scenario) {
        return row == null ? "" : "**" + row.get(scenario) + "**";
    }
}
