package io.kubeecho.bench.part;

import io.kubeecho.bench.client.Load;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.report.Figure.Goal;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.server.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * CPU time per request of the echo server beside other servers, on one CPU which they have in turn.
 *
 * <p>In each round the echo server is started anew and warmed up: what the JVM compiles differs a little from start to
 * start, and an interval over rounds of one process would not know. Within a round every server is measured once, in an
 * order that is reversed in the next, and the ratios are of the same round.
 */
final class CpuBesidePeers implements Part {

    /** Which servers to compare. */
    interface Choice<T> {
        T of(Bench bench) throws IOException;
    }

    /** Of each figure. */
    private static final int SECONDS = 2;

    private final String id;
    private final String title;
    private final Load load;
    private final Choice<Server> subject;
    private final Choice<List<Server>> peers;
    private final @Nullable Goal goal;

    /**
     * A comparison.
     *
     * @param peers of which the goal is for the first
     */
    CpuBesidePeers(
            String id,
            String title,
            Load load,
            Choice<Server> subject,
            Choice<List<Server>> peers,
            @Nullable Goal goal) {
        this.id = id;
        this.title = title;
        this.load = load;
        this.subject = subject;
        this.peers = peers;
        this.goal = goal;
    }

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        Server measured = subject.of(bench);
        List<RunningServer> others = new ArrayList<>();
        Map<String, List<Double>> micros = new LinkedHashMap<>();
        try {
            for (Server peer : peers.of(bench)) {
                RunningServer running = RunningServer.start(peer, Cpus.SERVER);
                others.add(running);
                load.warmUp(running);
            }
            for (int round = 0; round < bench.rounds(); round++) {
                try (RunningServer echo = RunningServer.start(measured, Cpus.SERVER)) {
                    load.warmUp(echo);
                    List<RunningServer> all = new ArrayList<>(others);
                    all.add(round % 2 == 0 ? 0 : all.size(), echo);
                    for (RunningServer server : all) {
                        Load.Result result = load.run(server, SECONDS);
                        String name = server.server().name();
                        micros.computeIfAbsent(name, n -> new ArrayList<>()).add(result.cpuMicrosPerRequest());
                    }
                }
            }
        } finally {
            for (RunningServer other : others) {
                other.close();
            }
        }
        return figures(measured, others.stream().map(RunningServer::server).toList(), micros);
    }

    private List<Figure> figures(Server measured, List<Server> others, Map<String, List<Double>> micros) {
        List<Double> own = Objects.requireNonNull(micros.get(measured.name()), "it was measured in each round");
        List<Figure> figures = new ArrayList<>();
        for (Server other : others) {
            List<Double> theirs = Objects.requireNonNull(micros.get(other.name()), "it was measured in each round");
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) {
                ratios.add(own.get(i) / theirs.get(i));
            }
            Figure ratio = new Figure(
                    id + "/" + other.name(),
                    "CPU per request, " + title + ", against " + other.name(),
                    Figure.RATIO,
                    figures.isEmpty() ? goal : null,
                    ratios);
            figures.add(ratio);
        }
        micros.forEach((name, sample) ->
                figures.add(Figure.of(id + "/us/" + name, "CPU per request, " + title + ": " + name, "µs", sample)));
        return figures;
    }
}
