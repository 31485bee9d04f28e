package io.kubeecho.bench.part;

import io.kubeecho.bench.client.Wrk;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.server.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a request costs on two event loops against one: the same server and client on both CPUs, interleaved. */
final class EventLoops implements Part {

    private static final int WARM_UP_SECONDS = 4;
    private static final int SECONDS = 2;

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        List<Double> one = new ArrayList<>();
        List<Double> two = new ArrayList<>();
        List<Double> ratio = new ArrayList<>();
        for (int round = 0; round < bench.rounds(); round++) {
            boolean oneFirst = round % 2 == 0;
            double first = micros(bench, oneFirst ? 1 : 2);
            double second = micros(bench, oneFirst ? 2 : 1);
            one.add(oneFirst ? first : second);
            two.add(oneFirst ? second : first);
            ratio.add(two.get(round) / one.get(round));
        }
        return List.of(
                Figure.of("loops/ratio", "CPU per request, two event loops against one", Figure.RATIO, ratio)
                        .withGoal(1.1, 1.0),
                Figure.of("loops/us/1", "CPU per request, one event loop on two CPUs", "µs", one),
                Figure.of("loops/us/2", "CPU per request, two event loops on two CPUs", "µs", two));
    }

    private static double micros(Bench bench, int loops) throws IOException, InterruptedException {
        Server server = bench.echo()
                .variant(loops + " event loops", List.of(), Map.of("KUBE_ECHO_EVENT_LOOPS", String.valueOf(loops)));
        Wrk load = Wrk.keepAlive().on(Cpus.BOTH);
        try (RunningServer running = RunningServer.start(server, Cpus.BOTH)) {
            load.run(running, WARM_UP_SECONDS);
            return load.run(running, SECONDS).cpuMicrosPerRequest();
        }
    }
}
