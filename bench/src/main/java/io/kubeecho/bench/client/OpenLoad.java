package io.kubeecho.bench.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A load at a fixed rate, whatever the server does, by {@code kube-echo load}: wrk has no such mode.
 *
 * @param java runs it
 * @param harness the jar that has it
 * @param folder for its report
 * @param rate requests a second
 * @param seconds that are measured, after one that is not
 */
public record OpenLoad(String java, Path harness, Path folder, int rate, int seconds) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * Latency from the time a request was due, in microseconds.
     *
     * @param generatorWasTheLimit the figures say more about the client than about the server
     */
    public record Result(double p50, double p99, double p999, boolean generatorWasTheLimit) {}

    /** Loads a server over 64 connections. */
    public Result run(RunningServer server) throws IOException, InterruptedException {
        List<String> command = List.of(
                java,
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-jar",
                harness.toString(),
                "load",
                server.server().url(),
                "--rate=" + rate,
                "--duration=" + seconds + "s",
                "--warmup=1s",
                "--requests=" + 2 * rate * (seconds + 1),
                "--clients=64",
                "--identity=none",
                "--max-lag=1s",
                "--no-live",
                "--out=" + folder);
        Process load = new ProcessBuilder(Cpus.CLIENT.only(command))
                .redirectErrorStream(true)
                .start();
        String said = new String(load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = load.waitFor();
        if (code != 0 && code != 3) {
            throw new IOException("kube-echo load: " + said);
        }
        JsonNode report = JSON.readTree(folder.resolve("load.json").toFile());
        if (report.at("/requests/failed").asLong() > 0) {
            throw new IOException("requests failed: " + said);
        }
        JsonNode latency = report.at("/latency/response");
        return new Result(micros(latency, "p50"), micros(latency, "p99"), micros(latency, "p99.9"), code == 3);
    }

    private static double micros(JsonNode latency, String quantile) {
        JsonNode nanos = latency.path(quantile);
        if (!nanos.isNumber()) {
            throw new IllegalStateException("no " + quantile + " in " + latency);
        }
        return nanos.asDouble() / 1e3;
    }
}
