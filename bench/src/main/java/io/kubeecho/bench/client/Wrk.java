package io.kubeecho.bench.client;

import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.ProcessFigures;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.server.Server;
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
 * @param tls whether to the port with TLS, whose certificate wrk does not check
 */
public record Wrk(Cpus cpus, List<String> headers, String script, boolean tls) implements Load {

    private static final int CONNECTIONS = 64;
    private static final String PIPELINE = """
            local all
            function init() all = wrk.format():rep(16) end
            function request() return all end
            """;
    private static final Pattern REQUESTS = Pattern.compile("(?m)^\\s*(\\d+) requests in ");
    private static final Pattern FAILURES = Pattern.compile("(?m)^\\s*(Socket errors: .*|Non-2xx .*)$");

    /** Requests one after another on connections that are kept. */
    public static Wrk keepAlive() {
        return new Wrk(Cpus.CLIENT, List.of(), "", false);
    }

    /** Each request on a connection of its own, which the server closes. */
    public static Wrk newConnections() {
        return new Wrk(Cpus.CLIENT, List.of("Connection: close"), "", false);
    }

    /** As {@link #keepAlive()}, and always 16 requests in one write. */
    public static Wrk pipelined() {
        return new Wrk(Cpus.CLIENT, List.of(), PIPELINE, false);
    }

    /** With one more header. */
    public Wrk with(String header) {
        return new Wrk(cpus, Stream.concat(headers.stream(), Stream.of(header)).toList(), script, tls);
    }

    /** To the port with TLS. */
    public Wrk overTls() {
        return new Wrk(cpus, headers, script, true);
    }

    public Wrk on(Cpus newCpus) {
        return new Wrk(newCpus, headers, script, tls);
    }

    /** Until C2 has compiled the JDK's ciphers, which are in Java, they are ten times as slow. */
    @Override
    public int warmUpLoads() {
        return tls ? 15 : 4;
    }

    @Override
    public Result run(RunningServer server, int seconds) throws IOException, InterruptedException {
        List<String> command =
                new ArrayList<>(List.of("wrk", "-t1", "-c" + CONNECTIONS, "-d" + seconds + "s", "--timeout", "10s"));
        headers.forEach(header -> command.addAll(List.of("-H", header)));
        Path scriptFile = null;
        if (!script.isEmpty()) {
            scriptFile = Files.writeString(Files.createTempFile("wrk-", ".lua"), script);
            command.addAll(List.of("-s", scriptFile.toString()));
        }
        if (tls) {
            int port = server.server().port() + Server.TLS_ABOVE;
            server.awaitPort(port);
            command.add("https://127.0.0.1:" + port + "/path");
        } else {
            command.add(server.server().url() + "path");
        }
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
