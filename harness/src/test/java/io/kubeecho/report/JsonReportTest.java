package io.kubeecho.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeecho.evidence.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonReportTest {

    @TempDir
    private Path folder;

    private Path file = Path.of("report.json");

    @BeforeEach
    void chooseFile() {
        file = folder.resolve("report.json");
    }

    @Test
    void whatIsWrittenIsReadBackWithEveryObservation() throws Exception {
        RunReport report = SampleReport.ofAllVerdicts();
        JsonReport.write(report, file);
        assertThat(JsonReport.read(file)).isEqualTo(report);
    }

    @Test
    void programsFindKindsDurationsAndInstantsInPlainWords() throws Exception {
        JsonReport.write(SampleReport.ofAllVerdicts(), file);
        JsonNode root = new ObjectMapper().readTree(file.toFile());
        assertThat(root.at("/started").asText()).isEqualTo("2024-02-29T23:59:59.123456789Z");
        assertThat(root.at("/took").asText()).isEqualTo("PT8.349S");
        assertThat(root.at("/timing/affinityTimeout").asText()).isEqualTo("PT0.5S");
        assertThat(root.at("/lab/dataPlane").asText()).isEqualTo("reference of kube-proxy iptables");

        JsonNode failed = root.at("/results/1");
        assertThat(failed.at("/id").asText()).isEqualTo("FAIL-1");
        assertThat(failed.at("/verdict").asText()).isEqualTo("FAIL");
        assertThat(failed.at("/meaning").asText()).isEqualTo("clients lose their pod");
        assertThat(failed.at("/thresholds/0/trials").asInt()).isEqualTo(11);

        JsonNode observations = failed.at("/phases/1/observations");
        assertThat(observations).hasSize(4);
        assertThat(observations.findValuesAsText("kind"))
                .containsExactly("answered", "misunderstood", "unanswered", "unanswered");
        assertThat(observations.at("/0/result/line/from").asText()).isEqualTo("echo-0");
        assertThat(observations.at("/0/result/localPort").asInt()).isEqualTo(65_535);
        assertThat(observations.at("/2/result/failure").asText()).isEqualTo("RESET");
    }

    @Test
    void aReportIsReplacedAsAWhole() throws Exception {
        JsonReport.write(SampleReport.ofAllVerdicts(), file);
        RunReport shorter = SampleReport.report(SampleReport.result("A", Verdict.PASS, "well", ""));
        JsonReport.write(shorter, file);
        assertThat(JsonReport.read(file)).isEqualTo(shorter);
    }

    @Test
    void whatIsNoReportIsNotTakenForOne() throws Exception {
        Files.writeString(file, "{\"hello\": 1}");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> JsonReport.read(file));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> JsonReport.read(folder.resolve("none.json")));
    }
}
