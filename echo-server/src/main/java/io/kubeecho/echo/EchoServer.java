package io.kubeecho.echo;

import io.kubeecho.dial.DialEndpoint;
import io.kubeecho.dial.Room;
import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.budget.JvmMemory;
import io.kubeecho.echo.certificate.BadCertificateException;
import io.kubeecho.echo.control.Controls;
import io.kubeecho.echo.http.AnswerRules;
import io.kubeecho.echo.http.EchoPort;
import io.kubeecho.echo.http.Http2Preface;
import io.kubeecho.echo.http.NoPreface;
import io.kubeecho.echo.http.Preface;
import io.kubeecho.echo.http.ProxyPreface;
import io.kubeecho.echo.http.Resources;
import io.kubeecho.echo.http.Traffic;
import io.kubeecho.echo.line.TcpEchoPort;
import io.kubeecho.echo.line.UdpEchoPort;
import io.kubeecho.echo.log.AccessLog;
import io.kubeecho.echo.log.ErrorLog;
import io.kubeecho.echo.log.Mishaps;
import io.kubeecho.echo.ops.EchoMetrics;
import io.kubeecho.echo.ops.KnownHosts;
import io.kubeecho.echo.ops.ManagementPort;
import io.kubeecho.echo.ops.ManagementTraffic;
import io.kubeecho.echo.ops.MetricsEndpoint;
import io.kubeecho.echo.ops.Readiness;
import io.kubeecho.echo.ops.ReadinessSwitch;
import io.kubeecho.echo.ops.Reply;
import io.kubeecho.echo.ops.SickSwitch;
import io.kubeecho.echo.page.DemoPage;
import io.kubeecho.echo.proxy.ProxyTraffic;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A running echo server: the echo port and, where they are set, its other ports and its access log.
 *
 * <p>Any number of them can run in one process and on one {@link Vertx}. Methods are for any thread.
 */
public final class EchoServer {

    /** Every address of the machine; on Linux a socket of it takes IPv4 too. */
    private static final String ANY_IPV6 = "::";

    private static final String ANY_IPV4 = "0.0.0.0";

    private final Vertx vertx;
    private final EchoConfig config;
    private final Resources resources;
    private final EchoPort echo;
    private final @Nullable AccessLog accessLog;
    private final ErrorLog errors;
    private final ProxyTraffic proxyTraffic = new ProxyTraffic();
    private @Nullable EchoPort proxied;
    private @Nullable TlsEchoPort tls;
    private @Nullable EchoPort h2c;
    private @Nullable TcpEchoPort tcp;
    private @Nullable UdpEchoPort udp;
    private @Nullable ManagementPort management;
    private final @Nullable EchoMetrics metrics;
    private final Readiness readiness = new Readiness();

    private EchoServer(
            Vertx vertx,
            EchoConfig config,
            Resources resources,
            EchoPort echo,
            @Nullable EchoMetrics metrics,
            @Nullable AccessLog accessLog,
            ErrorLog errors) {
        this.vertx = vertx;
        this.config = config;
        this.resources = resources;
        this.echo = echo;
        this.metrics = metrics;
        this.accessLog = accessLog;
        this.errors = errors;
    }

    /**
     * Starts a server.
     *
     * @return completes when its ports are open; fails with a {@link CannotListenException} when one cannot be had, and
     *     with a {@link io.kubeecho.echo.certificate.BadCertificateException} when that of the TLS port cannot be used
     */
    public static Future<EchoServer> start(Vertx vertx, EchoConfig config) {
        return start(vertx, config, new ErrorLog(line -> {}));
    }

    /**
     * Starts a server.
     *
     * @param errors is told what the operator should know of later on: that the certificate has been renewed, or cannot
     *     be; that the access log cannot be written
     * @return as of {@link #start(Vertx, EchoConfig)}
     */
    public static Future<EchoServer> start(Vertx vertx, EchoConfig config, ErrorLog errors) {
        return start(
                vertx,
                config,
                config.accessLog().on() ? AccessLog.toStandardOutput(config.accessLog(), errors) : null,
                errors);
    }

    static Future<EchoServer> start(Vertx vertx, EchoConfig config, @Nullable AccessLog accessLog, ErrorLog errors) {
        ByteBudget budget = new ByteBudget(
                config.memoryBudget().orElseGet(() -> JvmMemory.ofThisProcess().mostForConnections()));
        Resources resources = Resources.of(budget, new Mishaps(errors), config.eventLoops());
        return start(vertx, config, resources, accessLog, errors);
    }

