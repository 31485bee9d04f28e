package io.kubeecho.bench.part;

import io.kubeecho.bench.client.OpenLoad;
import io.kubeecho.bench.client.Wrk;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Latency at a fixed rate, beside nginx: the server on one CPU, the client on the other. */
final class Latency implements Part {

    private static final int RATE = 10_000;
    private static final int SECONDS = 4;

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        OpenLoad load = new OpenLoad(bench.java(), bench.harness(), bench.work().resolve("load"), RATE, SECONDS);
        List<OpenLoad.Result> own = new ArrayList<>();
        List<OpenLoad.Result> theirs = new ArrayList<>();
        try (RunningServer nginx = RunningServer.start(bench.peers().nginx(bench.peerPort(), false), Cpus.SERVER)) {
            for (int round = 0; round < bench.rounds(); round++) {
                try (RunningServer echo = RunningServer.start(bench.echo().quiet(), Cpus.SERVER)) {
                    Wrk.keepAlive().warmUp(echo);
                    boolean ownFirst = round % 2 == 0;
                    if (ownFirst) {
                        own.add(load.run(echo));
                    }
                    theirs.add(load.run(nginx));
                    if (!ownFirst) {
                        own.add(load.run(echo));
                    }
                }
            }
        }
        Map<String, Quantile> quantiles = new LinkedHashMap<>();
        quantiles.put("p50", OpenLoad.Result::p50);
        quantiles.put("p99", OpenLoad.Result::p99);
        quantiles.put("p99.9", OpenLoad.Result::p999);
        List<Figure> figures = new ArrayList<>();
        quantiles.forEach((name, quantile) -> {
            List<Double> ratio = new ArrayList<>();
            for (int i = 0; i < own.size(); i++) {
                ratio.add(quantile.of(own.get(i)) / quantile.of(theirs.get(i)));
            }
            String what = "latency at " + RATE + "/s, " + name;
            figures.add(Figure.of("latency/" + name, what + ", against nginx", Figure.RATIO, ratio));
            figures.add(Figure.of("latency/us/" + name, what, "µs", all(own, quantile)));
            figures.add(Figure.of("latency/us/nginx/" + name, what + ": nginx", "µs", all(theirs, quantile)));
        });
        return figures;
    }

    private interface Quantile {
        double of(OpenLoad.Result result);
    }

    private static List<Double> all(List<OpenLoad.Result> results, Quantile quantile) {
        return results.stream().map(quantile::of).toList();
    }
}
