package io.kubeecho.bench.client;

import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.ProcessFigures;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.server.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A closed load of HTTP/2 without TLS by {@code h2load}, on one thread: 10 requests at once on each of 64 connections. */
public final class H2Load implements Load {

    private static final Pattern REQUESTS = Pattern.compile("(?m)(\\d+) succeeded, 0 failed, 0 errored, 0 timeout$");

    @Override
    public Result run(RunningServer server, int seconds) throws IOException, InterruptedException {
        int port = server.server().port() + Server.H2C_ABOVE;
        server.awaitPort(port);
        List<String> command = List.of(
                "h2load",
                "--threads=1",
                "--clients=64",
                "--max-concurrent-streams=10",
                "--duration=" + seconds,
                "http://127.0.0.1:" + port + "/path");
        ProcessFigures.Cpu before = server.cpu();
        long began = System.nanoTime();
        Process h2load = new ProcessBuilder(Cpus.CLIENT.only(command))
                .redirectErrorStream(true)
                .start();
        String said = new String(h2load.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int code = h2load.waitFor();
        double took = (System.nanoTime() - began) / 1e9;
        ProcessFigures.Cpu used = server.cpu().since(before);
        Matcher requests = REQUESTS.matcher(said);
        if (code != 0 || !requests.find() || requests.group(1).equals("0")) {
            throw new IOException("h2load on " + server.server().name() + ": " + said);
        }
        return new Result(Long.parseLong(requests.group(1)), took, used);
    }
}
