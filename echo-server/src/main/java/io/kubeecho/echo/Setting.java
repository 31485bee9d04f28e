package io.kubeecho.echo;

import io.kubeecho.echo.control.SizeText;
import io.kubeecho.echo.control.TimeText;
import io.kubeecho.echo.log.LogFormat;
import io.kubeecho.echo.log.SkipList;
import io.kubeecho.echo.ops.SwitchAccess;
import io.kubeecho.echo.page.Target;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What can be set by an environment variable or a flag: the table in the documentation is this one. */
@SuppressWarnings("ImmutableEnumChecker") // the functions below hold nothing
public enum Setting {
    PORT(
            "NGINX_PORT",
            "--port",
            "1 to 65535, or 0 for any free one",
            "the echo port",
            config -> String.valueOf(config.port()),
            (config, value) -> config.withPort(number(value))),
    HOST(
            "KUBE_ECHO_HOST",
            "--host",
            "an address of this machine",
            "the address to listen on, for every port; without it every address, IPv4 and IPv6",
            EchoConfig::host,
            EchoConfig::withHost),
    HOSTNAME(
            "KUBE_ECHO_HOSTNAME",
            "--hostname",
            "a name",
            "what From= says; without it the name of the machine, in a pod the pod's",
            Default.OF_THE_MACHINE,
            EchoConfig::hostname,
            EchoConfig::withHostname),
    ACCESS_LOG(
            "KUBE_ECHO_ACCESS_LOG",
            "--access-log",
            "on or off",
            "whether each request is written to standard output",
            config -> config.accessLog().on() ? "on" : "off",
            (config, value) -> config.withAccessLog(config.accessLog().withOn(onOrOff(value)))),
    ACCESS_LOG_FORMAT(
            "KUBE_ECHO_ACCESS_LOG_FORMAT",
            "--access-log-format",
            "nginx or json",
            "how: nginx's main format, or one JSON object a line",
            config -> config.accessLog().format().text(),
            (config, value) -> config.withAccessLog(
                    config.accessLog().withFormat(LogFormat.of(value).orElseThrow(() -> new NotAValue(value))))),
    ACCESS_LOG_SKIP(
            "KUBE_ECHO_ACCESS_LOG_SKIP",
            "--access-log-skip",
            "paths such as /healthz or /probes/*, and user agents such as kube-probe/*, with commas between them",
            "which requests are not logged, unless they were answered by 400 or above",
            config -> config.accessLog().skip().text(),
            (config, value) -> config.withAccessLog(config.accessLog().withSkip(SkipList.of(value)))),
    MANAGEMENT_PORT(
            "KUBE_ECHO_MANAGEMENT_PORT",
            "--management-port",
            "1 to 65535, 0 for any free one, or none",
            "the port of /livez, /readyz and /metrics",
            config -> text(config.managementPort()),
            (config, value) ->
                    value.equals("none") ? config.withoutManagement() : config.withManagementPort(number(value))),
    EVENT_LOOPS(
            "KUBE_ECHO_EVENT_LOOPS",
            "--event-loops",
            "1 or more",
            "how many threads serve the echo port; without it one for each processor",
            Default.OF_THE_MACHINE,
            config -> String.valueOf(config.eventLoops()),
            (config, value) -> config.withEventLoops(number(value))),
    DRAIN_DELAY(
            "KUBE_ECHO_DRAIN_DELAY",
            "--drain-delay",
            "a time such as 3s or 500ms",
            "after SIGTERM, how long to go on accepting with /readyz at 503",
            config -> TimeText.of(config.drainDelay()),
            (config, value) -> config.withDrain(duration(value), config.drainTimeout())),
    DRAIN_TIMEOUT(
            "KUBE_ECHO_DRAIN_TIMEOUT",
            "--drain-timeout",
            "a time such as 5s",
            "after that, how long requests in flight may take",
            config -> TimeText.of(config.drainTimeout()),
            (config, value) -> config.withDrain(config.drainDelay(), duration(value))),
    KEEPALIVE_TIMEOUT(
            "KUBE_ECHO_KEEPALIVE_TIMEOUT",
            "--keepalive-timeout",
            "a time such as 75s",
            "how long a connection may wait for its next request",
            config -> TimeText.of(config.limits().keepAlive()),
            (config, value) -> config.withLimits(config.limits().withKeepAlive(duration(value)))),
    KEEPALIVE_REQUESTS(
            "KUBE_ECHO_KEEPALIVE_REQUESTS",
            "--keepalive-requests",
            "1 or more",
            "how many requests a connection may carry",
            config -> String.valueOf(config.limits().requests()),
            (config, value) -> config.withLimits(config.limits().withRequests(number(value)))),
    HEAD_TIMEOUT(
            "KUBE_ECHO_HEAD_TIMEOUT",
            "--head-timeout",
            "a time such as 60s",
            "how long the head of a request may take",
            config -> TimeText.of(config.limits().head()),
            (config, value) -> config.withLimits(config.limits().withHead(duration(value)))),
    MAX_CONNECTIONS(
            "KUBE_ECHO_MAX_CONNECTIONS",
            "--max-connections",
            "1 or more",
            "how many connections may be open at once; further ones are closed",
            config -> String.valueOf(config.limits().connections()),
            (config, value) -> config.withLimits(config.limits().withConnections(number(value)))),
    MEMORY_BUDGET(
            "KUBE_ECHO_MEMORY_BUDGET",
            "--memory-budget",
            "bytes, such as 16MiB, at least 1MiB",
            "how much all connections together may hold; without it what the JVM's heap and direct memory have room for",
            Default.OF_THE_MACHINE,
            config -> config.memoryBudget().isPresent()
                    ? SizeText.of(config.memoryBudget().getAsLong())
                    : "",
            (config, value) -> config.withMemoryBudget(SizeText.parse(value).orElseThrow(() -> new NotAValue(value)))),
    CONTROLS(
            "KUBE_ECHO_CONTROLS",
            "--controls",
            "on or off",
            "whether requests may ask for JSON, delays, faults and the like; off, every request gets the line",
            config -> config.controls().byRequest() ? "on" : "off",
            (config, value) -> config.withControls(config.controls().withByRequest(onOrOff(value)))),
    DEFAULT_CONTROLS(
            "KUBE_ECHO_DEFAULT_CONTROLS",
            "--default-controls",
            "controls such as delay=100ms&fault-rate=0.1&seed=7",
            "what the server does with every request that does not ask for something else",
            config -> config.controls().standing(),
            (config, value) -> config.withControls(config.controls().withStanding(value))),
    MAX_DELAY(
            "KUBE_ECHO_MAX_DELAY",
            "--max-delay",
            "a time such as 10s",
            "how long an answer may be asked to be delayed, and its body to be spread",
            config -> TimeText.of(config.controls().caps().time()),
            (config, value) -> config.withControls(
                    config.controls().withCaps(config.controls().caps().withTime(duration(value))))),
    MAX_SIZE(
            "KUBE_ECHO_MAX_SIZE",
            "--max-size",
            "bytes, such as 64KiB or 1MiB",
            "how large a body may be asked for",
            config -> SizeText.of(config.controls().caps().size()),
            (config, value) -> config.withControls(
                    config.controls().withCaps(config.controls().caps().withSize(size(value))))),
    SHOW_CREDENTIALS(
            "KUBE_ECHO_SHOW_CREDENTIALS",
            "--show-credentials",
            "on or off",
            "whether JSON has the values of Authorization, Cookie and the like",
            config -> config.json().credentials() ? "on" : "off",
            (config, value) -> config.withJson(config.json().withCredentials(onOrOff(value)))),
    SHOW_ENVIRONMENT(
            "KUBE_ECHO_SHOW_ENVIRONMENT",
            "--show-environment",
            "names of variables with commas between them",
            "which environment variables JSON has",
            config -> String.join(",", config.json().environment()),
            (config, value) -> config.withJson(config.json().withEnvironment(List.of(value.split(",", -1))))),
    DIAL_TOKEN(
            "KUBE_ECHO_DIAL_TOKEN",
            "--dial-token",
            "a secret of 16 characters or more",
            "with the next one, opens /dial on the management port, through which the harness makes this pod a client",
            config -> config.dial().token().isEmpty() ? "" : "(not shown)",
            (config, value) -> config.withDial(config.dial().withToken(value))),
    DIAL_ALLOW(
            "KUBE_ECHO_DIAL_ALLOW",
            "--dial-allow",
            "networks such as 10.0.0.0/8,fd00::/8",
            "which addresses /dial may connect to",
            config -> config.dial().allowed(),
            (config, value) -> config.withDial(config.dial().withAllowed(value))),
    POD(
            "KUBE_ECHO_POD",
            "--pod",
            "metadata.name of the downward API",
            "the pod's name, for the JSON answer",
            config -> config.identity().pod(),
            (config, value) -> config.withIdentity(config.identity().withPod(value))),
    NAMESPACE(
            "KUBE_ECHO_NAMESPACE",
            "--namespace",
            "metadata.namespace",
            "the pod's namespace",
            config -> config.identity().namespace(),
            (config, value) -> config.withIdentity(config.identity().withNamespace(value))),
    NODE(
            "KUBE_ECHO_NODE",
            "--node",
            "spec.nodeName",
            "the node the pod runs on",
            config -> config.identity().node(),
            (config, value) -> config.withIdentity(config.identity().withNode(value))),
    ZONE(
            "KUBE_ECHO_ZONE",
            "--zone",
            "metadata.labels['topology.kubernetes.io/zone']",
            "the zone of that node; Kubernetes 1.35 and later give pods that label",
            config -> config.identity().zone(),
            (config, value) -> config.withIdentity(config.identity().withZone(value))),
    POD_IP(
            "KUBE_ECHO_POD_IP",
            "--pod-ip",
            "status.podIP, or status.podIPs for both families",
            "the pod's address, or both with a comma between them",
            config -> config.identity().podIp(),
            (config, value) -> config.withIdentity(config.identity().withPodIp(value))),
    SERVICE_ACCOUNT(
            "KUBE_ECHO_SERVICE_ACCOUNT",
            "--service-account",
            "spec.serviceAccountName",
            "the pod's service account",
            config -> config.identity().serviceAccount(),
            (config, value) -> config.withIdentity(config.identity().withServiceAccount(value))),
    MANAGEMENT_HOSTS(
            "KUBE_ECHO_MANAGEMENT_HOSTS",
            "--management-hosts",
            "host names such as echo.example.com, with commas between them",
            "under which further names a browser may use the management port; by itself it knows IP addresses, localhost,"
                    + " and names of Services and pods",
            config -> String.join(",", config.managementHosts()),
            (config, value) -> config.withManagementHosts(hosts(value))),
    SWITCHES(
            "KUBE_ECHO_SWITCHES",
            "--switches",
            "off; loopback, which is kubectl port-forward; or anyone",
            "who may switch the server by POST on the management port, such as /readyz/disable",
            config -> config.switches().text(),
            (config, value) -> config.withSwitches(SwitchAccess.of(value).orElseThrow(() -> new NotAValue(value)))),
    PAGE_TARGETS(
            "KUBE_ECHO_PAGE_TARGETS",
            "--page-targets",
            "up to 8 of label=host:port, with commas between them",
            "opens the demo page, /demo on the management port, which connects to these while somebody watches",
            config -> config.pageTargets().stream().map(Target::text).collect(Collectors.joining(",")),
            (config, value) -> config.withPageTargets(Target.list(value))),
    PROXY_PORT(
            "KUBE_ECHO_PROXY_PORT",
            "--proxy-port",
            "1 to 65535, 0 for any free one, or none",
            "an echo port behind a load balancer, where each connection begins with a PROXY header",
            config -> text(config.proxyPort()),
            (config, value) -> config.withProxyPort(optionalPort(value))),
    TLS_PORT(
            "KUBE_ECHO_TLS_PORT",
            "--tls-port",
            "1 to 65535, 0 for any free one, or none",
            "an echo port with TLS, for HTTP/1.1 and HTTP/2",
            config -> text(config.tls().port()),
            (config, value) -> config.withTls(config.tls().withPort(optionalPort(value)))),
    TLS_CERTIFICATE(
            "KUBE_ECHO_TLS_CERTIFICATE",
            "--tls-certificate",
            "a PEM file such as /tls/tls.crt",
            "the certificate of that port, its own first and then those above it",
            config -> config.tls().certificate(),
            (config, value) -> config.withTls(config.tls().withCertificate(value))),
    TLS_KEY(
            "KUBE_ECHO_TLS_KEY",
            "--tls-key",
            "a PEM file such as /tls/tls.key",
            "the private key of the certificate, not encrypted",
            config -> config.tls().key(),
            (config, value) -> config.withTls(config.tls().withKey(value))),
    H2C_PORT(
            "KUBE_ECHO_H2C_PORT",
            "--h2c-port",
            "1 to 65535, 0 for any free one, or none",
            "an echo port for HTTP/2 without TLS",
            config -> text(config.h2cPort()),
            (config, value) -> config.withH2cPort(optionalPort(value))),
    TCP_PORT(
            "KUBE_ECHO_TCP_PORT",
            "--tcp-port",
            "1 to 65535, 0 for any free one, or none",
            "the port of the TCP echo",
            config -> text(config.tcpPort()),
            (config, value) -> config.withTcpPort(optionalPort(value))),
    UDP_PORT(
            "KUBE_ECHO_UDP_PORT",
            "--udp-port",
            "1 to 65535, 0 for any free one, or none",
            "the port of the UDP echo",
            config -> text(config.udpPort()),
            (config, value) -> config.withUdpPort(optionalPort(value)));

