package io.kubeecho.bench.part;

import io.kubeecho.bench.client.Wrk;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Resident memory under keep-alive load. */
final class LoadedMemory implements Part {

    /** No ratio, so the least number of values that has a 95 % interval will do. */
    private static final int MOST_ROUNDS = 6;

    private static final int SECONDS = 10;

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        List<Double> peak = new ArrayList<>();
        List<Double> atTheEnd = new ArrayList<>();
        for (int round = 0; round < Math.min(MOST_ROUNDS, bench.rounds()); round++) {
            try (RunningServer server = RunningServer.start(bench.echo().quiet(), Cpus.SERVER)) {
                Wrk.keepAlive().run(server, SECONDS);
                atTheEnd.add(server.residentMb());
                peak.add(server.peakResidentMb());
            }
        }
        return List.of(
                Figure.of("memory/peak", "peak resident in " + SECONDS + " s of keep-alive load", "MB", peak)
                        .withGoal(110, 80),
                Figure.of("memory/loaded", "resident at the end of it", "MB", atTheEnd));
    }
}
