package io.kubeecho.echo;

import io.kubeecho.echo.budget.JvmMemory;
import io.kubeecho.echo.control.ControlSettings;
import io.kubeecho.echo.control.SizeText;
import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.JsonSettings;
import io.kubeecho.echo.http.PodIdentity;
import io.kubeecho.echo.log.AccessLogSettings;
import io.kubeecho.echo.ops.SwitchAccess;
import io.kubeecho.echo.page.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * What an {@link EchoServer} is started with. Immutable; {@link #defaults()} is the container image's setting and the
 * {@code with…} methods return changed copies.
 *
 * @param host the address to listen on, a literal or a name; empty for every address of the machine, IPv4 and IPv6 on
 *     one socket
 * @param port the echo port, 1 to 65535, or 0 for one that the kernel chooses
 * @param hostname what {@code From=} says, already lower-cased; nginx's {@code $hostname}
 * @param accessLog whether each request is written to standard output, and how
 * @param managementPort the port of livez, readyz and metrics, 0 for one that the kernel chooses; empty for none
 * @param eventLoops how many event loops serve the echo port, at least 1
 * @param drainDelay how long a server that was told to stop goes on accepting, so that the endpoints of its Services
 *     are gone before it is; not negative
 * @param drainTimeout how long requests in flight may take to finish afterwards; more than zero
 * @param limits when a connection is ended
 * @param memoryBudget how many bytes all connections may hold together, at least {@value #LEAST_MEMORY_BUDGET}; empty for as
 *     many as the JVM's own limits allow
 * @param dial whether {@code /dial} exists on the management port
 * @param identity the pod that it is
 * @param managementHosts names under which a browser may use the management port, beside those of {@link
 *     io.kubeecho.echo.ops.KnownHosts}
 * @param switches who may switch readiness by the management port
 * @param controls what requests may ask for, and what the server asks of itself
 * @param json what the JSON form shows
 * @param pageTargets what the demo page connects to, at most {@value Target#MOST}; without any there is no page
 * @param proxyPort the echo port where each connection begins with a header of the PROXY protocol; empty for none
 * @param tls the echo port with TLS, and its certificate
 * @param h2cPort the echo port for HTTP/2 without TLS; empty for none
 * @param tcpPort the port of the TCP echo; empty for none
 * @param udpPort the port of the UDP echo; empty for none
 */
public record EchoConfig(
        String host,
        int port,
        String hostname,
        AccessLogSettings accessLog,
        OptionalInt managementPort,
        int eventLoops,
        Duration drainDelay,
        Duration drainTimeout,
        ConnectionLimits limits,
        OptionalLong memoryBudget,
        DialSettings dial,
        PodIdentity identity,
        List<String> managementHosts,
        SwitchAccess switches,
        ControlSettings controls,
        JsonSettings json,
        List<Target> pageTargets,
        OptionalInt proxyPort,
        TlsSettings tls,
        OptionalInt h2cPort,
        OptionalInt tcpPort,
        OptionalInt udpPort) {

    /** The port echo-nginx listens on. */
    public static final int DEFAULT_PORT = 80;

    /** Not 8080, 8081 or 9090: those are what people set {@code NGINX_PORT} to, or already run beside it. */
    public static final int DEFAULT_MANAGEMENT_PORT = 9180;

    /** Longer than it usually takes until every node has taken a terminating endpoint out of its Service. */
    public static final Duration DEFAULT_DRAIN_DELAY = Duration.ofSeconds(3);

    public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(5);

    /** In bytes: with less, hardly a request could be kept. */
    public static final long LEAST_MEMORY_BUDGET = 1 << 20;

    private static final int MAX_PORT = 65_535;

    public EchoConfig {
        Objects.requireNonNull(host, "host");
        Objects.requireNonNull(accessLog, "access log");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(dial, "dial");
        Objects.requireNonNull(identity, "identity");
        Objects.requireNonNull(switches, "switches");
        Objects.requireNonNull(controls, "controls");
        Objects.requireNonNull(json, "json");
        Objects.requireNonNull(tls, "tls");
        pageTargets = List.copyOf(pageTargets);
        managementHosts = List.copyOf(managementHosts);
        hostname = hostname.toLowerCase(Locale.ROOT);
        requirePort("port", port);
        managementPort.ifPresent(p -> requirePort("management port", p));
        proxyPort.ifPresent(p -> requirePort("PROXY port", p));
        tls.port().ifPresent(p -> requirePort("TLS port", p));
        h2cPort.ifPresent(p -> requirePort("h2c port", p));
        tcpPort.ifPresent(p -> requirePort("TCP echo port", p));
        udpPort.ifPresent(p -> requirePort("UDP echo port", p));
        if (eventLoops < 1) {
            throw new IllegalArgumentException("event loops must be at least 1, not " + eventLoops);
        }
        if (memoryBudget.isPresent() && memoryBudget.getAsLong() < LEAST_MEMORY_BUDGET) {
            throw new IllegalArgumentException("the memory budget must be at least " + SizeText.of(LEAST_MEMORY_BUDGET)
                    + ", not " + SizeText.of(memoryBudget.getAsLong()));
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
                AccessLogSettings.defaults(),
                OptionalInt.of(DEFAULT_MANAGEMENT_PORT),
                Runtime.getRuntime().availableProcessors(),
                DEFAULT_DRAIN_DELAY,
                DEFAULT_DRAIN_TIMEOUT,
                ConnectionLimits.defaults(),
                OptionalLong.empty(),
                DialSettings.off(),
                PodIdentity.unknown(),
                List.of(),
                SwitchAccess.OFF,
                ControlSettings.defaults(),
                JsonSettings.defaults(),
                List.of(),
                OptionalInt.empty(),
                TlsSettings.off(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
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
                AccessLogSettings.defaults().withOn(false),
                OptionalInt.empty(),
                1,
                Duration.ZERO,
                DEFAULT_DRAIN_TIMEOUT,
                ConnectionLimits.defaults(),
                OptionalLong.empty(),
                DialSettings.off(),
                PodIdentity.unknown(),
                List.of(),
                SwitchAccess.OFF,
                ControlSettings.defaults(),
                JsonSettings.defaults(),
                List.of(),
                OptionalInt.empty(),
                TlsSettings.off(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty());
    }

    public EchoConfig withHost(String newHost) {
        return with(draft -> draft.host = newHost);
    }

    public EchoConfig withPort(int newPort) {
        return with(draft -> draft.port = newPort);
    }

    public EchoConfig withHostname(String newHostname) {
        return with(draft -> draft.hostname = newHostname);
    }

    public EchoConfig withAccessLog(AccessLogSettings newLog) {
        return with(draft -> draft.accessLog = newLog);
    }

    public EchoConfig withManagementPort(int newPort) {
        return with(draft -> draft.managementPort = OptionalInt.of(newPort));
    }

    public EchoConfig withoutManagement() {
        return with(draft -> draft.managementPort = OptionalInt.empty());
    }

    public EchoConfig withEventLoops(int count) {
        return with(draft -> draft.eventLoops = count);
    }

    public EchoConfig withDrain(Duration delay, Duration timeout) {
        return with(draft -> {
            draft.drainDelay = delay;
            draft.drainTimeout = timeout;
        });
    }

    public EchoConfig withLimits(ConnectionLimits newLimits) {
        return with(draft -> draft.limits = newLimits);
    }

    public EchoConfig withMemoryBudget(long bytes) {
        return with(draft -> draft.memoryBudget = OptionalLong.of(bytes));
    }

    public EchoConfig withDial(DialSettings newDial) {
        return with(draft -> draft.dial = newDial);
    }

    public EchoConfig withIdentity(PodIdentity newIdentity) {
        return with(draft -> draft.identity = newIdentity);
    }

    public EchoConfig withManagementHosts(List<String> newHosts) {
        return with(draft -> draft.managementHosts = newHosts);
    }

    public EchoConfig withSwitches(SwitchAccess newSwitches) {
        return with(draft -> draft.switches = newSwitches);
    }

    public EchoConfig withControls(ControlSettings newControls) {
        return with(draft -> draft.controls = newControls);
    }

    public EchoConfig withJson(JsonSettings newJson) {
        return with(draft -> draft.json = newJson);
    }

    public EchoConfig withPageTargets(List<Target> newTargets) {
        return with(draft -> draft.pageTargets = newTargets);
    }

    public EchoConfig withProxyPort(OptionalInt newPort) {
        return with(draft -> draft.proxyPort = newPort);
    }

    public EchoConfig withTls(TlsSettings newTls) {
        return with(draft -> draft.tls = newTls);
    }

    public EchoConfig withH2cPort(OptionalInt newPort) {
        return with(draft -> draft.h2cPort = newPort);
    }

    public EchoConfig withTcpPort(OptionalInt newPort) {
        return with(draft -> draft.tcpPort = newPort);
    }

    public EchoConfig withUdpPort(OptionalInt newPort) {
        return with(draft -> draft.udpPort = newPort);
    }

    private EchoConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.done();
    }

    /** A copy that can be changed, so that a new component is named here and not in every method above. */
    private static final class Draft {

        String host;
        int port;
        String hostname;
        AccessLogSettings accessLog;
        OptionalInt managementPort;
        int eventLoops;
        Duration drainDelay;
        Duration drainTimeout;
        ConnectionLimits limits;
        OptionalLong memoryBudget;
        DialSettings dial;
        PodIdentity identity;
        List<String> managementHosts;
        SwitchAccess switches;
        ControlSettings controls;
        JsonSettings json;
        List<Target> pageTargets;
        OptionalInt proxyPort;
        TlsSettings tls;
        OptionalInt h2cPort;
        OptionalInt tcpPort;
        OptionalInt udpPort;

        Draft(EchoConfig from) {
            host = from.host;
            port = from.port;
            hostname = from.hostname;
            accessLog = from.accessLog;
            managementPort = from.managementPort;
            eventLoops = from.eventLoops;
            drainDelay = from.drainDelay;
            drainTimeout = from.drainTimeout;
            limits = from.limits;
            memoryBudget = from.memoryBudget;
            dial = from.dial;
            identity = from.identity;
            managementHosts = from.managementHosts;
            switches = from.switches;
            controls = from.controls;
            json = from.json;
            pageTargets = from.pageTargets;
            proxyPort = from.proxyPort;
            tls = from.tls;
            h2cPort = from.h2cPort;
            tcpPort = from.tcpPort;
            udpPort = from.udpPort;
        }

        EchoConfig done() {
            return new EchoConfig(
                    host,
                    port,
                    hostname,
                    accessLog,
                    managementPort,
                    eventLoops,
                    drainDelay,
                    drainTimeout,
                    limits,
                    memoryBudget,
                    dial,
                    identity,
                    managementHosts,
                    switches,
                    controls,
                    json,
                    pageTargets,
                    proxyPort,
                    tls,
                    h2cPort,
                    tcpPort,
                    udpPort);
        }
    }

    /**
     * The settings of {@link Setting} that a process was given: {@link #defaults()}, changed by its environment, changed
     * by its flags.
     *
     * @param environment such as {@link System#getenv()}
     * @param flags {@code --name value} or {@code --name=value}
     * @throws IllegalArgumentException with a sentence for the user, which names the variable or the flag
     */
    public static EchoConfig from(Map<String, String> environment, List<String> flags) {
        EchoConfig config = defaults();
        for (Setting setting : Setting.values()) {
            String value = environment.get(setting.variable());
            if (value != null && !value.isEmpty() && !isServiceLink(value)) {
                config = setting.apply(config, value, setting.variable());
            }
        }
        for (int i = 0; i < flags.size(); i++) {
            String flag = flags.get(i);
            int equals = flag.indexOf('=');
            String name = equals < 0 ? flag : flag.substring(0, equals);
            Setting setting = Setting.ofFlag(name)
                    .orElseThrow(() ->
                            new IllegalArgumentException("there is no flag " + name + "; --help lists those that are"));
            if (equals < 0 && ++i == flags.size()) {
                throw new IllegalArgumentException(name + " needs a value: " + setting.takes());
            }
            config = setting.apply(config, equals < 0 ? flags.get(i) : flag.substring(equals + 1), name);
        }
        config.requireDistinctPorts();
        config.requireStandingControls();
        config.requireMemory(JvmMemory.ofThisProcess());
        return config;
    }

    /** Not in the constructor: of two settings that are changed, one is changed first. UDP has ports of its own. */
    private void requireDistinctPorts() {
        Map<Integer, Setting> taken = new HashMap<>();
        Map<Setting, OptionalInt> ports = new EnumMap<>(Setting.class);
        ports.put(Setting.PORT, OptionalInt.of(port));
        ports.put(Setting.MANAGEMENT_PORT, managementPort);
        ports.put(Setting.PROXY_PORT, proxyPort);
        ports.put(Setting.TLS_PORT, tls.port());
        ports.put(Setting.H2C_PORT, h2cPort);
        ports.put(Setting.TCP_PORT, tcpPort);
        ports.forEach((setting, number) -> {
            Setting other = number.orElse(0) == 0 ? null : taken.put(number.getAsInt(), setting);
            if (other != null) {
                throw new IllegalArgumentException(other.variable() + " and " + setting.variable() + " are both "
                        + number.getAsInt() + ": change one of them");
            }
        });
    }

    /** Not in the constructor either: the caps may be changed after the controls. */
    private void requireStandingControls() {
        try {
            var unused = controls.standingControls();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    Setting.DEFAULT_CONTROLS.variable() + "=" + controls.standing() + ": " + e.getMessage(), e);
        }
    }

    /** Not in the constructor: a server inside another program is that program's to judge. */
    private void requireMemory(JvmMemory jvm) {
        long most = jvm.mostForConnections();
        if (memoryBudget.isPresent() && memoryBudget.getAsLong() > most) {
            throw new IllegalArgumentException(Setting.MEMORY_BUDGET.variable() + "="
                    + SizeText.of(memoryBudget.getAsLong()) + ": a JVM with " + (jvm.heap() >> 20)
                    + " MiB of heap (-Xmx) and " + (jvm.direct() >> 20)
                    + " MiB of direct memory (-XX:MaxDirectMemorySize) has room for " + (most >> 20)
                    + "MiB at the most: set less, or give the JVM more");
        }
    }

    /** As {@link #from} without flags. */
    public static EchoConfig fromEnvironment(Map<String, String> environment) {
        return from(environment, List.of());
    }

    /**
     * Kubernetes gives every pod the variable {@code NGINX_PORT=tcp://10.0.0.1:80} when there is a Service by the name of
     * nginx, and likewise for others: that is not meant for this process.
     */
    private static boolean isServiceLink(String value) {
        return value.startsWith("tcp://") || value.startsWith("udp://") || value.startsWith("sctp://");
    }

    /**
     * What gethostname(2) gives: in a pod, its name. Not by way of {@link InetAddress} first, which also asks a name
     * server for the address.
     */
    private static String machineName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException notLinux) {
            try {
                return InetAddress.getLocalHost().getHostName();
            } catch (UnknownHostException e) {
                return Objects.requireNonNullElse(System.getenv("HOSTNAME"), "localhost");
            }
        }
    }
}
