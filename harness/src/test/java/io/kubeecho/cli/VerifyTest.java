package io.kubeecho.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.output.OutputLock;
import io.kubeecho.report.JsonReport;
import io.kubeecho.report.RunReport;
import io.kubeecho.report.TextReport;
import io.kubeecho.scenario.Catalogue;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The verify command as a user runs it, on the embedded lab. */
@Timeout(120)
class VerifyTest {

    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    @Test
    void aCleanDataPlaneIsExitCode0AndLeavesItsReports() throws Exception {
        Cli ran = verify("--run", "SRC-C,SRC-CIP,SRC-CIP", "--seed", "7");

        assertThat(ran.exitCode()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .containsPattern("\\[[12]/2] SRC-C +INFO ")
                .containsPattern("\\[[12]/2] SRC-CIP +PASS ")
                .contains("1 PASS, 1 INFO in ")
                .contains("report: " + folder.resolve("report.html"));
        RunReport report = JsonReport.read(folder.resolve("report.json"));
        assertThat(report.seed()).isEqualTo(7);
        assertThat(report.lab().lab()).isEqualTo("embedded");
        assertThat(report.results()).extracting(ScenarioResult::id).containsExactly("SRC-C", "SRC-CIP");
        assertThat(report.results()).allSatisfy(r -> assertThat(r.connections()).isGreaterThan(100));
        assertThat(ran.out()).contains(TextReport.of(report));
        assertThat(folder.resolve("report.txt")).hasContent(TextReport.of(report));
    }

    @Test
    void scenariosRunSideBySideButThoseThatNeedQuietGoFirst() throws Exception {
        verify("--run", "SRC-CIP,ETP-L+,HOLD", "--at-once", "3");
        List<ScenarioResult> results =
                JsonReport.read(folder.resolve("report.json")).results();
        ScenarioResult hold = results.get(0);
        ScenarioResult local = results.get(1);
        ScenarioResult source = results.get(2);

        assertThat(results).extracting(ScenarioResult::id).containsExactly("HOLD", "ETP-L+", "SRC-CIP");
        assertThat(results).extracting(ScenarioResult::verdict).containsOnly(Verdict.PASS);
        assertThat(List.of(local, source))
                .allSatisfy(busy -> assertThat(busy.started()).isAfterOrEqualTo(end(hold)));
        assertThat(local.started()).isBefore(end(source));
        assertThat(source.started()).isBefore(end(local));
    }

    @Test
    void scenariosRunOneAfterAnotherWhereTheyAreToldSo() throws Exception {
        verify("--run", "SRC-CIP,ETP-L+", "--at-once", "1");
        List<ScenarioResult> results =
                JsonReport.read(folder.resolve("report.json")).results();

        assertThat(results.get(0).started()).isAfterOrEqualTo(end(results.get(1)));
    }

    private static Instant end(ScenarioResult result) {
        return result.started().plus(result.took());
    }

    @Test
    void aFaultIsExitCode1AndASentenceOfWhatWasExpectedSeenAndWhatItMeans() throws Exception {
        Cli ran = verify("--run", "ETP-L+", "--fault", "local-masquerades");

        assertThat(ran.exitCode()).isEqualTo(1);
        assertThat(ran.out())
                .containsPattern("\\[1/1] ETP-L\\+ +FAIL ")
                .contains("FAIL ETP-L+: externalTrafficPolicy Local, through a node with an endpoint")
                .contains("  expected  only pods of the entry node answer, and they see the client's own address")
                .containsPattern(
                        "  seen {6}(\\d+) of \\1 connections were seen under another address than the client's: ")
                .contains("  meaning   pods under Local cannot tell their clients apart: address rules and logs are"
                        + " wrong")
                .contains("1 FAIL in ");
        RunReport report = JsonReport.read(folder.resolve("report.json"));
        assertThat(report.lab().dataPlane()).contains("local-masquerades");
        assertThat(report.count(Verdict.FAIL)).isEqualTo(1);

        Element test = testcases().get(0);
        assertThat(test.getAttribute("name")).isEqualTo("ETP-L+");
        assertThat(test.getElementsByTagName("failure").getLength()).isEqualTo(1);
        assertThat(test.getTextContent())
                .contains("ETP-L+: externalTrafficPolicy Local, through a node with an endpoint")
                .contains(" connections were seen under another address than the client's");
    }

    @Test
    void whatAProfileKnowsOfItsDataPlaneDoesNotFailTheRun() throws Exception {
        Cli ran = verify("--run", "HOLD,ETP-L+", "--fault", "affinity-expires-at-half", "--profile", "cilium");
        assertThat(ran.exitCode()).isZero();
        assertThat(ran.out())
                .contains("1 PASS, 1 KNOWN-DEVIATION in ")
                .contains("known: Cilium reckons affinity in whole");
    }

    @Test
    void aKnownDeviationDoesNotFailTheRunAndOneThatIsGoneIsTold() throws Exception {
        Path known =
                Files.writeString(folder.resolve("known.yaml"), "- {scenario: ETP-L+, reason: our old load balancer}");
        Cli deviates = verify("--run", "ETP-L+", "--fault", "local-masquerades", "--deviations", known.toString());
        assertThat(deviates.exitCode()).isZero();
        assertThat(deviates.out())
                .containsPattern("\\[1/1] ETP-L\\+ +KNOWN-DEVIATION ")
                .contains("known: our old load balancer");
        assertThat(testcases().get(0).getElementsByTagName("failure").getLength())
                .isZero();

        Cli gone = verify("--run", "ETP-L+", "--deviations", known.toString());
        assertThat(gone.exitCode()).isZero();
        assertThat(gone.out()).contains("1 PASS in ").contains("take it off the list (our old load balancer)");
    }

    @Test
    void junitsXmlNamesScenariosByTheirIds() throws Exception {
        verify("--timeout", "1ms");
        assertThat(testcases())
                .extracting(t -> t.getAttribute("name"))
                .containsExactlyInAnyOrderElementsOf(
                        Catalogue.all().stream().map(Catalogue.Item::id).toList());
    }

    @Test
    void whatKubernetesLeavesOpenFailsOnlyAgainstAProfile() throws Exception {
        Cli withProfile = verify("--run", "WINDOW", "--variation", "fixed-window", "--profile", "kube-proxy-iptables");
        assertThat(withProfile.exitCode()).isEqualTo(1);
        assertThat(withProfile.out()).contains("; the profile kube-proxy-iptables has it sliding: ");

        Cli without = verify("--run", "WINDOW", "--variation", "fixed-window");
        assertThat(without.exitCode()).isZero();
        assertThat(without.out()).contains("fixed: the timeout runs from a client's first connection");
    }

    @Test
    void whenTheTimeIsOverWhatIsLeftIsInconclusiveAndExitCode3() throws Exception {
        Cli ran = verify("--timeout", "1ms", "--no-strict");

        assertThat(ran.exitCode()).isEqualTo(3);
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).contains("25 INCONCLUSIVE in ");
        assertThat(JsonReport.read(folder.resolve("report.json")).results())
                .hasSize(25)
                .allSatisfy(r -> assertThat(r.verdict()).isEqualTo(Verdict.INCONCLUSIVE))
                .allSatisfy(r -> assertThat(r.seen()).contains("the time of the run was over (--timeout)"));
        assertThat(testcases()).hasSize(25).allSatisfy(t -> {
            assertThat(t.getElementsByTagName("skipped").getLength()).isEqualTo(1);
            assertThat(t.getElementsByTagName("error").getLength()).isZero();
        });
        assertThat(Thread.interrupted()).as("the interrupt stays inside").isFalse();
    }

