package io.kubeecho.bench.part;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeecho.bench.report.Figure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The time of a whole {@code kube-echo verify} on the embedded lab, and of its phases as its report has them. */
final class Conformance implements Part {

    /** No ratio, so the least number of values that has a 95 % interval will do. */
    private static final int MOST_ROUNDS = 6;

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        Map<String, List<Double>> seconds = new LinkedHashMap<>();
        Path folder = bench.work().resolve("verify");
        for (int round = 0; round < Math.min(MOST_ROUNDS, bench.rounds()); round++) {
            long began = System.nanoTime();
            verify(bench, folder);
            add(seconds, "the whole command", (System.nanoTime() - began) / 1e9);
            JsonNode report = JSON.readTree(folder.resolve("report.json").toFile());
            for (JsonNode result : report.path("results")) {
                String id = result.path("id").asText();
                add(seconds, id, of(result));
                double converging = 0;
                double judging = 0;
                for (JsonNode phase : result.path("phases")) {
                    if (phase.path("name").asText().equals("converge")) {
                        converging += of(phase);
                    } else {
                        judging += of(phase);
                    }
                }
                add(seconds, id + ", waiting until the Service has converged", converging);
                add(seconds, id + ", judging", judging);
            }
        }
        List<Figure> figures = new ArrayList<>();
        seconds.forEach((what, sample) -> figures.add(Figure.of("verify/" + what, "verify: " + what, "s", sample)));
        return figures;
    }

    private static void verify(Bench bench, Path folder) throws IOException, InterruptedException {
        // as the launcher of the source tree has it
        Process verify = new ProcessBuilder(
                        bench.java(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        bench.harness().toString(),
                        "verify",
                        "--out=" + folder)
                .redirectErrorStream(true)
                .start();
        String said = new String(verify.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (verify.waitFor() != 0) {
            throw new IOException("kube-echo verify: " + said);
        }
    }

    private static void add(Map<String, List<Double>> seconds, String what, double value) {
        seconds.computeIfAbsent(what, w -> new ArrayList<>()).add(value);
    }

    private static double of(JsonNode timed) {
        return Duration.parse(timed.path("took").asText()).toNanos() / 1e9;
    }
}