    static Future<EchoServer> start(
            Vertx vertx, EchoConfig config, Resources resources, @Nullable AccessLog accessLog, ErrorLog errors) {
        AnswerRules rules = rules(config);
        Future<EchoPort> opening =
                openEcho(vertx, config, config.port(), Setting.PORT, new NoPreface(), rules, resources, accessLog);
        // meanwhile, and on this thread: an event loop that made them would keep the first request waiting
        EchoMetrics metrics = config.managementPort().isPresent()
                ? new EchoMetrics(() -> accessLog == null ? 0 : accessLog.droppedLines(), errors::problems)
                : null;
        return opening.onFailure(e -> close(metrics))
                .compose(echo -> new EchoServer(vertx, config, resources, echo, metrics, accessLog, errors)
                        .openTheOthers(rules));
    }

    private static Future<EchoPort> openEcho(
            Vertx vertx,
            EchoConfig config,
            int port,
            Setting setting,
            Preface preface,
            AnswerRules rules,
            Resources resources,
            @Nullable AccessLog accessLog) {
        return EchoPort.open(
                        vertx,
                        address(config),
                        port,
                        config.eventLoops(),
                        config.hostname(),
                        config.limits(),
                        rules,
                        preface,
                        resources,
                        accessLog)
                .recover(e -> Future.failedFuture(CannotListenException.of(config.host(), port, setting, e)));
    }

    /** Opens one of the echo ports that are off by default. */
    private Future<EchoPort> openEcho(int port, Setting setting, Preface preface, AnswerRules rules) {
        return openEcho(vertx, config, port, setting, preface, rules, resources, accessLog);
    }

    private static AnswerRules rules(EchoConfig config) {
        return new AnswerRules(config.controls(), config.json(), config.hostname(), config.identity(), System.getenv());
    }

    private Future<EchoServer> openTheOthers(AnswerRules rules) {
        Future<EchoServer> opened = open(
                        config.proxyPort(),
                        Setting.PROXY_PORT,
                        port -> openEcho(
                                        port,
                                        Setting.PROXY_PORT,
                                        new ProxyPreface(config.limits().head(), proxyTraffic),
                                        rules)
                                .onSuccess(listening -> proxied = listening))
                .compose(next -> openTlsAndHttp2(rules))
                .compose(next -> open(
                        config.tcpPort(),
                        Setting.TCP_PORT,
                        port -> TcpEchoPort.open(
                                        vertx, address(config), port, config.hostname(), config.limits(), resources)
                                .onSuccess(listening -> tcp = listening)))
                .compose(next -> open(
                        config.udpPort(),
                        Setting.UDP_PORT,
                        port -> UdpEchoPort.open(vertx, address(config), port, config.hostname())
                                .onSuccess(listening -> udp = listening)))
                .compose(next -> open(config.managementPort(), Setting.MANAGEMENT_PORT, this::openManagement))
                .map(this);
        return opened.recover(e -> close().transform(closed -> Future.failedFuture(e)));
    }

    /** A server without these ports links none of what opens them. */
    private Future<Void> openTlsAndHttp2(AnswerRules rules) {
        if (config.tls().port().isEmpty() && config.h2cPort().isEmpty()) {
            return Future.succeededFuture();
        }
        return open(config.tls().port(), Setting.TLS_PORT, port -> openTls(port, rules))
                .compose(next -> open(
                        config.h2cPort(),
                        Setting.H2C_PORT,
                        port -> openEcho(port, Setting.H2C_PORT, new Http2Preface(), rules)
                                .onSuccess(listening -> h2c = listening)));
    }

    private Future<TlsEchoPort> openTls(int port, AnswerRules rules) {
        return TlsEchoPort.open(
                        vertx,
                        config.tls(),
                        config.limits(),
                        errors::say,
                        preface -> openEcho(port, Setting.TLS_PORT, preface, rules))
                .onSuccess(listening -> tls = listening);
    }

    private Future<Void> open(OptionalInt port, Setting setting, IntFunction<Future<?>> opening) {
        if (port.isEmpty()) {
            return Future.succeededFuture();
        }
        return opening.apply(port.getAsInt())
                .<Void>mapEmpty()
                .recover(e -> Future.failedFuture(
                        e instanceof CannotListenException || e instanceof BadCertificateException
                                ? e
                                : CannotListenException.of(config.host(), port.getAsInt(), setting, e)));
    }

