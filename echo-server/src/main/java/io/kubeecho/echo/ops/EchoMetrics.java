package io.kubeecho.echo.ops;

import io.kubeecho.echo.http.Status;
import io.kubeecho.echo.http.Traffic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.function.LongSupplier;

/**
 * The metrics in Prometheus' text format.
 *
 * <p>Nothing is counted here: each scrape reads the counts that the event loops keep anyway.
 */
public final class EchoMetrics implements AutoCloseable {

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Traffic traffic;
    private final JvmGcMetrics gc = new JvmGcMetrics();

    /**
     * Reads what is counted elsewhere.
     *
     * @param droppedLogLines how many lines the access log has dropped
     */
    public EchoMetrics(Traffic traffic, LongSupplier droppedLogLines) {
        this.traffic = traffic;
        for (Status status : Status.values()) {
            countRequests(status.code());
        }
        FunctionCounter.builder("kube.echo.connections", traffic, Traffic::connectionsAccepted)
                .description("Connections accepted on the echo port")
                .register(registry);
        FunctionCounter.builder("kube.echo.connections.refused", traffic, Traffic::connectionsRefused)
                .description("Connections closed at once, because as many as may be were open")
                .register(registry);
        Gauge.builder("kube.echo.connections.open", traffic, Traffic::connectionsOpen)
                .description("Connections open on the echo port")
                .register(registry);
        FunctionCounter.builder("kube.echo.access.log.dropped", droppedLogLines, LongSupplier::getAsLong)
                .description("Lines of the access log that were dropped because standard output was too slow")
                .register(registry);
        registry.getPrometheusRegistry().register(new RequestTimes(traffic));
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
    }

    /** The content type of {@link #scrape()}. */
    public static String contentType() {
        return "text/plain; version=0.0.4; charset=utf-8";
    }

    private void countRequests(int status) {
        FunctionCounter.builder("kube.echo.requests", traffic, t -> t.requests(status))
                .description("Requests, by the status they were answered with")
                .tag("status", String.valueOf(status))
                .register(registry);
    }

    /** Every metric as text; takes milliseconds, so not for an event loop. */
    public String scrape() {
        for (int status : traffic.furtherStatuses()) {
            countRequests(status); // one that is registered already stays as it is
        }
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