    @Test
    void inconclusiveIsAnErrorInTheXmlWhenStrict() throws Exception {
        assertThat(verify("--run", "SRC-C", "--timeout", "1ms", "--strict").exitCode())
                .isEqualTo(3);
        assertThat(testcases())
                .singleElement()
                .satisfies(t ->
                        assertThat(t.getElementsByTagName("error").getLength()).isEqualTo(1));
    }

    @Test
    void scenariosCanBeLeftOut() throws Exception {
        verify(
                "--skip",
                "AFF-CIP,CAPACITY,hold,AFF-LB,AFF-NP,NONE-CIP,NONE-LB,NONE-NP,SWITCH,EXPIRE,KEEPALIVE,WINDOW,AFF-ADD,AFF-DEL,NOEP,AFF-L,ETP-C,ETP-FLIP,ETP-L-,HCNP,HAIRPIN,SRC-C,SRC-CIP,XFF",
                "--timeout",
                "1ms");
        assertThat(JsonReport.read(folder.resolve("report.json")).results())
                .extracting(ScenarioResult::id)
                .containsExactly("ETP-L+");
    }

    @Test
    void aFolderThatIsNotThereIsMade() {
        Path deep = folder.resolve("a/b/c");
        assertThat(Cli.run("verify", "--run", "SRC-C", "--timeout", "1ms", "--out", deep.toString())
                        .exitCode())
                .isEqualTo(3);
        assertThat(deep.resolve("report.json")).exists();
        assertThat(deep.resolve("report.txt")).exists();
        assertThat(deep).isDirectoryNotContaining("glob:.writable*");
    }

