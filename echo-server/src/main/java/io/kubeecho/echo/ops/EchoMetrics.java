package io.kubeecho.echo.ops;

import com.sun.management.OperatingSystemMXBean;
import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.http.Traffic;
import io.kubeecho.echo.line.TcpTraffic;
import io.kubeecho.echo.line.UdpTraffic;
import io.kubeecho.echo.log.Mishaps;
import io.kubeecho.echo.proxy.ProxyTraffic;
import io.kubeecho.echo.tls.HandshakeFailure;
import io.kubeecho.echo.tls.TlsTraffic;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleFunction;

/**
 * The metrics in Prometheus' text format.
 *
 * <p>Nothing is counted here: each scrape reads the counts that the ports keep anyway. A port that is not open has none.
 */
public final class EchoMetrics implements AutoCloseable {

    private static final double NANOS_IN_A_SECOND = 1e9;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final Map<PortName, Traffic> echoPorts = new EnumMap<>(PortName.class);
    private final JvmGcMetrics gc = new JvmGcMetrics();
    /** Kept here, since the registry holds weakly what it reads, and a count whose source is gone would stand still. */
    private final LongSupplier droppedLogLines;

    private final LongSupplier problems;

    /**
     * Reads what is counted elsewhere.
     *
     * @param droppedLogLines how many lines the access log has dropped
     * @param problems how many there were, whether or not they were said on standard error
     */
    public EchoMetrics(LongSupplier droppedLogLines, LongSupplier problems) {
        this.droppedLogLines = droppedLogLines;
        this.problems = problems;
        // names of Micrometer's that Prometheus' own checker complains of
        registry.config()
                .meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"))
                .meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        FunctionCounter.builder("kube.echo.access.log.dropped", this, m -> m.droppedLogLines.getAsLong())
                .description(
                        "Lines of the access log that were dropped because standard output was too slow, or took none")
                .register(registry);
        FunctionCounter.builder("kube.echo.problems", this, m -> m.problems.getAsLong())
                .description("Problems and warnings, of which standard error has one of a kind in a minute")
                .register(registry);
        registry.getPrometheusRegistry().register(new RequestCounts(echoPorts));
        registry.getPrometheusRegistry().register(new RequestTimes(echoPorts));
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        FunctionCounter.builder("process.cpu", system, s -> s.getProcessCpuTime() / NANOS_IN_A_SECOND)
                .description("CPU time of the process, as Prometheus' clients name it")
                .baseUnit("seconds")
                .register(registry);
    }

    /** The content type of {@link #scrape()}. */
    public static String contentType() {
        return "text/plain; version=0.0.4; charset=utf-8";
    }

    /** Adds what connections hold. */
    public void addBudget(ByteBudget budget) {
        Gauge.builder("kube.echo.memory.budget", budget, ByteBudget::limit)
                .description("How many bytes all connections together may hold")
                .baseUnit("bytes")
                .register(registry);
        for (Holding what : Holding.values()) {
            Gauge.builder("kube.echo.memory.held", budget, b -> b.held(what))
                    .description("Bytes that connections hold, by what for")
                    .baseUnit("bytes")
                    .tags("for", what.text())
                    .register(registry);
            count(
                    "kube.echo.memory.refused",
                    "How often a connection or a request was refused because the memory budget was used up, by what for",
                    budget,
                    b -> b.refused(what),
                    "for",
                    what.text());
            count(
                    "kube.echo.memory.closed",
                    "Connections that were closed, the slowest first, so that others can be served, by what they held",
                    budget,
                    b -> b.closed(what),
                    "for",
                    what.text());
        }
    }

    /** Adds failures that nobody had foreseen. */
    public void addMishaps(Mishaps mishaps) {
        count(
                "kube.echo.mishaps",
                "Connections that were closed after a failure of this process, such as to allocate memory",
                mishaps,
                Mishaps::total);
    }

    /** Adds the echo port; before the first scrape, as all of these. */
    public void addEchoPort(Traffic traffic) {
        addHttp(PortName.HTTP, traffic);
    }

    /** Adds the echo port behind a proxy, where a connection counts from its header on. */
    public void addProxyPort(Traffic traffic, ProxyTraffic headers) {
        addHttp(PortName.PROXY, traffic);
        String name = "kube.echo.proxy.headers";
        String accepted = "Headers of the PROXY protocol that were accepted, by version and command";
        count(name, accepted, headers, t -> t.accepted(1), "version", "1", "command", "PROXY");
        count(name, accepted, headers, t -> t.accepted(2) - t.local(), "version", "2", "command", "PROXY");
        count(name, accepted, headers, ProxyTraffic::local, "version", "2", "command", "LOCAL");
        String refused = "Connections that were closed because their header was malformed, or late";
        count(name + ".refused", refused, headers, ProxyTraffic::malformed, "reason", "malformed");
        count(name + ".refused", refused, headers, ProxyTraffic::late, "reason", "late");
    }

