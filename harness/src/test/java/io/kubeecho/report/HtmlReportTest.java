package io.kubeecho.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeecho.evidence.Findings;
import io.kubeecho.evidence.Phase;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.page.Chromium;
import io.kubeecho.probe.EchoLine;
import io.kubeecho.probe.Observation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {

    @TempDir
    private Path folder = Path.of("report");

    @Test
    void thePageHasEveryVerdictAndEveryConnection() throws IOException {
        JsonNode data = data(HtmlReport.of(SampleReport.ofAllVerdicts()));
        assertThat(data.get("results").findValuesAsText("verdict"))
                .containsExactly("PASS", "FAIL", "SKIP", "INCONCLUSIVE", "KNOWN-DEVIATION", "INFO");
        JsonNode entries = data.at("/results/1/phases/1/entries");
        assertThat(entries).hasSize(2);
        // the clock of a client may begin anywhere, and has wrapped around here
        assertThat(entries.at("/0/visits").toString()).isEqualTo("[[0.0,\"echo-0\",\"fd00::1\"]]");
        assertThat(entries.at("/1/visits").toString())
                .isEqualTo("[[0.0,null,\"status 503\"],[0.0,null,\"reset\"],[0.0,null,\"timeout\"]]");
    }

    @Test
    void visitsAreInTheOrderInWhichTheyWereMadeWithTheirPauses() throws IOException {
        JsonNode data = data(HtmlReport.of(SampleReport.report(
                failed(visit(1_000_000_000L, "echo-1"), visit(400_000_000L, "echo-2"), visit(0, "echo-3")))));
        assertThat(data.at("/results/0/phases/0/entries/0/visits").toString())
                .isEqualTo("[[0.0,\"echo-3\",\"10.0.0.1\"],[400.0,\"echo-2\",\"10.0.0.1\"],"
                        + "[1000.0,\"echo-1\",\"10.0.0.1\"]]");
    }

    @Test
    void whatAPodAnswersIsDataAndNoMarkup() {
        String page = HtmlReport.of(SampleReport.report(failed(visit(0, "</script><script>alert(1)</script>"))));
        assertThat(page).doesNotContain("<script>alert").contains("\\u003cscript>alert(1)");
    }

    @Test
    void aBrowserDrawsItAndLooksNothingUp() throws IOException, InterruptedException {
        Path page = folder.resolve("report.html");
        HtmlReport.write(
                SampleReport.report(
                        failed(visit(0, "echo-1"), visit(400_000_000L, "<b>echo-2")),
                        SampleReport.result("PASS-1", Verdict.PASS, "all was well", "")),
                page);
        String drawn = Chromium.dom(page, folder);
        assertThat(drawn)
                .contains("data-ready=\"yes\"", "1 FAIL", "1 PASS", "all was well")
                // a FAIL is open and shows its connections, with the pause between them
                .contains("<details id=\"FAIL-1\" open=\"\">", "400 ms", "&lt;b&gt;echo-2")
                .contains("<details id=\"PASS-1\">");
        assertThat(drawn.split("title=\"after ", -1))
                .as("one box for each connection")
                .hasSize(3);
    }

    private static ScenarioResult failed(Observation... visits) {
        return new ScenarioResult(
                "FAIL-1",
                "a title",
                Verdict.FAIL,
                "expected",
                "seen",
                "meaning",
                List.of(),
                Findings.NONE,
                List.of(new Phase("judge", SampleReport.STARTED, Duration.ofSeconds(1), List.of(visits))),
                SampleReport.STARTED,
                Duration.ofSeconds(1));
    }

    private static Observation visit(long at, String pod) {
        return new Observation(
                "client > svc",
                "client",
                "10.0.0.1",
                at,
                at + 1,
                new Observation.Answered(at, 1234, new EchoLine("svc", "/", pod, "10.0.0.1", "")));
    }

    private static JsonNode data(String page) throws IOException {
        String begin = "id=\"data\">";
        int from = page.indexOf(begin) + begin.length();
        return JsonMapper.builder().build().readTree(page.substring(from, page.indexOf("</script>", from)));
    }
}
