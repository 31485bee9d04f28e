package io.kubeecho.bench.part;

import io.kubeecho.bench.client.Wrk;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.server.Server;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What the choices are worth: the image as it is against the same with one of them undone, each started anew in every
 * round. CPU per request on kept connections, and the most memory meanwhile.
 */
final class Steps implements Part {

    private static final int SECONDS = 2;
    /** Of each comparison; together they are within minutes. */
    private static final int MOST_ROUNDS = 3;

    private static final String AS_IT_IS = "as it is";

    private final Map<String, Variant> variants;

    /** A server that differs in one thing. */
    interface Variant {
        Server of(Bench bench) throws IOException;
    }

    Steps(Map<String, Variant> variants) {
        this.variants = variants;
    }

    /** The choices between options of the JVM and of Netty. */
    static Steps ofOptions() {
        Map<String, Variant> variants = new LinkedHashMap<>();
        variants.put("G1 instead of the serial collector", options("-XX:-UseSerialGC", "-XX:+UseG1GC"));
        variants.put("a pool of buffers with arenas", options("-Dio.netty.allocator.type=pooled"));
        variants.put("buffers without a pool", options("-Dio.netty.allocator.type=unpooled"));
        variants.put("C1 only", options("-XX:TieredStopAtLevel=1"));
        variants.put("without the AOT cache", options("-XX:AOTMode=off"));
        variants.put("io_uring instead of epoll", bench -> bench.peers().ioUring(bench.peerPort()));
        variants.put("Vert.x HttpServer, naive", bench -> bench.peers().vertx(bench.peerPort()));
        return new Steps(variants);
    }

    private static Variant options(String... options) {
        return bench -> bench.echo().variant(String.join(" ", options), List.of(options), Map.of());
    }

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        Map<String, List<Double>> micros = new LinkedHashMap<>();
        Map<String, List<Double>> memory = new LinkedHashMap<>();
        Map<String, Variant> all = new LinkedHashMap<>();
        all.put(AS_IT_IS, echo -> echo.echo().quiet());
        all.putAll(variants);
        for (int round = 0; round < Math.min(MOST_ROUNDS, bench.rounds()); round++) {
            for (Map.Entry<String, Variant> variant : all.entrySet()) {
                try (RunningServer server =
                        RunningServer.start(variant.getValue().of(bench), Cpus.SERVER)) {
                    Wrk.keepAlive().warmUp(server);
                    double cost = Wrk.keepAlive().run(server, SECONDS).cpuMicrosPerRequest();
                    micros.computeIfAbsent(variant.getKey(), n -> new ArrayList<>())
                            .add(cost);
                    memory.computeIfAbsent(variant.getKey(), n -> new ArrayList<>())
                            .add(server.peakResidentMb());
                }
            }
        }
        List<Double> own = Objects.requireNonNull(micros.get(AS_IT_IS), "it is among them");
        List<Figure> figures = new ArrayList<>();
        micros.forEach((name, sample) -> {
            List<Double> ratio = new ArrayList<>();
            for (int i = 0; i < sample.size(); i++) {
                ratio.add(sample.get(i) / own.get(i));
            }
            figures.add(
                    Figure.of("steps/" + name, "CPU per request, " + name + ", against as it is", Figure.RATIO, ratio));
        });
        memory.forEach(
                (name, sample) -> figures.add(Figure.of("steps/mb/" + name, "peak resident, " + name, "MB", sample)));
        return figures;
    }
}
