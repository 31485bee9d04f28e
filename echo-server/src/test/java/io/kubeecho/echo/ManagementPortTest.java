package io.kubeecho.echo;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.kubeecho.echo.ops.SwitchAccess;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementPortTest {

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private EchoServer server;

    @BeforeEach
    void start() throws Exception {
        server = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1").withManagementPort(0));
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
            assertThat(value(metrics, "kube_echo_requests_total{status=\"200\"}"))
                    .isEqualTo(3);
            assertThat(value(metrics, "kube_echo_requests_total{status=\"405\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_requests_total{status=\"400\"}"))
                    .isZero();
            assertThat(value(metrics, "kube_echo_requests_total{status=\"418\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics(), "kube_echo_requests_total{status=\"418\"}"))
                    .isEqualTo(1);
            assertThat(value(metrics, "kube_echo_connections_refused_total")).isZero();
            assertThat(value(metrics, "kube_echo_connections_open")).isPositive();
            assertThat(value(metrics, "kube_echo_connections_total")).isGreaterThanOrEqualTo(2);
            assertThat(value(metrics, "kube_echo_access_log_dropped_total")).isZero();
        }
    }

    @Test
    void hasAHistogramOfRequestTimes() {
        echo().get("/").then().statusCode(200);

        String metrics = metrics();
        assertThat(value(metrics, "kube_echo_request_seconds_bucket{le=\"+Inf\"}"))
                .isEqualTo(1);
        assertThat(value(metrics, "kube_echo_request_seconds_count")).isEqualTo(1);
        assertThat(value(metrics, "kube_echo_request_seconds_sum")).isPositive();
    }

    @Test
    void knowsItsJvm() {
        assertThat(metrics()).contains("jvm_memory_used_bytes{", "jvm_threads_live_threads", "process_uptime_seconds");
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
