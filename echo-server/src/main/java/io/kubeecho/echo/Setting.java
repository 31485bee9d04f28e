package io.kubeecho.echo;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

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
            "the address to listen on, for both ports; without it every address, IPv4 and IPv6",
            EchoConfig::host,
            EchoConfig::withHost),
    HOSTNAME(
            "KUBE_ECHO_HOSTNAME",
            "--hostname",
            "a name",
            "what From= says; without it the name of the machine, in a pod the pod's",
            config -> "",
            EchoConfig::withHostname),
    ACCESS_LOG(
            "KUBE_ECHO_ACCESS_LOG",
            "--access-log",
            "on or off",
            "whether each request is written to standard output",
            config -> config.accessLog() ? "on" : "off",
            (config, value) -> config.withAccessLog(onOrOff(value))),
    MANAGEMENT_PORT(
            "KUBE_ECHO_MANAGEMENT_PORT",
            "--management-port",
            "1 to 65535, 0 for any free one, or none",
            "the port of /livez, /readyz and /metrics",
            config -> config.managementPort().isPresent()
                    ? String.valueOf(config.managementPort().getAsInt())
                    : "none",
            (config, value) ->
                    value.equals("none") ? config.withoutManagement() : config.withManagementPort(number(value))),
    EVENT_LOOPS(
            "KUBE_ECHO_EVENT_LOOPS",
            "--event-loops",
            "1 or more",
            "how many threads serve the echo port; without it one for each processor",
            config -> "",
            (config, value) -> config.withEventLoops(number(value))),
    DRAIN_DELAY(
            "KUBE_ECHO_DRAIN_DELAY",
            "--drain-delay",
            "a time such as 3s or 500ms",
            "after SIGTERM, how long to go on accepting with /readyz at 503",
            config -> text(config.drainDelay()),
            (config, value) -> config.withDrain(duration(value), config.drainTimeout())),
    DRAIN_TIMEOUT(
            "KUBE_ECHO_DRAIN_TIMEOUT",
            "--drain-timeout",
            "a time such as 5s",
            "after that, how long requests in flight may take",
            config -> text(config.drainTimeout()),
            (config, value) -> config.withDrain(config.drainDelay(), duration(value))),
    KEEPALIVE_TIMEOUT(
            "KUBE_ECHO_KEEPALIVE_TIMEOUT",
            "--keepalive-timeout",
            "a time such as 75s",
            "how long a connection may wait for its next request",
            config -> text(config.limits().keepAlive()),
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
            config -> text(config.limits().head()),
            (config, value) -> config.withLimits(config.limits().withHead(duration(value)))),
    DIAL_TOKEN(
            "KUBE_ECHO_DIAL_TOKEN",
            "--dial-token",
            "a secret of 16 characters or more",
            "with the next one, opens /dial on the management port, through which the harness makes this pod a client",
            config -> "",
            (config, value) -> config.withDial(config.dial().withToken(value))),
    DIAL_ALLOW(
            "KUBE_ECHO_DIAL_ALLOW",
            "--dial-allow",
            "networks such as 10.0.0.0/8,fd00::/8",
            "which addresses /dial may connect to",
            config -> config.dial().allowed(),
            (config, value) -> config.withDial(config.dial().withAllowed(value)));

    private final String variable;
    private final String flag;
    private final String takes;
    private final String meaning;
    private final Function<EchoConfig, String> reader;
    private final BiFunction<EchoConfig, String, EchoConfig> writer;

    Setting(
            String variable,
            String flag,
            String takes,
            String meaning,
            Function<EchoConfig, String> reader,
            BiFunction<EchoConfig, String, EchoConfig> writer) {
        this.variable = variable;
        this.flag = flag;
        this.takes = takes;
        this.meaning = meaning;
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
        return reader.apply(EchoConfig.defaults());
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

    private static boolean onOrOff(String value) {
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new NotAValue(value);
        };
    }

    private static Duration duration(String value) {
        if (!value.matches("\\d{1,9}(ms|s|m)?")) {
            throw new NotAValue(value);
        }
        long number = Long.parseLong(value.replaceAll("\\D", ""));
        return switch (value.replaceAll("\\d", "")) {
            case "ms" -> Duration.ofMillis(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofSeconds(number);
        };
    }

    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    private static final class NotAValue extends IllegalArgumentException {

        NotAValue(String value) {
            super(value);
        }
    }
}
