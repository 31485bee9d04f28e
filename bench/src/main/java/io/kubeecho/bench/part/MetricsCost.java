package io.kubeecho.bench.part;

import static net.bytebuddy.matcher.ElementMatchers.nameStartsWith;
import static net.bytebuddy.matcher.ElementMatchers.returns;

import io.kubeecho.bench.client.Wrk;
import io.kubeecho.bench.report.Figure;
import io.kubeecho.bench.server.Cpus;
import io.kubeecho.bench.server.RunningServer;
import io.kubeecho.bench.server.Server;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.description.type.TypeDescription;
import net.bytebuddy.dynamic.ClassFileLocator;
import net.bytebuddy.implementation.StubMethod;
import net.bytebuddy.pool.TypePool;

/**
 * What counting costs. The server cannot be told not to count, so a copy of its jar gets a {@code LoopTraffic} whose
 * {@code count…} methods do nothing. Neither of the two has the AOT cache, which is for the jar as it is.
 */
final class MetricsCost implements Part {

    private static final String COUNTS = "io.kubeecho.echo.http.LoopTraffic";
    private static final int SECONDS = 2;

    @Override
    public List<Figure> measure(Bench bench) throws IOException, InterruptedException {
        Path app = bench.imageRoot().resolve("app");
        Path jar = app.resolve("echo-server.jar");
        Path counting = Files.copy(jar, app.resolve("counting.jar"), StandardCopyOption.REPLACE_EXISTING);
        Path silent = app.resolve("silent.jar");
        withoutCounting(jar.toFile(), silent.toFile());
        List<Double> ratio = new ArrayList<>();
        for (int round = 0; round < bench.rounds(); round++) {
            boolean countingFirst = round % 2 == 0;
            double first = micros(bench, countingFirst ? counting : silent);
            double second = micros(bench, countingFirst ? silent : counting);
            ratio.add(countingFirst ? first / second : second / first);
        }
        Files.delete(counting);
        Files.delete(silent);
        return List.of(
                Figure.of("metrics/ratio", "CPU per request with metrics against without any", Figure.RATIO, ratio)
                        .withGoal(1.05, 1.02));
    }

    private static double micros(Bench bench, Path jar) throws IOException, InterruptedException {
        Server server = bench.echo().ofJar(jar.getFileName().toString(), Map.of());
        try (RunningServer running = RunningServer.start(server, Cpus.SERVER)) {
            Wrk.keepAlive().warmUp(running);
            return Wrk.keepAlive().run(running, SECONDS).cpuMicrosPerRequest();
        }
    }

    private static void withoutCounting(File jar, File changed) throws IOException {
        try (ClassFileLocator classes = new ClassFileLocator.Compound(
                ClassFileLocator.ForJarFile.of(jar), ClassFileLocator.ForClassLoader.ofPlatformLoader())) {
            TypeDescription counts =
                    TypePool.Default.of(classes).describe(COUNTS).resolve();
            var counters = nameStartsWith("count").and(returns(void.class));
            if (counts.getDeclaredMethods().filter(counters).isEmpty()) {
                throw new IOException(COUNTS + " counts by other methods now");
            }
            new ByteBuddy()
                    .redefine(counts, classes)
                    .method(counters)
                    .intercept(StubMethod.INSTANCE)
                    .make()
                    .inject(jar, changed);
        }
    }
}
