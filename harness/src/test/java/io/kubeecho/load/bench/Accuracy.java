package io.kubeecho.load.bench;

import io.kubeecho.load.FakeService;
import io.kubeecho.load.Plans;
import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.drive.LoadListener;
import io.kubeecho.load.drive.LoadPlan;
import io.kubeecho.load.drive.LoadResult;
import io.kubeecho.load.schedule.Arrivals;
import io.kubeecho.load.schedule.Rate;
import io.kubeecho.load.schedule.Schedule;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * {@code [SECONDS]}: loads a server that delays every answer by a log-normal time of median 20 ms and records the delays
 * that it made, and holds the percentiles that the generator measured against them.
 */
public final class Accuracy {

    private static final double[] PERCENTILES = {50, 75, 90, 95, 99, 99.9};

    private Accuracy() {}

    public static void main(String[] args) {
        int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        PrintStream out = System.out;
        Random random = new Random(1);
        try (FakeService service =
                new FakeService(0, source -> "pod-0", () -> (long) (20e6 * Math.exp(0.5 * random.nextGaussian())))) {
            LoadPlan plan = Plans.plan(
                    service.url(),
                    LoadPlan.HttpKind.HTTP1,
                    new ConnectionPolicy.Pinned(),
                    128,
                    "",
                    new LoadPlan.Open(new Schedule(
                            Rate.constant(1000),
                            Arrivals.POISSON,
                            Duration.ofSeconds(5),
                            Duration.ofSeconds(seconds),
                            Long.MAX_VALUE,
                            1)));
            LoadResult result = Plans.run(plan, new LoadListener() {
                @Override
                public void started(Instant at) {
                    service.record(true);
                }
            });
            Histogram injected = service.delays();
            out.printf("%-10s %12s %12s %8s %12s %8s%n", "", "injected", "service", "off", "response", "off");
            double worst = 0;
            for (double p : PERCENTILES) {
                double wanted = injected.getValueAtPercentile(p) / 1e6;
                double service1 = result.figures().service().getValueAtPercentile(p) / 1e6;
                double response = result.figures().response().getValueAtPercentile(p) / 1e6;
                worst = Math.max(worst, Math.abs(response / wanted - 1));
                out.printf(
                        "p%-9s %9.2f ms %9.2f ms %7.2f%% %9.2f ms %7.2f%%%n",
                        p, wanted, service1, (service1 / wanted - 1) * 100, response, (response / wanted - 1) * 100);
            }
            out.printf(
                    "worst %.2f%% of %,d answers; send lag p99 %.2f ms, machine %.0f%% busy%n",
                    worst * 100,
                    result.figures().answered(),
                    result.generator().lag().p99() / 1e6,
                    result.generator().machineBusy() * 100);
        }
    }
}
