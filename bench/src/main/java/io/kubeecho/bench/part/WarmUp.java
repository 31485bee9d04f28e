package io.kubeecho.bench.part;

import io.kubeecho.bench.client.Rounds;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.stats.Interval;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How many requests a new process has answered when CPU per request, over 5,000 of them, is within 10 % of what it is in
 * the end. The compilers' threads are on the same CPU and count.
 */
final class WarmUp implements Part {

    /** No ratio, so the least number of values that has a 95 % interval will do. */
    private static final int MOST_ROUNDS = 6;

    private static final int SLICE = 1000;
    private static final int SLICES = 400;
    /** The last so many are taken for the steady state. */
    private static final int STEADY = 100;

    private static final int WINDOW = 5;
    private static final double WITHIN = 1.1;

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        List<Double> requests = new ArrayList<>();
        List<Double> first = new ArrayList<>();
        List<Double> steady = new ArrayList<>();
        for (int round = 0; round < Math.min(MOST_ROUNDS, bench.rounds()); round++) {
            List<Double> micros = new ArrayList<>();
            try (RunningServer server = RunningServer.start(bench.echo().quiet(), Cpus.SERVER);
                    Rounds client = new Rounds(server.server().port())) {
                double before = server.cpuOfLivingThreads();
                for (int slice = 0; slice < SLICES; slice++) {
                    int sent = client.send(SLICE);
                    double after = server.cpuOfLivingThreads();
                    // a thread of the compilers that ended takes its time with it
                    micros.add(Math.max(0, after - before) * 1e6 / sent);
                    before = after;
                }
            }
            double end = Interval.of(micros.subList(SLICES - STEADY, SLICES)).median();
            steady.add(end);
            first.add(mean(micros.subList(0, WINDOW)));
            requests.add((double) SLICE * slicesUntil(micros, end * WITHIN));
        }
        return List.of(
                Figure.of(
                        "warmup/requests",
                        "warm-up: requests until CPU is within 10 % of steady",
                        "requests",
                        requests),
                Figure.of("warmup/first", "CPU per request, the first 5,000 of a process", "µs", first),
                Figure.of("warmup/steady", "CPU per request, after 300,000", "µs", steady));
    }

    private static int slicesUntil(List<Double> micros, double bound) {
        for (int slice = WINDOW; slice <= micros.size(); slice++) {
            if (mean(micros.subList(slice - WINDOW, slice)) <= bound) {
                return slice;
            }
        }
        return micros.size();
    }

    private static double mean(List<Double> values) {
        return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
    }
}
