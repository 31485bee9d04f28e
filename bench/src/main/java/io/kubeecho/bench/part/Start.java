package io.kubeecho.bench.part;

import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.server.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** From the start of the process to its first answer, and what it holds once it has calmed down; on both CPUs. */
final class Start implements Part {

    /**
     * The JVM frees what its compilers have used 5 s after the start, and at the next even second has the C library give
     * it back.
     */
    private static final int SETTLE_SECONDS = 10;

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        List<Double> cached = new ArrayList<>();
        List<Double> cachedCpu = new ArrayList<>();
        List<Double> atOnce = new ArrayList<>();
        List<Double> resident = new ArrayList<>();
        List<Double> uncached = new ArrayList<>();
        List<Double> nginx = new ArrayList<>();
        Server withoutCache = bench.echo().variant("without AOT cache", List.of("-XX:AOTMode=off"), Map.of());
        Server peer = bench.peers().nginx(bench.peerPort(), false);
        for (int round = 0; round < bench.rounds(); round++) {
            try (RunningServer server = RunningServer.start(bench.echo().quiet(), Cpus.BOTH)) {
                cached.add(millis(server));
                cachedCpu.add(server.cpuSecondsAtFirstAnswer() * 1e3);
                TimeUnit.SECONDS.sleep(1);
                atOnce.add(server.residentMb());
                TimeUnit.SECONDS.sleep(SETTLE_SECONDS - 1);
                resident.add(server.residentMb());
            }
            try (RunningServer server = RunningServer.start(withoutCache, Cpus.BOTH)) {
                uncached.add(millis(server));
            }
            try (RunningServer server = RunningServer.start(peer, Cpus.BOTH)) {
                nginx.add(millis(server));
            }
        }
        return List.of(
                Figure.of("start/ms", "start of the process to its first answer", "ms", cached)
                        .withGoal(300, 180),
                Figure.of("start/cpu", "CPU time until then", "ms", cachedCpu),
                Figure.of("start/uncached", "start to first answer without the AOT cache", "ms", uncached),
                Figure.of("start/nginx", "start to first answer: nginx", "ms", nginx),
                Figure.of("memory/at-once", "resident 1 s after the start", "MB", atOnce),
                Figure.of("memory/start", "resident " + SETTLE_SECONDS + " s after the start", "MB", resident)
                        .withGoal(72, 56));
    }

    private static double millis(RunningServer server) {
        return server.firstAnswer().toNanos() / 1e6;
    }
}
