package io.kubeecho.echo;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * What an {@link EchoServer} is started with. Immutable; {@link #defaults()} is the container image's setting and the
 * {@code with…} methods return changed copies.
 *
 * @param host the address to listen on, a literal or a name; empty for every address of the machine, IPv4 and IPv6 on
 *     one socket
 * @param port the echo port, 1 to 65535, or 0 for one that the kernel chooses
 * @param hostname what {@code From=} says, already lower-cased; nginx's {@code $hostname}
 * @param accessLog whether each request is written to standard output, in nginx's {@code main} format
 * @param managementPort the port of livez, readyz and metrics, 0 for one that the kernel chooses; empty for none
 * @param eventLoops how many event loops serve the echo port, at least 1
 * @param drainDelay how long a server that was told to stop goes on accepting, so that the endpoints of its Services
 *     are gone before it is; not negative
 * @param drainTimeout how long requests in flight may take to finish afterwards; more than zero
 * @param limits when a connection is ended
 */
public record EchoConfig(
        String host,
        int port,
        String hostname,
        boolean accessLog,
        OptionalInt managementPort,
        int eventLoops,
        Duration drainDelay,
        Duration drainTimeout,
        ConnectionLimits limits) {

    /** The port echo-nginx listens on. */
    public static final int DEFAULT_PORT = 80;

    /** Not 8080, 8081 or 9090: those are what people set {@code NGINX_PORT} to, or already run beside it. */
    public static final int DEFAULT_MANAGEMENT_PORT = 9180;

    /** Longer than it usually takes until every node has taken a terminating endpoint out of its Service. */
    public static final Duration DEFAULT_DRAIN_DELAY = Duration.ofSeconds(3);

    public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(5);

    private static final int MAX_PORT = 65_535;

    public EchoConfig {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(limits, "limits");
        hostname = hostname.toLowerCase(Locale.ROOT);
        requirePort("port", port);
        managementPort.ifPresent(p -> requirePort("management port", p));
        if (managementPort.isPresent() && port != 0 && managementPort.getAsInt() == port) {
            throw new IllegalArgumentException("the management port is the echo port, " + port + ": set one of them");
        }
        if (eventLoops < 1) {
            throw new IllegalArgumentException("event loops must be at least 1, not " + eventLoops);
        }
        if (drainDelay.isNegative()) {
            throw new IllegalArgumentException("the drain delay must not be negative, but is " + drainDelay);
        }
        if (drainTimeout.isNegative() || drainTimeout.isZero()) {
            throw new IllegalArgumentException("the drain timeout must be more than zero, but is " + drainTimeout);
        }
    }

    private static void requirePort(String name, int port) {
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("the " + name + " must be 0 to " + MAX_PORT + ", not " + port);
        }
    }

    /** As the image runs with no setting at all: port 80, management on {@value #DEFAULT_MANAGEMENT_PORT}, log on. */
    public static EchoConfig defaults() {
        return new EchoConfig(
                "",
                DEFAULT_PORT,
                machineName(),
                true,
                OptionalInt.of(DEFAULT_MANAGEMENT_PORT),
                Runtime.getRuntime().availableProcessors(),
                DEFAULT_DRAIN_DELAY,
                DEFAULT_DRAIN_TIMEOUT,
                ConnectionLimits.defaults());
    }

    /**
     * For a server inside another program: a port that the kernel chooses, one event loop, no access log, no
     * management port and no delay before draining.
     *
     * @param host the address to listen on, such as {@code 127.0.0.5}
     * @param hostname what {@code From=} says
     */
    public static EchoConfig embedded(String host, String hostname) {
        return new EchoConfig(
                host,
                0,
                hostname,
                false,
                OptionalInt.empty(),
                1,
                Duration.ZERO,
                DEFAULT_DRAIN_TIMEOUT,
                ConnectionLimits.defaults());
    }

    public EchoConfig withHost(String newHost) {
        return new EchoConfig(
                newHost, port, hostname, accessLog, managementPort, eventLoops, drainDelay, drainTimeout, limits);
    }

    public EchoConfig withPort(int newPort) {
        return new EchoConfig(
                host, newPort, hostname, accessLog, managementPort, eventLoops, drainDelay, drainTimeout, limits);
    }

    public EchoConfig withHostname(String newHostname) {
        return new EchoConfig(
                host, port, newHostname, accessLog, managementPort, eventLoops, drainDelay, drainTimeout, limits);
    }

    public EchoConfig withAccessLog(boolean on) {
        return new EchoConfig(host, port, hostname, on, managementPort, eventLoops, drainDelay, drainTimeout, limits);
    }

    public EchoConfig withManagementPort(int newPort) {
        return new EchoConfig(
                host, port, hostname, accessLog, OptionalInt.of(newPort), eventLoops, drainDelay, drainTimeout, limits);
    }

    public EchoConfig withoutManagement() {
        return new EchoConfig(
                host, port, hostname, accessLog, OptionalInt.empty(), eventLoops, drainDelay, drainTimeout, limits);
    }

    public EchoConfig withEventLoops(int count) {
        return new EchoConfig(host, port, hostname, accessLog, managementPort, count, drainDelay, drainTimeout, limits);
    }

    public EchoConfig withDrain(Duration delay, Duration timeout) {
        return new EchoConfig(host, port, hostname, accessLog, managementPort, eventLoops, delay, timeout, limits);
    }

    public EchoConfig withLimits(ConnectionLimits newLimits) {
        return new EchoConfig(
                host, port, hostname, accessLog, managementPort, eventLoops, drainDelay, drainTimeout, newLimits);
    }

    /** What gethostname(2) gives: the name a pod has been given, which HOSTNAME may not say outside a container. */
    private static String machineName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            // the machine's name has no address; the message is "name: cause", and the kernel still has the name
            return kernelHostname();
        }
    }

    private static String kernelHostname() {
        try {
            return java.nio.file.Files.readString(java.nio.file.Path.of("/proc/sys/kernel/hostname"))
                    .strip();
        } catch (java.io.IOException e) {
            return Objects.requireNonNullElse(System.getenv("HOSTNAME"), "localhost");
        }
    }
}
