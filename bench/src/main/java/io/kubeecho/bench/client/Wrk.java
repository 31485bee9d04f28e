package io.kubeecho.bench.client;

import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.ProcessFigures;
import io.kubeecho.bench.server.RunningServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A closed load by {@code wrk}, on one thread with 64 connections.
 *
 * @param cpus where wrk runs
 * @param headers of each request
 * @param script in Lua, of wrk's own; empty for none
 */
public record Wrk(Cpus cpus, List<String> headers, String script) {

    private static final int CONNECTIONS = 64;
    private static final int WARM_UP_LOADS = 4;
    private static final int WARM_UP_SECONDS = 2;
    private static final String PIPELINE = """
            local all
            function init() all = wrk.format():rep(16) end
            function request() return all end
            """;
    private static final Pattern REQUESTS = Pattern.compile("(?m)^\\s*(\\d+) requests in ");
    private static final Pattern FAILURES = Pattern.compile("(?m)^\\s*(Socket errors: .*|Non-2xx .*)$");

    /** Requests one after another on connections that are kept. */
    public static Wrk keepAlive() {
        return new Wrk(Cpus.CLIENT, List.of(), "");
    }

    /** Each request on a connection of its own, which the server closes. */
    public static Wrk newConnections() {
        return new Wrk(Cpus.CLIENT, List.of("Connection: close"), "");
    }

    /** As {@link #keepAlive()}, and always 16 requests in one write. */
    public static Wrk pipelined() {
        return new Wrk(Cpus.CLIENT, List.of(), PIPELINE);
    }

    /** With one more header. */
    public Wrk with(String header) {
        return new Wrk(cpus, Stream.concat(headers.stream(), Stream.of(header)).toList(), script);
    }

    public Wrk on(Cpus newCpus) {
        return new Wrk(newCpus, headers, script);
    }

    /**
     * What a load came to.
     *
     * @param requests that were answered
     * @param seconds that it took
     * @param cpu of the server meanwhile
     */
    public record Result(long requests, double seconds, ProcessFigures.Cpu cpu) {

        /** CPU time of the server, user and system, in microseconds. */
        public double cpuMicrosPerRequest() {
            return cpu.total() * 1e6 / requests;
        }

        public double requestsPerSecond() {
            return requests / seconds;
        }
    }

    /**
     * Loads a server so that a JVM compiles what there is to do, by loads of 2 s after one another.
     *
     * <p>By several, because the end of a load is new to compiled code: the first time that connections are reset, what C2
     * took for never happening is thrown away with all that depends on it. Compiling it again takes seconds of CPU time,
     * which after a single load would be measured with the next.
     */
    public void warmUp(RunningServer server) throws IOException, InterruptedException {
        for (int load = 0; load < WARM_UP_LOADS; load++) {
            run(server, WARM_UP_SECONDS);
        }
    }

    /**
     * Loads a server.
     *
     * @param seconds at least 1
     * @throws IOException when a request failed: such a figure would be of something else
     */
    public Result run(RunningServer server, int seconds) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", "--timeout", "10s"));
        headers.forEach(header -> command.addAll(List.of("-H", header)));
        Path scriptFile = null;
        if (!script.isEmpty()) {
            scriptFile = Files.writeString(Files.createTempFile("wrk-", ".lua"), script);
            command.addAll(List.of("-s", scriptFile.toString()));
        }
        command.add(server.server().url() + "path");
        try {
            return run(server, command);
        } finally {
            if (scriptFile != null) {
                Files.delete(scriptFile);
            }
        }
    }

    private Result run(RunningServer server, List<String> command) throws IOException, InterruptedException {
        ProcessFigures.Cpu before = server.cpu();
        long began = System.nanoTime();
        Process wrk =
                new ProcessBuilder(cpus.only(command)).redirectErrorStream(true).start();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = wrk.waitFor();
        double took = (System.nanoTime() - began) / 1e9;
        ProcessFigures.Cpu used = server.cpu().since(before);
        Matcher requests = REQUESTS.matcher(said);
        if (code != 0 || !requests.find() || FAILURES.matcher(said).find()) {
            throw new IOException("wrk on " + server.server().name() + ": " + said);
        }
        return new Result(Long.parseLong(requests.group(1)), took, used);
    }
}
