package io.kubeecho.load.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kubeecho.load.FakeService;
import io.kubeecho.load.Plans;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.drive.LoadListener;
import io.kubeecho.load.drive.LoadPlan;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Measurement;
import io.kubeecho.load.measure.SessionAffinity;
import io.kubeecho.load.objective.Objective;
import io.kubeecho.load.rollout.EndpointChange;
import io.kubeecho.load.rollout.EndpointState;
import io.kubeecho.load.rollout.Histories;
import io.kubeecho.load.rollout.Rollout;
import io.kubeecho.load.view.LiveFrame;
import io.kubeecho.load.view.PlainLine;
import io.kubeecho.load.view.Progress;
import io.kubeecho.page.Chromium;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of one real run with errors, moves and several pods, in every form. */
class ReportsTest {

    private static final String STRANGE = "pod</script><script>alert(1)</script>,\"x\"";

    @TempDir
    private static Path folder;

    private static LoadReport report;
    private static final List<Progress> SEEN = new ArrayList<>();

    @BeforeAll
    static void run() throws IOException {
        var pick = FakeService.random(4, 7);
        var number = new java.util.concurrent.atomic.AtomicInteger();
        try (FakeService service = new FakeService(
                        0,
                        source -> {
                            int n = number.incrementAndGet();
                            return n % 50 == 0 ? "" : n % 10 == 0 ? STRANGE.replace(" ", "") : pick.apply(source);
                        },
                        () -> 0);
                HistogramLog log = new HistogramLog(folder.resolve("load.hlog"))) {
            LoadPlan plan = Plans.plan(
                    service.url(),
                    LoadPlan.HttpKind.HTTP1,
                    ConnectionPolicy.of("per-request"),
                    14,
                    "127.9.0.0/28",
                    Plans.open(500, 500));
            Histories endpoints = new Histories("echo-a", "echo-b", "echo-c")
                    .at(0.2, "echo-d", EndpointState.READY)
                    .at(0.3, "echo-a", EndpointState.TERMINATING)
                    .broken(0.4)
                    .mended(0.5, "echo-b", "echo-c", "echo-d");
            LoadResult result = Plans.run(
                    plan,
                    new LoadListener() {
                        @Override
                        public void started(Instant at) {
                            log.start(at);
                        }

                        @Override
                        public void interval(
                                IntervalFigures interval, Measurement.IntervalHistograms histograms, Figures soFar) {
                            log.add(interval, histograms);
                            SEEN.add(new Progress("http://echo/", 1, 500, true, interval, soFar));
                        }
                    },
                    Optional.of(zero -> endpoints.history()));
            log.finish();
            report = LoadReport.of(
                    "test",
                    List.of(service.url()),
                    Map.of("rate", "500"),
                    new SessionAffinity(true, Duration.ofHours(3)),
                    result,
                    Objective.parse("errors<1%,affinity.violations==0,pods>=4,p99<1s,evenness.v<1"));
        }
    }

    @Test
    void the_json_is_as_its_schema_says() {
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(JsonSummary.schema());
        assertThat(schema.validate(JsonSummary.of(report))).isEmpty();
    }

    @Test
    void without_a_watch_the_json_is_as_its_schema_says_too() {
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(JsonSummary.schema());
        ObjectNode json = JsonSummary.of(report);
        json.remove("rollout");
        assertThat(schema.validate(json)).isEmpty();
    }

    @Test
    void every_form_tells_the_changes_of_the_endpoints() {
        Rollout rollout = report.result().figures().rollout().orElseThrow();
        assertThat(rollout.changes())
                .extracting(c -> c.change().kind())
                .containsExactly(
                        EndpointChange.Kind.READY, EndpointChange.Kind.TERMINATING, EndpointChange.Kind.REMOVED);
        assertThat(rollout.errorCount() + sum(rollout.errorsElsewhere())).isEqualTo(10);
        assertThat(TextSummary.of(report))
                .contains(
                        "ROLLOUT      default/echo: 3 ready at first, 3 at last; 3 changes of endpoints",
                        "    0.3s  terminating  echo-a  ",
                        "   ~0.5s  removed      echo-a",
                        "note         the watch was broken from 0.4s to 0.5s",
                        "no endpoint of default/echo, and yet answered: " + STRANGE.replace(" ", ""));
        ObjectNode json = JsonSummary.of(report);
        assertThat(json.at("/rollout/first")).hasSize(3);
        assertThat(json.at("/rollout/changes")).hasSize(3);
        assertThat(json.at("/rollout/changes/1/staleConnections").longValue())
                .isEqualTo(rollout.staleConnections())
                .isPositive();
        assertThat(json.at("/rollout/staleAnswers").longValue()).isPositive();
        List<String> csv = CsvChanges.of(rollout).lines().toList();
        assertThat(csv).hasSize(4);
        assertThat(csv.get(0)).startsWith("at_s,not_before_s,change,endpoint,").endsWith(",error_reset-before-answer");
        assertThat(csv.get(3)).startsWith("0.500,0.400,removed,echo-a,");
    }

    private static long sum(Map<?, Long> counts) {
        return counts.values().stream().mapToLong(Long::longValue).sum();
    }

