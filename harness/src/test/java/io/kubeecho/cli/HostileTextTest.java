package io.kubeecho.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeecho.evidence.Findings;
import io.kubeecho.evidence.Phase;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.lab.Timing;
import io.kubeecho.probe.EchoLine;
import io.kubeecho.probe.Observation;
import io.kubeecho.report.RunReport;
import io.kubeecho.report.TextReport;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What a pod, a node or a cluster says may be anything, and every report is written, can be read, and moves no terminal. */
class HostileTextTest {

    @Provide
    Arbitrary<String> hostile() {
        Arbitrary<Character> bad = Arbitraries.of(
                '\u0000', '\u0007', '\b', '\t', '\n', '\r', '\u001b', '\u007f', '\u0085', '\u009b', '\u009d', '\ud800',
                '\udfff', '\ufffe', '\uffff', '\u2028', '\u202e', '<', '>', '&', '"', '\'', ']', '\\', '%', '\ud83d');
        return Arbitraries.oneOf(bad, Arbitraries.chars()).list().ofMaxSize(30).map(characters -> {
            StringBuilder text = new StringBuilder();
            characters.forEach(text::append);
            return text.toString();
        });
    }

    @Property(tries = 150)
    void everyReportParsesAndHasNoRawControl(
            @ForAll("hostile") String one, @ForAll("hostile") String other, @ForAll Verdict verdict) throws Exception {
        check(one, other, verdict);
    }

    @Example
    void aReportWithAHalfOfASurrogatePairIsWritten() throws Exception {
        for (Verdict verdict : Verdict.values()) {
            check("echo-\ud800", "\u001b]0;pwned\u0007\u009b2J </script>]]>", verdict);
        }
    }

    private static void check(String one, String other, Verdict verdict) throws Exception {
        Path folder = Files.createTempDirectory("hostile-text");
        try (VerifyFiles files = VerifyFiles.claim(folder)) {
            RunReport report = report(one, other, verdict);
            files.write(report, TextReport.of(report), true);
            for (String name : List.of("report.txt", "report.json", "report.html", "junit/TEST-junit-jupiter.xml")) {
                assertHarmless(name, folder.resolve(name));
            }
            new ObjectMapper().readTree(folder.resolve("report.json").toFile());
            assertThat(DocumentBuilderFactory.newInstance()
                            .newDocumentBuilder()
                            .parse(folder.resolve("junit/TEST-junit-jupiter.xml")
                                    .toFile())
                            .getElementsByTagName("testcase")
                            .getLength())
                    .isEqualTo(1);
            // a row and its paragraph keep their lines
            assertThat(TextReport.of(report).lines().count())
                    .isEqualTo(TextReport.of(report("a", other.isEmpty() ? "" : "b", verdict))
                            .lines()
                            .count());
        } finally {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private static void assertHarmless(String name, Path file) throws Exception {
        // fails on what is not UTF-8
        String text = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
                .toString();
        assertThat(text.chars()
                        .filter(c -> (c < ' ' && c != '\n' && c != '\r') || (c >= 0x7f && c <= 0x9f))
                        .mapToObj(Integer::toHexString))
                .as(name)
                .isEmpty();
    }

    private static RunReport report(String one, String other, Verdict verdict) {
        Observation answered = new Observation(
                one,
                other,
                "10.0.0.1",
                1,
                2,
                new Observation.Answered(3, 4, new EchoLine(one, other, one, other, one)));
        Observation misunderstood =
                new Observation(other, one, "10.0.0.1", 1, 2, new Observation.Misunderstood(200, one + other));
        ScenarioResult result = new ScenarioResult(
                "AFF-CIP",
                "title",
                verdict,
                "expected",
                one + other,
                other,
                List.of(),
                Findings.NONE,
                List.of(new Phase("judge", Instant.EPOCH, Duration.ZERO, Arrays.asList(answered, misunderstood))),
                Instant.EPOCH,
                Duration.ZERO);
        return new RunReport(
                "1",
                new Lab.Description("kubernetes", Lab.Kind.CLUSTER, one, other),
                new Timing(
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1)),
                1,
                Instant.EPOCH,
                Duration.ZERO,
                List.of(result));
    }
}
