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

/**
 * What a request costs on two event loops against one: the same server and client on both CPUs, interleaved. Beside it
 * nginx on two workers against one: three busy threads on two CPUs cost it something, too.
 */
final class EventLoops implements Part {

    private static final int SECONDS = 2;

    /** A server on one or two event loops. */
    private interface OnLoops {
        Server of(int loops) throws IOException;
    }

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        OnLoops echo = loops -> bench.echo()
                .variant(loops + " event loops", List.of(), Map.of("KUBE_ECHO_EVENT_LOOPS", String.valueOf(loops)));
        OnLoops nginx = loops -> bench.peers().nginx(bench.peerPort(), loops);
        List<Double> one = new ArrayList<>();
        List<Double> two = new ArrayList<>();
        List<Double> ratio = new ArrayList<>();
        List<Double> ratioOfNginx = new ArrayList<>();
        for (int round = 0; round < bench.rounds(); round++) {
            Pair ours = Pair.measure(echo, round);
            one.add(ours.one());
            two.add(ours.two());
            ratio.add(ours.ratio());
            ratioOfNginx.add(Pair.measure(nginx, round).ratio());
        }
        return List.of(
                Figure.of("loops/ratio", "CPU per request, two event loops against one", Figure.RATIO, ratio)
                        .withGoal(1.1, 1.0),
                Figure.of(
                        "loops/ratio/nginx",
                        "CPU per request, nginx on two workers against one",
                        Figure.RATIO,
                        ratioOfNginx),
                Figure.of("loops/us/1", "CPU per request, one event loop on two CPUs", "µs", one),
                Figure.of("loops/us/2", "CPU per request, two event loops on two CPUs", "µs", two));
    }

    /** In microseconds of CPU time. */
    private record Pair(double one, double two) {

        static Pair measure(OnLoops server, int round) throws IOException, InterruptedException {
            boolean oneFirst = round % 2 == 0;
            double first = micros(server.of(oneFirst ? 1 : 2));
            double second = micros(server.of(oneFirst ? 2 : 1));
            return oneFirst ? new Pair(first, second) : new Pair(second, first);
        }

        double ratio() {
            return two / one;
        }
    }

    private static double micros(Server server) throws IOException, InterruptedException {
        Wrk load = Wrk.keepAlive().on(Cpus.BOTH);
        try (RunningServer running = RunningServer.start(server, Cpus.BOTH)) {
            load.warmUp(running);
            return load.run(running, SECONDS).cpuMicrosPerRequest();
        }
    }
}