    private Future<ManagementPort> openManagement(int port) {
        EchoMetrics opened = Objects.requireNonNull(metrics, "a management port has metrics");
        opened.addBudget(resources.budget());
        opened.addMishaps(resources.mishaps());
        opened.addEchoPort(echo.traffic());
        proxied().ifPresent(open -> opened.addProxyPort(open.traffic(), proxyTraffic));
        tls().ifPresent(open -> open.addTo(opened));
        h2c().ifPresent(open -> opened.addH2cPort(open.traffic()));
        tcp().ifPresent(open -> opened.addTcpPort(open.traffic()));
        udp().ifPresent(open -> opened.addUdpPort(open.traffic()));
        ManagementTraffic traffic = new ManagementTraffic();
        opened.addManagementPort(traffic);
        return ManagementPort.open(vertx, address(config), port, endpoints(opened), config.limits(), traffic)
                .onSuccess(listening -> management = listening);
    }

    private Map<String, Handler<HttpServerRequest>> endpoints(EchoMetrics opened) {
        Map<String, Handler<HttpServerRequest>> endpoints = new HashMap<>();
        endpoints.put(ReadinessSwitch.ENABLE, new ReadinessSwitch(readiness, true, config.switches()));
        endpoints.put(ReadinessSwitch.DISABLE, new ReadinessSwitch(readiness, false, config.switches()));
        SickSwitch sickSwitch = new SickSwitch(config.controls().caps(), this::override, config.switches());
        endpoints.put(SickSwitch.SICK, sickSwitch.sick());
        endpoints.put(SickSwitch.WELL, sickSwitch.well());
        endpoints.put(MetricsEndpoint.PATH, new MetricsEndpoint(vertx, opened));
        if (!config.pageTargets().isEmpty()) {
            endpoints.putAll(new DemoPage(vertx, config.hostname(), config.pageTargets()).endpoints());
        }
        Set<String> names = new HashSet<>(config.managementHosts());
        names.add(config.hostname());
        KnownHosts hosts = new KnownHosts(names);
        endpoints.replaceAll((path, endpoint) -> hosts.only(endpoint));
        // a probe may be sent under any name, and tells nothing
        endpoints.put("/livez", Reply.toGet(() -> Reply.text(200, "ok")));
        endpoints.put(
                "/readyz",
                Reply.toGet(() -> readiness.isReady() ? Reply.text(200, "ok") : Reply.text(503, "not ready")));
        // whoever has the token is no page of another site, and the API server's proxy to pods keeps its own name
        config.dial()
                .access()
                .ifPresent(access -> endpoints.put(
                        DialEndpoint.PATH,
                        new DialEndpoint(
                                vertx,
                                access,
                                roomToDial(),
                                e -> errors.problem("/dial", "a plan was not carried out", e))));
        return endpoints;
    }

    private Room roomToDial() {
        return new Room() {
            @Override
            public boolean take(long bytes) {
                return resources.budget().take(Holding.DIAL, bytes);
            }

            @Override
            public void release(long bytes) {
                resources.budget().release(Holding.DIAL, bytes);
            }
        };
    }

    private static String address(EchoConfig config) {
        if (!config.host().isEmpty()) {
            return config.host();
        }
        return hasIpv6() ? ANY_IPV6 : ANY_IPV4;
    }

    private static boolean hasIpv6() {
        if (Boolean.getBoolean("java.net.preferIPv4Stack")) {
            return false;
        }
        // without an IPv6 address, as in many containers, the kernel lists none, and Netty's sockets are IPv4's
        Path addresses = Path.of("/proc/net/if_inet6");
        try {
            return !Files.exists(Path.of("/proc/net/tcp"))
                    || !Files.readString(addresses).isBlank();
        } catch (IOException e) {
            return false;
        }
    }

    /** The port it echoes on, which is the configured one unless that was 0. */
    public int port() {
        return echo.number();
    }

    /** The port of livez, readyz and metrics, or empty where there is none. */
    public OptionalInt managementPort() {
        ManagementPort listening = management;
        return listening == null ? OptionalInt.empty() : OptionalInt.of(listening.number());
    }

    /** The port whose connections begin with a PROXY header, or empty where there is none. */
    public OptionalInt proxyPort() {
        EchoPort listening = proxied;
        return listening == null ? OptionalInt.empty() : OptionalInt.of(listening.number());
    }

    /** The echo port with TLS, or empty where there is none. */
    public OptionalInt tlsPort() {
        TlsEchoPort listening = tls;
        return listening == null
                ? OptionalInt.empty()
                : OptionalInt.of(listening.echo().number());
    }