    private final String variable;
    private final String flag;
    private final String takes;
    private final String meaning;
    private final Default initially;
    private final Function<EchoConfig, String> reader;
    private final BiFunction<EchoConfig, String, EchoConfig> writer;

    Setting(
            String variable,
            String flag,
            String takes,
            String meaning,
            Function<EchoConfig, String> reader,
            BiFunction<EchoConfig, String, EchoConfig> writer) {
        this(variable, flag, takes, meaning, Default.THE_SAME_EVERYWHERE, reader, writer);
    }

    Setting(
            String variable,
            String flag,
            String takes,
            String meaning,
            Default initially,
            Function<EchoConfig, String> reader,
            BiFunction<EchoConfig, String, EchoConfig> writer) {
        this.variable = variable;
        this.flag = flag;
        this.takes = takes;
        this.meaning = meaning;
        this.initially = initially;
        this.reader = reader;
        this.writer = writer;
    }

    /** The environment variable. */
    public String variable() {
        return variable;
    }

    /** The flag, with its hyphens. */
    public String flag() {
        return flag;
    }

    /** Which values it takes, for a reader. */
    public String takes() {
        return takes;
    }

    /** What it sets, for a reader. */
    public String meaning() {
        return meaning;
    }

    /** Its value without being set, or empty where that depends on the machine. */
    public String defaultValue() {
        return initially == Default.OF_THE_MACHINE ? "" : reader.apply(EchoConfig.defaults());
    }