    @Test
    void the_schema_notices_what_is_wrong() {
        JsonSchema schema =
                JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012).getSchema(JsonSummary.schema());
        ObjectNode json = JsonSummary.of(report);
        json.remove("pods");
        json.put("outcome", "fine");
        assertThat(schema.validate(json)).hasSize(2);
    }

    @Test
    void the_json_tells_the_run() {
        ObjectNode json = JsonSummary.of(report);
        assertThat(json.at("/requests/due").longValue()).isEqualTo(500);
        assertThat(json.at("/requests/answered").longValue()).isEqualTo(490);
        assertThat(json.at("/requests/errors/reset-before-answer").longValue()).isEqualTo(10);
        assertThat(json.at("/affinity/moves/violation").longValue()).isPositive();
        assertThat(json.at("/outcome").textValue()).isEqualTo("missed");
        assertThat(json.at("/pods")).hasSize(5);
    }

    @Test
    void the_csv_has_a_line_for_each_interval_and_adds_up() {
        List<String> lines =
                CsvSeries.of(report.result().figures().intervals()).lines().toList();
        assertThat(lines).hasSize(report.result().figures().intervals().size() + 1);
        assertThat(lines.get(0))
                .startsWith("from_s,to_s,due,answered")
                .contains(",error_reset-before-answer,")
                .contains("\"pod_pod</script><script>alert(1)</script>,\"\"x\"\"\"");
        assertThat(lines.stream()
                        .skip(1)
                        .mapToLong(line -> Long.parseLong(line.split(",", -1)[3]))
                        .sum())
                .isEqualTo(490);
    }

    @Test
    void the_histogram_log_is_read_by_hdrhistogram_and_adds_up() throws IOException {
        Histogram all = new Histogram(3);
        try (HistogramLogReader reader =
                new HistogramLogReader(folder.resolve("load.hlog").toFile())) {
            for (EncodableHistogram h = reader.nextIntervalHistogram(); h != null; h = reader.nextIntervalHistogram()) {
                if ("response".equals(h.getTag())) {
                    all.add((Histogram) h);
                }
            }
        }
        Histogram whole = report.result().figures().response();
        assertThat(all.getTotalCount()).isEqualTo(whole.getTotalCount());
        assertThat(all.getMaxValue()).isEqualTo(whole.getMaxValue());
    }

    @Test
    void the_text_names_every_pod_and_every_objective() {
        String text = TextSummary.of(report);
        assertThat(text)
                .contains("echo-a", "echo-b", "echo-c", "echo-d", "10 (2.0 %): 10 reset-before-answer")
                .contains("MISSED       affinity.violations==0: ", "MET          pods>=4: 5")
                .contains("violations, on ");
    }

    @Test
    void metrics_are_in_prometheus_text_format() {
        String text = MetricsText.of(report.result().figures());
        assertThat(text.lines().filter(l -> !l.startsWith("#")))
                .allMatch(l -> l.matches("[a-z_]+(\\{[a-z]+=\"(?:[^\"\\\\]|\\\\.)*\"\\})? [0-9.e+-]+|.*NaN"));
        assertThat(text)
                .contains("kube_echo_load_due_total 500\n")
                .contains("kube_echo_load_errors_total{kind=\"reset-before-answer\"} 10\n")
                .contains("kube_echo_load_response_seconds{quantile=\"0.99\"} ");
    }

    @Test
    void the_live_view_fits_the_terminal_that_it_is_told() {
        for (Progress progress : SEEN) {
            for (int[] size : new int[][] {{80, 24}, {100, 40}, {80, 20}}) {
                List<String> lines = LiveFrame.of(progress, size[0], size[1]);
                assertThat(lines).hasSizeLessThanOrEqualTo(size[1]);
                assertThat(lines.stream().map(l -> l.replaceAll("\u001b\\[[0-9;]*m", "")))
                        .allMatch(l -> l.length() <= size[0]);
            }
            assertThat(PlainLine.of(progress)).hasSizeLessThanOrEqualTo(110).doesNotContain("\n");
        }
    }

    @Test
    void a_name_that_a_backend_chose_does_not_escape_the_page() {
        String page = HtmlPage.of(report);
        assertThat(page).doesNotContain("alert(1)</script>").contains("alert(1)\\u003c/script>");
    }

    @Test
    void the_page_fetches_nothing() {
        assertThat(HtmlPage.of(report).replaceAll("http://(127\\.0\\.0\\.1:\\d+/|www\\.w3\\.org/2000/svg)", ""))
                .doesNotContain("http:", "https:", "src=", "@import", "url(");
    }

    @Test
    void a_browser_draws_the_page() throws IOException, InterruptedException {
        Path page = folder.resolve("load.html");
        HtmlPage.write(report, page);
        String drawn = Chromium.dom(page, folder);
        assertThat(drawn).contains("data-ready=\"yes\"").contains("<polygon").contains("OBJECTIVE MISSED");
        // four charts, the endpoints' lives, and a row for each pod
        assertThat(drawn.split("<svg", -1)).hasSize(6);
        // each change has its number in the charts and in the table
        assertThat(drawn.split("class=\"number\"", -1).length).isGreaterThan(4);
        assertThat(drawn).contains(">1</td>", ">2</td>", ">3</td>", "~0.50 s", "class=\"break\"");
        assertThat(JsonMapper.builder()
                        .build()
                        .readTree(JsonSummary.of(report).toString())
                        .at("/pods"))
                .allSatisfy(pod -> assertThat(drawn)
                        .contains("<td>"
                                + pod.get("pod")
                                        .textValue()
                                        .replace("<", "&lt;")
                                        .replace(">", "&gt;") + "</td>"));
    }
}