    /** The echo port for HTTP/2 without TLS, or empty where there is none. */
    public OptionalInt h2cPort() {
        EchoPort listening = h2c;
        return listening == null ? OptionalInt.empty() : OptionalInt.of(listening.number());
    }

    Optional<EchoPort> h2c() {
        return Optional.ofNullable(h2c);
    }

    Optional<EchoPort> proxied() {
        return Optional.ofNullable(proxied);
    }

    /** How the headers of the PROXY port's connections came out. */
    ProxyTraffic proxyTraffic() {
        return proxyTraffic;
    }

    Optional<TlsEchoPort> tls() {
        return Optional.ofNullable(tls);
    }

    /** Every port whose answers are echoes of HTTP requests. */
    private List<EchoPort> echoPorts() {
        List<EchoPort> open = new ArrayList<>();
        open.add(echo);
        proxied().ifPresent(open::add);
        tls().map(TlsEchoPort::echo).ifPresent(open::add);
        h2c().ifPresent(open::add);
        return open;
    }

    Optional<TcpEchoPort> tcp() {
        return Optional.ofNullable(tcp);
    }

    Optional<UdpEchoPort> udp() {
        return Optional.ofNullable(udp);
    }

    /** The port of the TCP echo, or empty where there is none. */
    public OptionalInt tcpPort() {
        TcpEchoPort listening = tcp;
        return listening == null ? OptionalInt.empty() : OptionalInt.of(listening.number());
    }

    /** The port of the UDP echo, or empty where there is none. */
    public OptionalInt udpPort() {
        UdpEchoPort listening = udp;
        return listening == null ? OptionalInt.empty() : OptionalInt.of(listening.number());
    }

    /** What it was started with. */
    public EchoConfig config() {
        return config;
    }

    /** What its connections hold, and may hold. */
    public ByteBudget budget() {
        return resources.budget();
    }

    /** What the echo port has done so far. */
    public Traffic traffic() {
        return echo.traffic();
    }

    /** Whether {@code /readyz} says yes. */
    public boolean ready() {
        return readiness.isReady();
    }

    /** Switches what {@code /readyz} says, until the server is told to stop; echoing goes on either way. */
    public void ready(boolean newReady) {
        readiness.switchTo(newReady);
    }

    /**
     * Makes the echo ports sick, or well again, while {@code /livez} and {@code /readyz} say what they said before.
     *
     * @param illness what every answer follows from now on; none of it for well
     */
    public void override(Controls illness) {
        echoPorts().forEach(port -> port.override(illness));
    }

    /**
     * Ends as a pod should: {@code /readyz} says no from now on, requests are answered for the drain delay with
     * {@code Connection: close}, and then it {@linkplain #drain() drains}.
     */
    public Future<Void> stop() {
        readiness.stop();
        echoPorts().forEach(EchoPort::closeAfterAnswers);
        Duration delay = config.drainDelay();
        if (delay.toMillis() == 0) {
            return drain();
        }
        return vertx.timer(delay.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .compose(over -> drain());
    }

    /**
     * Stops accepting, closes connections that wait for a request, answers the requests in flight, and closes the rest.
     *
     * @return completes when every connection is closed, at the latest after the drain timeout
     */
    public Future<Void> drain() {
        readiness.stop();
        return end(port -> port.drain(config.drainTimeout()));
    }

    /** Closes everything at once, whatever is in flight. */
    public Future<Void> close() {
        readiness.stop();
        return end(EchoPort::close);
    }

    private Future<Void> end(Function<EchoPort, Future<Void>> ending) {
        tls().ifPresent(TlsEchoPort::renewNoMore);
        List<Future<Void>> ended = new ArrayList<>();
        echoPorts().forEach(port -> ended.add(ending.apply(port)));
        ended.add(closeLines());
        return Future.join(ended).<Void>mapEmpty().eventually(this::closeTheRest);
    }

    /** The TCP and the UDP echo have nothing in flight to wait for: what was read is answered. */
    private Future<Void> closeLines() {
        return Future.join(
                        tcp == null ? Future.succeededFuture() : tcp.close(),
                        udp == null ? Future.succeededFuture() : udp.close())
                .mapEmpty();
    }

    private Future<Void> closeTheRest() {
        close(metrics);
        Future<Void> closed = management == null ? Future.succeededFuture() : management.close();
        return accessLog == null
                ? closed
                : closed.eventually(() -> vertx.executeBlocking(
                        () -> {
                            accessLog.close();
                            return null;
                        },
                        false));
    }

    private static void close(@Nullable EchoMetrics metrics) {
        if (metrics != null) {
            metrics.close();
        }
    }
}
