package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeecho.echo.control.Caps;
import io.kubeecho.echo.control.ControlSettings;
import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.JsonSettings;
import io.kubeecho.echo.http.PodIdentity;
import io.kubeecho.echo.log.AccessLogSettings;
import io.kubeecho.echo.log.LogFormat;
import io.kubeecho.echo.log.SkipList;
import io.kubeecho.echo.ops.SwitchAccess;
import io.kubeecho.echo.page.Target;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EchoConfigTest {

    private static final Map<String, String> EVERY_VARIABLE = Map.ofEntries(
            Map.entry("NGINX_PORT", "81"),
            Map.entry("KUBE_ECHO_HOST", "127.0.0.7"),
            Map.entry("KUBE_ECHO_HOSTNAME", "Pod-1"),
            Map.entry("KUBE_ECHO_ACCESS_LOG", "off"),
            Map.entry("KUBE_ECHO_MANAGEMENT_PORT", "9000"),
            Map.entry("KUBE_ECHO_EVENT_LOOPS", "3"),
            Map.entry("KUBE_ECHO_DRAIN_DELAY", "500ms"),
            Map.entry("KUBE_ECHO_DRAIN_TIMEOUT", "7"),
            Map.entry("KUBE_ECHO_KEEPALIVE_TIMEOUT", "1m"),
            Map.entry("KUBE_ECHO_KEEPALIVE_REQUESTS", "5"),
            Map.entry("KUBE_ECHO_HEAD_TIMEOUT", "9s"),
            Map.entry("KUBE_ECHO_DIAL_TOKEN", "0123456789abcdef"),
            Map.entry("KUBE_ECHO_DIAL_ALLOW", "10.0.0.0/8"),
            Map.entry("KUBE_ECHO_MAX_CONNECTIONS", "77"),
            Map.entry("KUBE_ECHO_MEMORY_BUDGET", "3MiB"),
            Map.entry("KUBE_ECHO_CONTROLS", "off"),
            Map.entry("KUBE_ECHO_DEFAULT_CONTROLS", "status=503"),
            Map.entry("KUBE_ECHO_MAX_DELAY", "90s"),
            Map.entry("KUBE_ECHO_MAX_SIZE", "2MiB"),
            Map.entry("KUBE_ECHO_SHOW_CREDENTIALS", "on"),
            Map.entry("KUBE_ECHO_SHOW_ENVIRONMENT", "REGION,TEAM"),
            Map.entry("KUBE_ECHO_POD", "echo-1"),
            Map.entry("KUBE_ECHO_NAMESPACE", "shop"),
            Map.entry("KUBE_ECHO_NODE", "node-1"),
            Map.entry("KUBE_ECHO_ZONE", "zone-a"),
            Map.entry("KUBE_ECHO_POD_IP", "10.0.0.7"),
            Map.entry("KUBE_ECHO_SERVICE_ACCOUNT", "echo"),
            Map.entry("KUBE_ECHO_MANAGEMENT_HOSTS", "echo.example.com, demo.example.com"),
            Map.entry("KUBE_ECHO_SWITCHES", "loopback"),
            Map.entry("KUBE_ECHO_PROXY_PORT", "82"),
            Map.entry("KUBE_ECHO_TCP_PORT", "83"),
            Map.entry("KUBE_ECHO_ACCESS_LOG_FORMAT", "json"),
            Map.entry("KUBE_ECHO_ACCESS_LOG_SKIP", "kube-probe/*, /healthz"),
            Map.entry("KUBE_ECHO_UDP_PORT", "81"),
            Map.entry("KUBE_ECHO_H2C_PORT", "84"),
            Map.entry("KUBE_ECHO_TLS_PORT", "443"),
            Map.entry("KUBE_ECHO_TLS_CERTIFICATE", "/tls/tls.crt"),
            Map.entry("KUBE_ECHO_TLS_KEY", "/tls/tls.key"),
            Map.entry("KUBE_ECHO_PAGE_TARGETS", "None=echo:8080"));

    @Test
    void defaultsAreThoseOfTheImage() {
        EchoConfig config = EchoConfig.fromEnvironment(Map.of());
        assertThat(config).isEqualTo(EchoConfig.defaults());
        assertThat(config.port()).isEqualTo(80);
        assertThat(config.host()).isEmpty();
        assertThat(config.hostname()).isNotEmpty().isLowerCase();
        assertThat(config.accessLog())
                .isEqualTo(new AccessLogSettings(true, LogFormat.NGINX, new SkipList(List.of(), List.of())));
        assertThat(config.managementPort()).hasValue(9180);
        assertThat(config.drainDelay()).isEqualTo(Duration.ofSeconds(3));
        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(config.limits())
                .isEqualTo(new ConnectionLimits(
                        Duration.ofSeconds(75),
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(60),
                        1000,
                        10_000));
    }

    @Test
    void everySettingCanBeGivenInTheEnvironment() {
        EchoConfig expected = EchoConfig.defaults()
                .withHost("127.0.0.7")
                .withPort(81)
                .withHostname("pod-1")
                .withAccessLog(new AccessLogSettings(
                        false, LogFormat.JSON, new SkipList(List.of("/healthz"), List.of("kube-probe/*"))))
                .withManagementPort(9000)
                .withEventLoops(3)
                .withDrain(Duration.ofMillis(500), Duration.ofSeconds(7))
                .withLimits(ConnectionLimits.defaults()
                        .withKeepAlive(Duration.ofMinutes(1))
                        .withRequests(5)
                        .withConnections(77)
                        .withHead(Duration.ofSeconds(9)))
                .withMemoryBudget(3 << 20)
                .withControls(new ControlSettings(false, "status=503", new Caps(Duration.ofSeconds(90), 2 << 20)))
                .withJson(new JsonSettings(true, List.of("REGION", "TEAM")))
                .withDial(new DialSettings("0123456789abcdef", "10.0.0.0/8"))
                .withIdentity(new PodIdentity("echo-1", "shop", "node-1", "zone-a", "10.0.0.7", "echo"))
                .withManagementHosts(List.of("echo.example.com", "demo.example.com"))
                .withSwitches(SwitchAccess.LOOPBACK)
                .withProxyPort(OptionalInt.of(82))
                .withTls(new TlsSettings(OptionalInt.of(443), "/tls/tls.crt", "/tls/tls.key"))
                .withH2cPort(OptionalInt.of(84))
                .withTcpPort(OptionalInt.of(83))
                .withUdpPort(OptionalInt.of(81))
                .withPageTargets(List.of(new Target("None", "echo", 8080)));
        assertThat(EVERY_VARIABLE).hasSameSizeAs(Setting.values());
        assertThat(EchoConfig.fromEnvironment(EVERY_VARIABLE)).isEqualTo(expected);
    }

    @Test
    void everyVariableHasAFlagOfTheSameEffect() {
        for (Setting setting : Setting.values()) {
            String value = EVERY_VARIABLE.get(setting.variable());
            EchoConfig byVariable = EchoConfig.fromEnvironment(Map.of(setting.variable(), value));
            assertThat(EchoConfig.from(Map.of(), List.of(setting.flag(), value)))
                    .isEqualTo(byVariable);
            assertThat(EchoConfig.from(Map.of(), List.of(setting.flag() + "=" + value)))
                    .isEqualTo(byVariable);
            assertThat(byVariable).isNotEqualTo(EchoConfig.defaults());
        }
    }

    @Test
    void flagsWinOverTheEnvironment() {
        assertThat(EchoConfig.from(Map.of("NGINX_PORT", "81"), List.of("--port", "82"))
                        .port())
                .isEqualTo(82);
    }

    @Test
    void theManagementPortCanBeSwitchedOff() {
        assertThat(EchoConfig.from(Map.of(), List.of("--management-port=none")).managementPort())
                .isEmpty();
    }

    @Test
    void theVariablesOfServicesWithSuchNamesAreIgnored() {
        Map<String, String> environment = new HashMap<>();
        environment.put("NGINX_PORT", "tcp://10.96.0.17:80");
        environment.put("KUBE_ECHO_MANAGEMENT_PORT", "udp://10.96.0.18:53");
        assertThat(EchoConfig.fromEnvironment(environment)).isEqualTo(EchoConfig.defaults());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--port x|--port=x is not 1 to 65535, or 0 for any free one",
                "--port 70000|--port=70000: the port must be 0 to 65535, not 70000",
                "--port -1|--port=-1 is not 1 to 65535, or 0 for any free one",
                "--port|--port needs a value: 1 to 65535, or 0 for any free one",
                "--prot 80|there is no flag --prot; --help lists those that are",
                "80|there is no flag 80; --help lists those that are",
                "--access-log yes|--access-log=yes is not on or off",
                "--drain-delay soon|--drain-delay=soon is not a time such as 3s or 500ms",
                "--drain-timeout 0|--drain-timeout=0: the drain timeout must be more than zero, but is PT0S",
                "--access-log-format xml|--access-log-format=xml is not nginx or json",
                "--access-log-skip /a*b|--access-log-skip=/a*b: '/a*b' is neither a path such as /healthz nor a user agent"
                        + " such as kube-probe/*; a * can only be its end",
                "--access-log-skip *|--access-log-skip=*: '*' is neither a path such as /healthz nor a user agent"
                        + " such as kube-probe/*; a * can only be its end",
                "--event-loops 0|--event-loops=0: event loops must be at least 1, not 0",
                "--max-size 0|--max-size=0: the largest body must be 1 to 1073741824 bytes, not 0",
                "--max-delay 0|--max-delay=0: the longest delay must be more than zero, but is PT0S",
                "--max-connections 0|--max-connections=0: connections must be at least 1, not 0",
                "--default-controls delay=11s|KUBE_ECHO_DEFAULT_CONTROLS=delay=11s: delay is at most 10s here",
                "--show-environment DB_PASSWORD|--show-environment=DB_PASSWORD: by its name DB_PASSWORD is a secret",
                "--show-environment A,,B|--show-environment=A,,B: these are not names of variables with commas between"
                        + " them",
                "--keepalive-requests 0|--keepalive-requests=0: requests per connection must be at least 1, not 0",
                "--port 9180|NGINX_PORT and KUBE_ECHO_MANAGEMENT_PORT are both 9180: change one of them",
                "--tcp-port 82 --proxy-port 82|KUBE_ECHO_PROXY_PORT and KUBE_ECHO_TCP_PORT are both 82: change one of them",
                "--udp-port dns|--udp-port=dns is not 1 to 65535, 0 for any free one, or none",
                "--switches on|--switches=on is not off; loopback, which is kubectl port-forward; or anyone"
            })
    void aWrongFlagIsNamedWithWhatWouldBeRight(String flags, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EchoConfig.from(Map.of(), List.of(flags.split(" ", -1))))
                .withMessage(message);
    }

    @Test
    void thePortsCanBeExchanged() {
        EchoConfig config = EchoConfig.from(Map.of(), List.of("--port=9180", "--management-port=80"));
        assertThat(config.port()).isEqualTo(9180);
        assertThat(config.managementPort()).hasValue(80);
    }

    @Test
    void aWrongVariableIsNamedToo() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EchoConfig.fromEnvironment(Map.of("NGINX_PORT", "http")))
                .withMessage("NGINX_PORT=http is not 1 to 65535, or 0 for any free one");
    }

    @Test
    void dialNeedsBothATokenAndAnAllowList() {
        assertThat(DialSettings.off().access()).isEmpty();
        assertThat(new DialSettings("0123456789abcdef", "10.0.0.0/8").access()).isPresent();
        assertThatThrownBy(() -> new DialSettings("0123456789abcdef", "").access())
                .hasMessageContaining("KUBE_ECHO_DIAL_TOKEN and KUBE_ECHO_DIAL_ALLOW go together");
        assertThatThrownBy(() -> new DialSettings("", "10.0.0.0/8").access()).hasMessageContaining("go together");
        assertThatThrownBy(() -> new DialSettings("short", "10.0.0.0/8").access())
                .hasMessageContaining("at least 16 characters");
        assertThatThrownBy(() -> new DialSettings("0123456789abcdef", "10.0.0.0/99").access())
                .hasMessageContaining("'10.0.0.0/99' is not a network");
    }

    @Test
    void aMemoryBudgetThatTheJvmHasNoRoomForIsRefusedWithWhatToDo() {
        assertThatThrownBy(() -> EchoConfig.fromEnvironment(Map.of("KUBE_ECHO_MEMORY_BUDGET", "9999999MiB")))
                .hasMessageContaining("KUBE_ECHO_MEMORY_BUDGET=9999999MiB: a JVM with ")
                .hasMessageContaining("set less, or give the JVM more");
        assertThatThrownBy(() -> EchoConfig.fromEnvironment(Map.of("KUBE_ECHO_MEMORY_BUDGET", "1023KiB")))
                .hasMessageContaining("must be at least 1MiB, not 1023KiB");
        assertThatThrownBy(() -> EchoConfig.fromEnvironment(Map.of("KUBE_ECHO_MEMORY_BUDGET", "plenty")))
                .hasMessageContaining("is not bytes, such as 16MiB");
    }
}
