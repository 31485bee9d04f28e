package io.kubeecho.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.load.FakeService;
import io.kubeecho.report.JsonReport;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process of its own that is told to stop in the middle of a scenario. */
@Timeout(120)
class InterruptTest {

    @TempDir
    private Path folder = Path.of("replaced by JUnit");

    @Test
    void afterCtrlCTheReportIsStillWrittenWithAllThatWasSeen() throws Exception {
        stopInTheMiddle(isIgnored(2) ? "TERM" : "INT");
    }

    @Test
    void afterSigtermToo() throws Exception {
        stopInTheMiddle("TERM");
    }

    @Test
    void afterCtrlCALoadIsSummedUp() throws Exception {
        try (FakeService service = FakeService.evenly(3)) {
            Process load = new ProcessBuilder(
                            java(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Main.class.getName(),
                            "load",
                            service.url(),
                            "--no-live",
                            "--warmup",
                            "0s",
                            "--duration",
                            "100s",
                            "--interval",
                            "200ms",
                            "--out",
                            folder.toString())
                    .redirectErrorStream(true)
                    .start();
            try (BufferedReader out = load.inputReader()) {
                String line = out.readLine();
                while (line != null && !line.contains("p50")) {
                    line = out.readLine();
                }
                assertThat(line).as("the line of an interval").isNotNull();
                kill(load, isIgnored(2) ? "TERM" : "INT");
                String rest = String.join("\n", out.lines().toList());
                assertThat(load.waitFor(60, TimeUnit.SECONDS)).isTrue();
                assertThat(rest).contains("ended early", "pod-0", "report: ").doesNotContain("Exception");
            } finally {
                load.destroyForcibly();
            }
        }
        var json = JsonMapper.builder()
                .build()
                .readTree(folder.resolve("load.json").toFile());
        assertThat(json.at("/interrupted").booleanValue()).isTrue();
        assertThat(json.at("/requests/answered").longValue()).isPositive();
        assertThat(json.at("/seconds").doubleValue()).isLessThan(100);
        assertThat(folder.resolve("load.html")).isNotEmptyFile();
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static void kill(Process process, String signal) throws Exception {
        assertThat(new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private void stopInTheMiddle(String signal) throws Exception {
        // the second scenario waits for most of a minute and is not waited for, and the third is not begun
        Process verify = new ProcessBuilder(
                        java(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "verify",
                        "--run",
                        "NOEP,HOLD,AFF-CIP",
                        "--affinity-timeout",
                        "60s",
                        "--out",
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        try (BufferedReader out = verify.inputReader()) {
            StringBuilder said = new StringBuilder();
            String line = out.readLine();
            while (line != null && !line.startsWith("[1/3]")) {
                said.append(line).append('\n');
                line = out.readLine();
            }
            assertThat(line).as("the first scenario's line, after: %s", said).isNotNull();
            // a moment later the second is under way; were it not yet, it would not be started at all
            Thread.sleep(500);
            kill(verify, signal);
            String rest = String.join("\n", out.lines().toList());
            assertThat(verify.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(rest).contains("1 PASS, 2 INCONCLUSIVE in ").doesNotContain("Exception");
        } finally {
            verify.destroyForcibly();
        }

        List<ScenarioResult> results =
                JsonReport.read(folder.resolve("report.json")).results();
        assertThat(results).extracting(ScenarioResult::id).containsExactly("AFF-CIP", "HOLD", "NOEP");
        assertThat(results)
                .extracting(ScenarioResult::verdict)
                .containsExactly(Verdict.INCONCLUSIVE, Verdict.INCONCLUSIVE, Verdict.PASS);
        assertThat(results.get(0).seen()).isEqualTo("not run: interrupted");
        assertThat(results.get(1).seen()).endsWith(": interrupted");
        assertThat(results.get(2).connections()).isPositive();
        assertThat(folder.resolve("report.txt")).exists();
    }

    /** A process that was started in the background by some shells ignores SIGINT, and so do its children. */
    private static boolean isIgnored(int signal) throws IOException {
        Path status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return false;
        }
        return Files.readAllLines(status).stream()
                .filter(l -> l.startsWith("SigIgn:"))
                .map(l -> Long.parseUnsignedLong(l.substring("SigIgn:".length()).strip(), 16))
                .anyMatch(mask -> (mask >> (signal - 1) & 1) == 1);
    }
}