    /** Its value in a configuration, for a reader: a secret is not in it. */
    String value(EchoConfig config) {
        return reader.apply(config);
    }

    static Optional<Setting> ofFlag(String flag) {
        return Arrays.stream(values())
                .filter(setting -> setting.flag.equals(flag))
                .findFirst();
    }

    /**
     * Changes a configuration.
     *
     * @param name by which the user gave it, for the error
     */
    EchoConfig apply(EchoConfig config, String value, String name) {
        try {
            return writer.apply(config, value.strip());
        } catch (NotAValue e) {
            throw new IllegalArgumentException(name + "=" + value + " is not " + takes, e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + "=" + value + ": " + e.getMessage(), e);
        }
    }

    private static int number(String value) {
        if (!value.matches("\\d{1,9}")) {
            throw new NotAValue(value);
        }
        return Integer.parseInt(value);
    }

    private static int size(String value) {
        long bytes = SizeText.parse(value).orElseThrow(() -> new NotAValue(value));
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    private static List<String> hosts(String value) {
        List<String> hosts =
                Arrays.stream(value.split(",", -1)).map(String::strip).toList();
        for (String host : hosts) {
            if (!host.matches("[A-Za-z0-9._-]{1,253}")) {
                throw new NotAValue(value);
            }
        }
        return hosts;
    }

    private static OptionalInt optionalPort(String value) {
        return value.equals("none") ? OptionalInt.empty() : OptionalInt.of(number(value));
    }

    private static String text(OptionalInt port) {
        return port.isPresent() ? String.valueOf(port.getAsInt()) : "none";
    }

    private static boolean onOrOff(String value) {
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new NotAValue(value);
        };
    }

    private static Duration duration(String value) {
        return TimeText.parse(value).orElseThrow(() -> new NotAValue(value));
    }

    /** What holds without the setting. */
    private enum Default {
        THE_SAME_EVERYWHERE,
        OF_THE_MACHINE
    }

    private static final class NotAValue extends IllegalArgumentException {

        NotAValue(String value) {
            super(value);
        }
    }
}
