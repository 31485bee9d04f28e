package io.kubeecho.bench.part;

import io.kubeecho.bench.client.OpenConnections;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.server.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What an open connection holds of the server's resident memory: the difference between the calm after the start and the
 * calm with 15,000 connections that have each had an answer. What the JVM loads and compiles for the first requests is in it.
 */
final class IdleConnections implements Part {

    /** No ratio, so the least number of values that has a 95 % interval will do. */
    private static final int MOST_ROUNDS = 6;

    private static final int CONNECTIONS = 15_000;
    private static final int SETTLE_SECONDS = 4;

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        List<Double> own = new ArrayList<>();
        List<Double> nginx = new ArrayList<>();
        for (int round = 0; round < Math.min(MOST_ROUNDS, bench.rounds()); round++) {
            Server echo = bench.echo().variant("kube-echo", List.of(), Map.of("KUBE_ECHO_MAX_CONNECTIONS", "20000"));
            own.add(kilobytesEach(echo));
            nginx.add(kilobytesEach(bench.peers().nginx(bench.peerPort(), false)));
        }
        return List.of(
                Figure.of("connections/kb", "15,000 open connections: resident memory for each", "KB", own)
                        .withGoal(12, 6),
                Figure.of("connections/kb/nginx", "15,000 open connections: nginx", "KB", nginx));
    }

    private static double kilobytesEach(Server server) throws IOException, InterruptedException {
        try (RunningServer running = RunningServer.start(server, Cpus.SERVER)) {
            TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
            double before = running.residentMb();
            try (OpenConnections open = OpenConnections.open(server.port(), CONNECTIONS)) {
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS);
                return (running.residentMb() - before) * 1000 / CONNECTIONS;
            }
        }
    }
}
