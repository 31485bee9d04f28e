package io.kubeecho.echo.ops;

import io.kubeecho.echo.http.Traffic;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import java.util.Map;

/** The counts of requests, whose labels are not known before there was one. */
final class RequestCounts implements Collector {

    private static final String NAME = "kube_echo_requests";

    private final Map<PortName, Traffic> ports;

    /** @param ports may still grow */
    RequestCounts(Map<PortName, Traffic> ports) {
        this.ports = ports;
    }

    @Override
    public CounterSnapshot collect() {
        CounterSnapshot.Builder counts = CounterSnapshot.builder()
                .name(NAME)
                .help("Requests, by the port and the protocol they came by, and the status they were answered with");
        ports.forEach((port, traffic) -> {
            for (Traffic.Requests kind : traffic.requests()) {
                counts.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(Labels.of(
                                PortName.LABEL,
                                port.text(),
                                "protocol",
                                kind.protocol().text(),
                                "status",
                                String.valueOf(kind.status())))
                        .value((double) kind.count())
                        .build());
            }
        });
        return counts.build();
    }
}
