package io.kubeecho.echo.ops;

import io.kubeecho.echo.http.Traffic;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;

/** The histogram of request times, for which Micrometer has no meter that reads counts kept elsewhere. */
final class RequestTimes implements Collector {

    private static final String NAME = "kube_echo_request_seconds";

    private final Map<PortName, Traffic> ports;

    /** @param ports may still grow */
    RequestTimes(Map<PortName, Traffic> ports) {
        this.ports = ports;
    }

    @Override
    public HistogramSnapshot collect() {
        HistogramSnapshot.Builder times = HistogramSnapshot.builder()
                .name(NAME)
                .help("Time from the reading of a request to the writing of its answer, by port");
        ports.forEach((port, traffic) -> times.dataPoint(HistogramDataPointSnapshot.builder()
                .labels(Labels.of(PortName.LABEL, port.text()))
                .classicHistogramBuckets(buckets(traffic))
                .sum(traffic.totalTime())
                .build()));
        return times.build();
    }

    private static ClassicHistogramBuckets buckets(Traffic traffic) {
        double[] bounds = Traffic.timeBounds();
        long[] counts = traffic.requestsByTime();
        ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
        for (int i = 0; i < bounds.length; i++) {
            buckets.bucket(bounds[i], counts[i]);
        }
        return buckets.bucket(Double.POSITIVE_INFINITY, counts[bounds.length]).build();
    }
}