    @Test
    void aReportThatCannotBeWrittenIsOneLineAfterTheVerdicts() throws Exception {
        Files.createDirectories(folder.resolve(".report.json.part/is-no-file"));
        Cli ran = verify("--run", "SRC-C", "--timeout", "1ms");
        assertThat(ran.exitCode()).isEqualTo(5);
        assertThat(ran.out()).contains("1 INCONCLUSIVE in ").doesNotContain("report: ");
        assertThat(ran.err().lines())
                .singleElement()
                .asString()
                .startsWith("kube-echo: cannot write " + folder.resolve("report.json"));
    }

    @Test
    void theReportsOfAnEarlierRunAreReplaced() throws Exception {
        verify("--run", "SRC-C,HOLD", "--timeout", "1ms");
        long longer = Files.size(folder.resolve("report.json"));
        verify("--run", "SRC-C", "--timeout", "1ms");
        assertThat(Files.size(folder.resolve("report.json"))).isLessThan(longer);
        assertThat(testcases()).hasSize(1);
    }

    @Test
    void aSimulationSaysSoEverywhere() throws Exception {
        Cli ran = verify("--run", "SRC-C", "--timeout", "1ms");
        String said = "SIMULATION: the embedded lab is a model in this process, and says nothing about any cluster";
        assertThat(ran.out()).startsWith(said).contains(System.lineSeparator() + said);
        assertThat(folder.resolve("report.txt")).content().startsWith(said);
        assertThat(folder.resolve("report.html")).content().contains(said);
        assertThat(folder.resolve("report.json")).content().contains("\"kind\" : \"SIMULATION\"");
        assertThat(folder.resolve("junit/TEST-junit-jupiter.xml"))
                .content()
                .contains("<testsuite name=\"SIMULATION, kube-echo verify: embedded lab\"")
                .contains("classname=\"SIMULATION.embedded.SourceAddress\"");
    }

    @Test
    void aRunThatGetsNoLabLeavesNoReportOfAnother() throws Exception {
        verify("--run", "SRC-C", "--timeout", "1ms");
        Path diagnostics = Files.createDirectories(folder.resolve("diagnostics/SRC-C/logs"));
        Files.writeString(diagnostics.resolve("echo.log"), "of the run before");
        Files.writeString(folder.resolve("notes"), "somebody's");
        Files.writeString(folder.resolve("kubeconfig"), "");
        Cli ran = verify(
                "--lab",
                "kubeconfig",
                "--kubeconfig",
                folder.resolve("kubeconfig").toString());
        assertThat(ran.exitCode()).isEqualTo(4);
        assertThat(folder).isDirectoryNotContaining("glob:**/{report.*,junit,diagnostics,.*}");
        assertThat(folder.resolve("notes")).exists();
    }

    @Test
    void twoRunsInOneFolderDoNotMix() throws Exception {
        verify("--run", "SRC-C", "--timeout", "1ms");
        try (OutputLock other = OutputLock.take(folder, "verify")) {
            Cli ran = verify("--run", "SRC-C", "--timeout", "1ms");
            assertThat(ran.exitCode()).isEqualTo(2);
            assertThat(ran.err()).contains("another run is writing its reports to the folder");
        }
        assertThat(folder.resolve("report.html")).exists();
    }

    private Cli verify(String... args) {
        List<String> all = new ArrayList<>(List.of("verify", "--out", folder.toString()));
        all.addAll(List.of(args));
        return Cli.run(all.toArray(String[]::new));
    }

    private List<Element> testcases() throws Exception {
        NodeList found = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(folder.resolve("junit/TEST-junit-jupiter.xml").toFile())
                .getElementsByTagName("testcase");
        List<Element> all = new ArrayList<>();
        for (int i = 0; i < found.getLength(); i++) {
            all.add((Element) found.item(i));
        }
        return all;
    }
}
