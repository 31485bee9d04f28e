package io.kubeecho.echo;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.ops.SwitchAccess;
import io.restassured.specification.RequestSpecification;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementPortTest {

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private static final EchoConfig CONFIG =
            EchoConfig.embedded("127.0.0.1", "pod-1").withManagementPort(0);

    private static final EchoConfig EVERY_PORT = CONFIG.withProxyPort(OptionalInt.of(0))
            .withTcpPort(OptionalInt.of(0))
            .withUdpPort(OptionalInt.of(0));

    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");

    private final List<RawClient> clients = new ArrayList<>();
    private EchoServer server;

    @AfterEach
    void closeClients() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        start(CONFIG);
    }

    private void start(EchoConfig config) throws Exception {
        server = vertx.start(config);
    }

    private RequestSpecification management() {
        return given().baseUri("http://127.0.0.1").port(server.managementPort().orElseThrow());
    }

    private RequestSpecification echo() {
        return given().baseUri("http://127.0.0.1").port(server.port());
    }

    @Test
    void isAliveAndReady() {
        management().get("/livez").then().statusCode(200).body(equalTo("ok\n"));
        management().get("/readyz").then().statusCode(200).header("X-Content-Type-Options", "nosniff");
        management().head("/readyz").then().statusCode(200);
    }

    @Test
    void readinessCanBeSwitchedWhileItEchoesOn() {
        server.ready(false);
        management().get("/readyz").then().statusCode(503).body(equalTo("not ready\n"));
        management().get("/livez").then().statusCode(200);
        echo().get("/").then().statusCode(200);

        server.ready(true);
        management().get("/readyz").then().statusCode(200);
    }

    @Test
    void nobodySwitchesAnythingByDefault() {
        management()
                .post("/readyz/disable")
                .then()
                .statusCode(403)
                .body(equalTo("403 switches are off, see KUBE_ECHO_SWITCHES\n"));
        management().get("/readyz").then().statusCode(200);
    }

    @Test
    void whoComesFromLoopbackMayBeAllowedToSwitchReadiness() throws Exception {
        // on the socket for every address, where an IPv4 peer could show as ::ffff:127.0.0.1
        server = vertx.start(
                EchoConfig.embedded("", "pod-1").withManagementPort(0).withSwitches(SwitchAccess.LOOPBACK));
        management().get("/readyz/disable").then().statusCode(405).header("Allow", equalTo("POST"));
        management().get("/readyz").then().statusCode(200);

        management().post("/readyz/disable").then().statusCode(200).body(equalTo("not ready\n"));
        management().get("/readyz").then().statusCode(503);
        echo().get("/").then().statusCode(200);
        management().post("/readyz/enable").then().statusCode(200).body(equalTo("ready\n"));
        management().get("/readyz").then().statusCode(200);
    }

    @Test
    void noOtherAddressIsLoopback() throws Exception {
        server = vertx.start(
                EchoConfig.embedded("127.0.0.1", "pod-1").withManagementPort(0).withSwitches(SwitchAccess.LOOPBACK));
        try (RawClient sidecar =
                RawClient.from("127.0.0.6", server.managementPort().orElseThrow())) {
            sidecar.send("POST /readyz/disable HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(sidecar.awaitEnd()).startsWith("HTTP/1.1 403 ").contains("switches are loopback");
        }
        server = vertx.start(
                EchoConfig.embedded("127.0.0.1", "pod-1").withManagementPort(0).withSwitches(SwitchAccess.ANYONE));
        try (RawClient sidecar =
                RawClient.from("127.0.0.6", server.managementPort().orElseThrow())) {
            sidecar.send("POST /readyz/disable HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(sidecar.awaitEnd()).startsWith("HTTP/1.1 200 ");
        }
    }

    @Test
    void aPageInABrowserSwitchesNothing() throws Exception {
        server = vertx.start(
                EchoConfig.embedded("127.0.0.1", "pod-1").withManagementPort(0).withSwitches(SwitchAccess.ANYONE));
        management()
                .header("Origin", "http://evil.example")
                .post("/readyz/disable")
                .then()
                .statusCode(403);
        management().get("/readyz").then().statusCode(200);
    }

    @Test
    void aServerThatStopsIsNotMadeReadyAgain() throws Exception {
        server = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1")
                .withManagementPort(0)
                .withDrain(java.time.Duration.ofSeconds(30), java.time.Duration.ofSeconds(1))
                .withSwitches(SwitchAccess.ANYONE));
        var unused = server.stop();
        management().post("/readyz/enable").then().statusCode(200).body(equalTo("not ready\n"));
        management().get("/readyz").then().statusCode(503);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/livez", "/readyz", "/metrics"})
    void itsPathsAreEchoesOnTheEchoPort(String path) {
        assertThat(echo().get(path).asString()).contains("  Path=" + path + "  ");
    }

    @Test
    void countsRequestsByStatusAndConnections() throws Exception {
        echo().get("/").then().statusCode(200);
        echo().get("/").then().statusCode(200);
        echo().request("TRACE", "/").then().statusCode(405);
        echo().header("Kube-Echo-Status", 418).get("/").then().statusCode(418);
        try (RawClient open = new RawClient(server.port()).get("/1")) {
            assertThat(open.received()).isNotEmpty();
            String metrics = metrics();
            assertThat(value(metrics, "kube_echo_requests_total{port=\"http\",protocol=\"HTTP/1.1\",status=\"200\"}"))
                    .isEqualTo(3);
            assertThat(value(metrics, "kube_echo_requests_total{port=\"http\",protocol=\"HTTP/1.1\",status=\"405\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_requests_total{port=\"http\",protocol=\"HTTP/1.1\",status=\"400\"}"))
                    .isZero();
            assertThat(value(metrics, "kube_echo_requests_total{port=\"http\",protocol=\"HTTP/1.1\",status=\"418\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics(), "kube_echo_requests_total{port=\"http\",protocol=\"HTTP/1.1\",status=\"418\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_connections_refused_total{port=\"http\"}"))
                    .isZero();
            assertThat(value(metrics, "kube_echo_connections_open{port=\"http\"}"))
                    .isPositive();
            assertThat(value(metrics, "kube_echo_connections_total{port=\"http\"}"))
                    .isGreaterThanOrEqualTo(2);
            assertThat(value(metrics, "kube_echo_access_log_dropped_total")).isZero();
        }
    }

    @Test
    void hasAHistogramOfRequestTimes() {
        echo().get("/").then().statusCode(200);

        String metrics = metrics();
        assertThat(value(metrics, "kube_echo_request_seconds_bucket{port=\"http\",le=\"+Inf\"}"))
                .isEqualTo(1);
        assertThat(value(metrics, "kube_echo_request_seconds_count{port=\"http\"}"))
                .isEqualTo(1);
        assertThat(value(metrics, "kube_echo_request_seconds_sum{port=\"http\"}"))
                .isPositive();
    }

    @Test
    void countsByProtocol() throws Exception {
        for (String request :
                List.of("GET /\r\n", "GET / HTTP/1.0\r\n\r\n", "\u0016\u0003\u0001\r\n", "GET / HTTP/2.0\r\n\r\n")) {
            try (RawClient client = new RawClient(server.port()).send(request)) {
                assertThat(client.awaitEnd()).isNotEmpty();
            }
        }
        String metrics = metrics();
        String requests = "kube_echo_requests_total{port=\"http\",protocol=\"";
        assertThat(value(metrics, requests + "HTTP/0.9\",status=\"200\"}")).isEqualTo(1);
        assertThat(value(metrics, requests + "HTTP/1.0\",status=\"200\"}")).isEqualTo(1);
        assertThat(value(metrics, requests + "HTTP/1.1\",status=\"200\"}")).isZero();
        assertThat(value(metrics, requests + "unknown\",status=\"400\"}")).isEqualTo(1);
        assertThat(value(metrics, requests + "unknown\",status=\"505\"}")).isEqualTo(1);
    }

    @Test
    void aPortThatIsNotOpenHasNoMetrics() {
        assertThat(metrics())
                .doesNotContain(
                        "port=\"proxy\"",
                        "port=\"tcp\"",
                        "port=\"tls\"",
                        "kube_echo_udp",
                        "kube_echo_proxy",
                        "kube_echo_tls");
    }

    @Test
    void countsOnEveryPort() throws Exception {
        start(EVERY_PORT);
        String client = "PROXY TCP4 203.0.113.7 10.0.0.1 54321 80\r\n";
        String local = "\r\n\r\n\0\r\nQUIT\n \0\0\0";
        proxied(client + "GET / HTTP/1.0\r\n\r\n").awaitText("ClientIP=203.0.113.7");
        proxied(local + "GET / HTTP/1.0\r\n\r\n").awaitText("ClientIP=127.0.0.1");
        assertThat(proxied("G").awaitEnd()).isEmpty();
        try (RawClient tcp =
                new RawClient(server.tcpPort().orElseThrow()).send("a\nb\n").awaitText("Path=b ")) {
            datagram("c");
            Await.until(() -> value(metrics(), "kube_echo_proxy_headers_refused_total{reason=\"malformed\"}") == 1);
            String metrics = metrics();
            assertThat(value(metrics, "kube_echo_requests_total{port=\"proxy\",protocol=\"HTTP/1.0\",status=\"200\"}"))
                    .isEqualTo(2);
            assertThat(value(metrics, "kube_echo_request_seconds_count{port=\"proxy\"}"))
                    .isEqualTo(2);
            assertThat(value(metrics, "kube_echo_connections_total{port=\"http\"}"))
                    .isZero();
            assertThat(value(metrics, "kube_echo_connections_total{port=\"proxy\"}"))
                    .isEqualTo(2);
            assertThat(value(metrics, "kube_echo_proxy_headers_total{command=\"PROXY\",version=\"1\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_proxy_headers_total{command=\"PROXY\",version=\"2\"}"))
                    .isZero();
            assertThat(value(metrics, "kube_echo_proxy_headers_total{command=\"LOCAL\",version=\"2\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_proxy_headers_refused_total{reason=\"malformed\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_proxy_headers_refused_total{reason=\"late\"}"))
                    .isZero();
            assertThat(value(metrics, "kube_echo_connections_total{port=\"tcp\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_connections_open{port=\"tcp\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_tcp_lines_total")).isEqualTo(3);
            assertThat(value(metrics, "kube_echo_udp_datagrams_total{outcome=\"answered\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_udp_datagrams_total{outcome=\"looped\"}"))
                    .isZero();
        }
    }

    @Test
    void countsHandshakesByVersionAndThoseThatFailByReason(@TempDir Path folder) throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "server");
        start(EVERY_PORT.withTls(certificate.on(0)));
        int port = server.tlsPort().orElseThrow();
        try (RawClient client = RawClient.overTls(certificate.client(), "localhost", port, parameters -> {})) {
            client.get("/1").get("/2");
            try (RawClient plain = new RawClient(port)) {
                plain.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                Await.until(() -> value(metrics(), "kube_echo_tls_handshakes_failed_total{reason=\"not_tls\"}") == 1);
            }
            String metrics = metrics();
            assertThat(value(metrics, "kube_echo_tls_handshakes_failed_total{reason=\"not_tls\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_tls_handshakes_failed_total{reason=\"late\"}"))
                    .isZero();
            assertThat(value(metrics, "kube_echo_tls_handshakes_total{version=\"TLSv1.3\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_requests_total{port=\"tls\",protocol=\"HTTP/1.1\",status=\"200\"}"))
                    .isEqualTo(2);
            assertThat(value(metrics, "kube_echo_connections_open{port=\"tls\"}"))
                    .isEqualTo(1);
            // what a metric reads has to be there as long as the server is, and keytool was told two days
            System.gc();
            metrics = metrics();
            assertThat(value(metrics, "kube_echo_tls_certificate_not_after_seconds"))
                    .isBetween(
                            Instant.now().plusSeconds(86_400).getEpochSecond() * 1.0,
                            Instant.now().plusSeconds(3 * 86_400).getEpochSecond() * 1.0);
            assertNoComplaint(metrics);
        }
    }

    private RawClient proxied(String bytes) throws IOException {
        RawClient client = new RawClient(server.proxyPort().orElseThrow());
        clients.add(client);
        return client.send(bytes);
    }

    private void datagram(String text) throws IOException {
        try (DatagramSocket client = new DatagramSocket()) {
            client.setSoTimeout(5000);
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            int port = server.udpPort().orElseThrow();
            client.send(new DatagramPacket(bytes, bytes.length, InetAddress.getLoopbackAddress(), port));
            client.receive(new DatagramPacket(new byte[1500], 1500));
        }
    }

    @Test
    void prometheusOwnCheckerHasNoComplaint() throws Exception {
        assumeTrue(Files.isExecutable(PROMTOOL), "promtool is not installed here: apt-get install prometheus");
        start(EVERY_PORT);
        echo().get("/").then().statusCode(200);
        assertNoComplaint(metrics());
    }

    /** Nothing where Prometheus' checker is not installed. */
    private static void assertNoComplaint(String metrics) throws Exception {
        if (!Files.isExecutable(PROMTOOL)) {
            return;
        }
        Process promtool = new ProcessBuilder(PROMTOOL.toString(), "check", "metrics")
                .redirectErrorStream(true)
                .start();
        try (OutputStream in = promtool.getOutputStream()) {
            in.write(metrics.getBytes(StandardCharsets.UTF_8));
        }
        String complaints = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        promtool.waitFor();
        assertThat(complaints).isEmpty();
        assertThat(promtool.exitValue()).isZero();
    }

    @Test
    void knowsItsJvm() {
        assertThat(metrics())
                .contains(
                        "jvm_memory_used_bytes{",
                        "jvm_threads_live_threads",
                        "process_uptime_seconds",
                        "process_cpu_seconds_total");
    }

    @Test
    void metricsAreInPrometheusTextFormat() {
        management().get("/metrics").then().header("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        assertThat(metrics().lines())
                .allSatisfy(
                        line -> assertThat(line)
                                .matches(
                                        "# (HELP|TYPE) [a-z_0-9]+ .*|[a-z_0-9]+(\\{[^}]*\\})? [-+0-9.eE]+|[a-z_0-9]+(\\{[^}]*\\})? NaN"));
    }

    @Test
    void refusesWhatItDoesNotHave() {
        management()
                .get("/")
                .then()
                .statusCode(404)
                .body(equalTo(
                        "404 there are /livez, /metrics, /readyz, /readyz/disable, /readyz/enable, /sick, /well\n"));
        management().get("/env").then().statusCode(404);
        management().post("/readyz").then().statusCode(405).header("Allow", equalTo("GET, HEAD"));
    }

    private String metrics() {
        return management().get("/metrics").then().statusCode(200).extract().asString();
    }

    private static double value(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no " + name + " in\n" + metrics));
    }
}