    /**
     * Adds the echo port with TLS, where a connection counts from its handshake on.
     *
     * @param notAfter until when the certificate is valid, in seconds since 1970
     */
    public void addTlsPort(Traffic traffic, TlsTraffic handshakes, LongSupplier notAfter) {
        addHttp(PortName.TLS, traffic);
        String name = "kube.echo.tls.handshakes";
        String done = "TLS handshakes that were completed, by version";
        count(name, done, handshakes, TlsTraffic::done13, "version", "TLSv1.3");
        count(name, done, handshakes, TlsTraffic::done12, "version", "TLSv1.2");
        for (HandshakeFailure failure : HandshakeFailure.values()) {
            count(
                    name + ".failed",
                    "Connections that ended in their TLS handshake, by reason",
                    handshakes,
                    t -> t.failed(failure),
                    "reason",
                    failure.text());
        }
        Gauge.builder("kube.echo.tls.certificate.not.after", notAfter, LongSupplier::getAsLong)
                // the registry would not keep it from the collector, and say NaN
                .strongReference(true)
                .description("Until when the certificate that is shown is valid, in seconds since 1970")
                .baseUnit("seconds")
                .register(registry);
    }

    /** Adds the echo port for HTTP/2 without TLS. */
    public void addH2cPort(Traffic traffic) {
        addHttp(PortName.H2C, traffic);
    }

    /** Adds the management port. */
    public void addManagementPort(ManagementTraffic traffic) {
        String name = "kube.echo.management.connections.closed";
        String help = "Connections to the management port that were closed: since they were slow, or to make room";
        count(name, help, traffic, ManagementTraffic::late, "reason", "late");
        count(name, help, traffic, ManagementTraffic::crowded, "reason", "crowded");
    }

    /** Adds the TCP echo. */
    public void addTcpPort(TcpTraffic traffic) {
        addConnections(
                PortName.TCP,
                traffic,
                TcpTraffic::connectionsAccepted,
                TcpTraffic::connectionsRefused,
                TcpTraffic::connectionsOpen);
        count("kube.echo.tcp.lines", "Lines that the TCP echo has sent", traffic, TcpTraffic::lines);
    }

    /** Adds the UDP echo. */
    public void addUdpPort(UdpTraffic traffic) {
        String name = "kube.echo.udp.datagrams";
        String help =
                "Datagrams of the UDP echo: answered; dropped, from a port below 1024, as an echo's own answer, or"
                        + " as too many from one peer; or answered in vain, since the kernel would not send it";
        count(name, help, traffic, UdpTraffic::answered, "outcome", "answered");
        count(name, help, traffic, UdpTraffic::fromLowPorts, "outcome", "low_port");
        count(name, help, traffic, UdpTraffic::looped, "outcome", "looped");
        count(name, help, traffic, UdpTraffic::tooMany, "outcome", "too_many");
        count(name, help, traffic, UdpTraffic::failed, "outcome", "failed");
    }

    private void addHttp(PortName port, Traffic traffic) {
        echoPorts.put(port, traffic);
        addConnections(
                port, traffic, Traffic::connectionsAccepted, Traffic::connectionsRefused, Traffic::connectionsOpen);
    }

    private <T> void addConnections(
            PortName port,
            T traffic,
            ToDoubleFunction<T> accepted,
            ToDoubleFunction<T> refused,
            ToDoubleFunction<T> open) {
        String[] label = {PortName.LABEL, port.text()};
        count("kube.echo.connections", "Connections accepted, by port", traffic, accepted, label);
        count(
                "kube.echo.connections.refused",
                "Connections closed at once, because as many as may be were open on the port",
                traffic,
                refused,
                label);
        Gauge.builder("kube.echo.connections.open", traffic, open)
                .description("Connections open, by port")
                .tags(label)
                .register(registry);
    }

    private <T> void count(
            String name, String description, T traffic, ToDoubleFunction<T> count, String... labelsAndValues) {
        FunctionCounter.builder(name, traffic, count)
                .description(description)
                .tags(labelsAndValues)
                .register(registry);
    }

    /** Every metric as text; takes milliseconds, so not for an event loop. */
    public String scrape() {
        return registry.scrape();
    }

    @Override
    public void close() {
        gc.close();
        registry.close();
    }
}
