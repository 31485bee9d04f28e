package io.kubeecho.echo.ops;

import io.kubeecho.echo.http.Traffic;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;

/** The histogram of request times, for which Micrometer has no meter that reads counts kept elsewhere. */
final class RequestTimes implements Collector {

    private static final String NAME = "kube_echo_request_seconds";

    private final Traffic traffic;

    RequestTimes(Traffic traffic) {
        this.traffic = traffic;
    }

    @Override
    public HistogramSnapshot collect() {
        double[] bounds = Traffic.timeBounds();
        long[] counts = traffic.requestsByTime();
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < bounds.length; i++) {
            buckets.bucket(bounds[i], counts[i]);
        }
        buckets.bucket(Double.POSITIVE_INFINITY, counts[bounds.length]);
        return HistogramSnapshot.builder()
                .name(NAME)
                .help("Time from the reading of a request to the writing of its answer")
                .dataPoint(HistogramDataPointSnapshot.builder()
                        .classicHistogramBuckets(buckets.build())
                        .sum(traffic.totalTime())
                        .build())
                .build();
    }
}
