package io.kubeecho.echo;

import io.kubeecho.dial.DialEndpoint;
import io.kubeecho.echo.http.EchoPort;
import io.kubeecho.echo.http.Traffic;
import io.kubeecho.echo.log.AccessLog;
import io.kubeecho.echo.ops.EchoMetrics;
import io.kubeecho.echo.ops.ManagementPort;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A running echo server: the echo port and, unless it is embedded, its management port and access log.
 *
 * <p>Any number of them can run in one process and on one {@link Vertx}. Methods are for any thread.
 */
public final class EchoServer {

    /** Every address of the machine; on Linux a socket of it takes IPv4 too. */
    private static final String ANY_IPV6 = "::";

    private static final String ANY_IPV4 = "0.0.0.0";

    private final Vertx vertx;
    private final EchoConfig config;
    private final EchoPort echo;
    private final @Nullable AccessLog accessLog;
    private @Nullable ManagementPort management;
    private @Nullable EchoMetrics metrics;
    private volatile boolean ready = true;

    private EchoServer(Vertx vertx, EchoConfig config, EchoPort echo, @Nullable AccessLog accessLog) {
        this.vertx = vertx;
        this.config = config;
        this.echo = echo;
        this.accessLog = accessLog;
    }

    /**
     * Starts a server.
     *
     * @return completes when its ports are open; fails with a {@link CannotListenException} when one cannot be had
     */
    public static Future<EchoServer> start(Vertx vertx, EchoConfig config) {
        return start(vertx, config, config.accessLog() ? AccessLog.toStandardOutput() : null);
    }

    static Future<EchoServer> start(Vertx vertx, EchoConfig config, @Nullable AccessLog accessLog) {
        return EchoPort.open(
                        vertx,
                        address(config),
                        config.port(),
                        config.eventLoops(),
                        config.hostname(),
                        config.limits(),
                        accessLog)
                .<EchoServer>compose(
                        echo -> new EchoServer(vertx, config, echo, accessLog).openManagement(),
                        e -> Future.failedFuture(
                                CannotListenException.of(config.host(), config.port(), Setting.PORT, e)));
    }

    private Future<EchoServer> openManagement() {
        if (config.managementPort().isEmpty()) {
            return Future.succeededFuture(this);
        }
        int port = config.managementPort().getAsInt();
        EchoMetrics opened = new EchoMetrics(echo.traffic(), () -> accessLog == null ? 0 : accessLog.droppedLines());
        metrics = opened;
        Optional<Handler<HttpServerRequest>> dial =
                config.dial().access().map(access -> new DialEndpoint(vertx, access));
        return ManagementPort.open(vertx, address(config), port, this::ready, opened::scrape, dial)
                .onSuccess(listening -> management = listening)
                .map(this)
                .recover(e -> close().transform(closed -> Future.failedFuture(
                        CannotListenException.of(config.host(), port, Setting.MANAGEMENT_PORT, e))));
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

    /** What it was started with. */
    public EchoConfig config() {
        return config;
    }

    /** What the echo port has done so far. */
    public Traffic traffic() {
        return echo.traffic();
    }

    /** Whether {@code /readyz} says yes. */
    public boolean ready() {
        return ready;
    }

    /** Switches what {@code /readyz} says; echoing goes on either way. */
    public void ready(boolean newReady) {
        ready = newReady;
    }

    /**
     * Ends as a pod should: {@code /readyz} says no from now on, requests are answered for the drain delay with
     * {@code Connection: close}, and then it {@linkplain #drain() drains}.
     */
    public Future<Void> stop() {
        ready = false;
        echo.closeAfterAnswers();
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
        ready = false;
        return echo.drain(config.drainTimeout()).eventually(this::closeTheRest);
    }

    /** Closes everything at once, whatever is in flight. */
    public Future<Void> close() {
        ready = false;
        return echo.close().eventually(this::closeTheRest);
    }

    private Future<Void> closeTheRest() {
        if (metrics != null) {
            metrics.close();
        }
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
}
