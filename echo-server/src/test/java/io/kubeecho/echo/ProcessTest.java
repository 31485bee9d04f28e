package io.kubeecho.echo;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The process as a pod has it: its signals, its exit codes and what it says. */
@Timeout(120)
class ProcessTest {

    @TempDir
    Path folder;

    @Test
    void sigtermTurnsReadinessOffServesOnDrainsAndExitsWithZero() throws Exception {
        Map<String, String> environment =
                Map.of("KUBE_ECHO_DRAIN_DELAY", "2s", "KUBE_ECHO_DRAIN_TIMEOUT", "10s", "KUBE_ECHO_HOSTNAME", "Pod-1");
        try (EchoProcess server = EchoProcess.start(folder, environment);
                RawClient idle = new RawClient(server.port()).get("/before");
                RawClient inFlight = new RawClient(server.port()).send("GET /in-flight HTTP/1.1\r\nHo")) {
            assertThat(readyz(server)).isEqualTo(200);

            server.terminate();
            awaitNotReady(server);
            try (RawClient late = new RawClient(server.port())) {
                assertThat(late.get("/late").awaitEnd())
                        .contains("Connection: close\r\n")
                        .contains("From=pod-1 ");
            }

            idle.awaitEnd();
            RawClient.awaitRefused(server.port());
            inFlight.send("st: a\r\n\r\n");
            assertThat(inFlight.awaitEnd()).contains("Path=/in-flight ").contains("Connection: close\r\n");

            assertThat(server.awaitEnd()).isZero();
            assertThat(server.output().lines())
                    .hasSize(3)
                    .anyMatch(line -> line.contains("\"GET /before HTTP/1.1\" 200 "))
                    .anyMatch(line -> line.contains("\"GET /late HTTP/1.1\" 200 "))
                    .anyMatch(line -> line.contains("\"GET /in-flight HTTP/1.1\" 200 "));
        }
    }

    @Test
    void aSlowAnswerThatIsUnderWayIsFinished() throws Exception {
        Map<String, String> environment = Map.of("KUBE_ECHO_DRAIN_DELAY", "500ms", "KUBE_ECHO_DRAIN_TIMEOUT", "20s");
        try (EchoProcess server = EchoProcess.start(folder, environment);
                RawClient slow = new RawClient(server.port())) {
            slow.send("GET /slow?kube-echo.delay=4s HTTP/1.1\r\nHost: a\r\n\r\n");
            awaitLog(server, "/slow");
            server.terminate();
            RawClient.awaitRefused(server.port());
            assertThat(slow.received()).isEmpty();
            assertThat(slow.awaitEnd()).startsWith("HTTP/1.1 200 ").contains("Path=/slow?kube-echo.delay=4s ");
            assertThat(server.awaitEnd()).isZero();
        }
    }

    @Test
    void whatIsLeftAfterTheDrainTimeoutIsCutOff() throws Exception {
        Map<String, String> environment = Map.of("KUBE_ECHO_DRAIN_DELAY", "0", "KUBE_ECHO_DRAIN_TIMEOUT", "1s");
        try (EchoProcess server = EchoProcess.start(folder, environment);
                RawClient slow = new RawClient(server.port());
                RawClient unfinished = new RawClient(server.port()).send("GET /unfinished HTTP/1.1\r\nHo")) {
            slow.send("GET /slow?kube-echo.delay=10s HTTP/1.1\r\nHost: a\r\n\r\n");
            awaitLog(server, "/slow");
            long begin = System.nanoTime();
            server.terminate();
            assertThat(slow.awaitEnd()).isEmpty();
            assertThat(unfinished.awaitEnd()).isEmpty();
            assertThat(server.awaitEnd()).isZero();
            assertThat(System.nanoTime() - begin).isBetween(1_000_000_000L, 6_000_000_000L);
        }
    }

    @Test
    void sigtermDrainsThePortsForProxiesAndTcpToo() throws Exception {
        Map<String, String> environment = Map.of(
                "KUBE_ECHO_DRAIN_DELAY", "4s",
                "KUBE_ECHO_DRAIN_TIMEOUT", "20s",
                "KUBE_ECHO_PROXY_PORT", "0",
                "KUBE_ECHO_TCP_PORT", "0");
        String header = "PROXY TCP4 203.0.113.7 10.0.0.1 54321 80\r\n";
        try (EchoProcess server = EchoProcess.start(folder, environment)) {
            int proxyPort = server.port("PROXY");
            int tcpPort = server.port("TCP echo");
            assertThat(readyz(server)).isEqualTo(200);
            try (RawClient idle = new RawClient(proxyPort).send(header).get("/idle");
                    RawClient slow = new RawClient(proxyPort)
                            .send(header + "GET /slow?kube-echo.delay=9s HTTP/1.1\r\nHost: a\r\n\r\n");
                    RawClient tcp = new RawClient(tcpPort).awaitText("Path=/ ")) {
                awaitLog(server, "/slow");
                server.terminate();
                awaitNotReady(server);
                try (RawClient late = new RawClient(proxyPort).send(header);
                        RawClient lateTcp = new RawClient(tcpPort)) {
                    assertThat(late.get("/late").awaitEnd())
                            .contains("Connection: close\r\n")
                            .contains("ClientIP=203.0.113.7 ");
                    lateTcp.send("late\n").awaitText("Path=late ");
                    tcp.send("more\n").awaitText("Path=more ");
                }
                idle.awaitEnd();
                tcp.awaitEnd();
                RawClient.awaitRefused(proxyPort);
                RawClient.awaitRefused(tcpPort);
                assertThat(slow.received()).isEmpty();
                assertThat(slow.awaitEnd()).contains("Path=/slow?kube-echo.delay=9s ");
                assertThat(server.awaitEnd()).isZero();
            }
        }
    }

    @Test
    void withoutTheirPortsNothingOfTlsAndHttp2IsLoaded() throws Exception {
        Path loaded = folder.resolve("loaded.log");
        try (EchoProcess server = EchoProcess.start(folder, Map.of(), "-Xlog:class+load:file=" + loaded + ":none")) {
            try (RawClient client = new RawClient(server.port())) {
                client.get("/").send("GET /?kube-echo.format=json HTTP/1.1\r\nHost: a\r\n\r\n");
                client.awaitText("\"tls\": \"none\"");
            }
            server.terminate();
            assertThat(server.awaitEnd()).isZero();
        }
        assertThat(Files.readString(loaded))
                .contains("io.kubeecho.echo.http.EchoConnection")
                .doesNotContain(
                        "io.kubeecho.echo.tls.",
                        "io.kubeecho.echo.certificate.",
                        "io.kubeecho.echo.http.Http2",
                        "io.kubeecho.echo.http.EchoStream",
                        "io.netty.handler.codec.http2.Http2ConnectionHandler",
                        "io.netty.handler.ssl.SslHandler",
                        "sun.security.ssl.SSLContextImpl");
    }

    @Test
    void atItsStartItSaysWhatItWasSetTo() throws Exception {
        Map<String, String> environment = Map.of(
                "KUBE_ECHO_HOSTNAME", "a \"b\"\n",
                "KUBE_ECHO_ACCESS_LOG_FORMAT", "json",
                "KUBE_ECHO_DRAIN_DELAY", "3s",
                "KUBE_ECHO_DIAL_TOKEN", "0123456789abcdef-secret",
                "KUBE_ECHO_DIAL_ALLOW", "10.0.0.0/8",
                "KUBE_ECHO_PAGE_TARGETS", "None=echo:8080");
        try (EchoProcess server = EchoProcess.start(folder, environment);
                RawClient client = new RawClient(server.port())) {
            client.get("/");
            assertThat(server.errors().lines())
                    .element(1)
                    .isEqualTo("kube-echo: settings: NGINX_PORT=0 KUBE_ECHO_HOSTNAME=\"a \\x22b\\x22\""
                            + " KUBE_ECHO_ACCESS_LOG_FORMAT=json KUBE_ECHO_MANAGEMENT_PORT=0"
                            + " KUBE_ECHO_DIAL_TOKEN=\"(not shown)\" KUBE_ECHO_DIAL_ALLOW=10.0.0.0/8"
                            + " KUBE_ECHO_PAGE_TARGETS=None=echo:8080");
            assertThat(server.errors()).doesNotContain("secret");
        }
    }

    @Test
    void theAccessLogCanBeJsonWithoutProbes() throws Exception {
        Map<String, String> environment = Map.of(
                "KUBE_ECHO_ACCESS_LOG_FORMAT", "json",
                "KUBE_ECHO_ACCESS_LOG_SKIP", "/healthz,kube-probe/*",
                "KUBE_ECHO_DRAIN_DELAY", "0",
                "KUBE_ECHO_PROXY_PORT", "0");
        try (EchoProcess server = EchoProcess.start(folder, environment);
                RawClient client = new RawClient(server.port());
                RawClient proxied = new RawClient(server.port("PROXY"))) {
            client.get("/healthz").get("/seen");
            client.send("GET /probe HTTP/1.1\r\nHost: a\r\nUser-Agent: kube-probe/1.20\r\n\r\n")
                    .awaitText("Path=/probe ");
            proxied.send("PROXY TCP4 203.0.113.7 10.0.0.1 54321 80\r\n").get("/proxied");
            server.terminate();
            assertThat(server.awaitEnd()).isZero();
            List<JsonObject> lines =
                    server.output().lines().map(JsonObject::new).toList();
            assertThat(lines)
                    .extracting(line -> line.getString("target"))
                    .containsExactlyInAnyOrder("/seen", "/proxied");
            JsonObject line = lines.get(lines.get(0).getString("target").equals("/proxied") ? 0 : 1);
            assertThat(line.getString("client")).isEqualTo("203.0.113.7");
            assertThat(line.getInteger("clientPort")).isEqualTo(54321);
            assertThat(line.getString("proxy")).isEqualTo("127.0.0.1");
            assertThat(line.getInteger("proxyPort")).isEqualTo(proxied.socket().getLocalPort());
        }
    }

    @Test
    void withoutConnectionsAndDelayItEndsAtOnce() throws Exception {
        try (EchoProcess server = EchoProcess.start(folder, Map.of("KUBE_ECHO_DRAIN_DELAY", "0"))) {
            long begin = System.nanoTime();
            server.terminate();
            assertThat(server.awaitEnd()).isZero();
            assertThat(System.nanoTime() - begin).isLessThan(3_000_000_000L);
        }
    }

    @Test
    void theAccessLogCanBeSwitchedOff() throws Exception {
        try (EchoProcess server =
                        EchoProcess.start(folder, Map.of("KUBE_ECHO_ACCESS_LOG", "off", "KUBE_ECHO_DRAIN_DELAY", "0"));
                RawClient client = new RawClient(server.port())) {
            client.get("/");
            server.terminate();
            server.awaitEnd();
            assertThat(server.output()).isEmpty();
        }
    }

    @Test
    void aLineOfTheAccessLogAppearsWithoutAnotherRequest() throws Exception {
        try (EchoProcess server = EchoProcess.start(folder, Map.of());
                RawClient client = new RawClient(server.port())) {
            client.get("/soon");
            for (int i = 0; i < 200 && server.output().isEmpty(); i++) {
                Thread.sleep(25);
            }
            assertThat(server.output()).contains("GET /soon HTTP/1.1").endsWith("\n");
        }
    }

    @Test
    void aPortInUseIsOneLineAndExitCodeFour() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                EchoProcess server = launch("--host=127.0.0.1", "--port=" + taken.getLocalPort())) {
            assertThat(server.awaitEnd()).isEqualTo(Main.CANNOT_LISTEN);
            assertThat(server.errors().lines())
                    .singleElement()
                    .asString()
                    .startsWith("kube-echo: cannot listen on port " + taken.getLocalPort()
                            + " of 127.0.0.1: the port is in use.");
        }
    }

    @Test
    void aWrongFlagIsOneLineAndExitCodeTwo() throws Exception {
        try (EchoProcess server = launch("--port=http")) {
            assertThat(server.awaitEnd()).isEqualTo(Main.USAGE);
            assertThat(server.errors())
                    .isEqualTo(
                            "kube-echo: --port=http is not 1 to 65535, or 0 for any free one" + System.lineSeparator());
        }
    }

    @Test
    void helpListsEverySetting() throws Exception {
        try (EchoProcess server = launch("--help")) {
            assertThat(server.awaitEnd()).isZero();
            for (Setting setting : Setting.values()) {
                assertThat(server.output()).contains(setting.flag() + " ", setting.variable() + " ", setting.meaning());
            }
        }
    }

    @Test
    void withoutNativeTransportItSaysSoAndServes() throws Exception {
        try (EchoProcess server = EchoProcess.start(folder, Map.of(), "-Dio.netty.transport.noNative=true");
                RawClient client = new RawClient(server.port())) {
            client.get("/");
            assertThat(server.errors()).contains("kube-echo: no native transport, using NIO: ");
        }
    }

    @Test
    void withoutIpv6ItListensOnIpv4() throws Exception {
        try (EchoProcess server = EchoProcess.start(folder, Map.of(), "-Djava.net.preferIPv4Stack=true");
                RawClient client = new RawClient(server.port())) {
            client.get("/").awaitText("ClientIP=127.0.0.1 ");
        }
    }

    @Test
    void nothingLeaksFromConnectionsThatEndInAnyWay() throws Exception {
        Map<String, String> environment = Map.of("KUBE_ECHO_DRAIN_DELAY", "0", "KUBE_ECHO_ACCESS_LOG", "off");
        List<String> endings = List.of(
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n".repeat(100),
                "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                "GET / HTTP/1.1\r\nHo",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz",
                "GET / HTTP/1.1\r\nX : y\r\n\r\nmore",
                "GET /\r\n",
                "\u0016\u0003\u0001",
                "GET /" + "x".repeat(9000));
        try (EchoProcess server =
                EchoProcess.start(folder, environment, "-Dio.netty.leakDetection.level=paranoid", "-Xmn4m")) {
            for (int round = 0; round < 60; round++) {
                for (String ending : endings) {
                    try (RawClient client = new RawClient(server.port())) {
                        client.send(ending);
                        if (round % 3 == 0) {
                            client.socket().setSoLinger(true, 0); // end with a reset
                        } else if (round % 3 == 1) {
                            client.endOutput().awaitEnd();
                        }
                    } catch (IOException reset) {
                        // so it ended
                    }
                }
            }
            // a scrape makes garbage, and with it the collections that find leaks
            for (int i = 0; i < 50; i++) {
                given().port(server.managementPort())
                        .get("http://127.0.0.1/metrics")
                        .then()
                        .statusCode(200);
            }
            try (RawClient client = new RawClient(server.port())) {
                client.get("/");
            }
            server.terminate();
            assertThat(server.awaitEnd()).isZero();
            assertThat(server.errors().lines()).allMatch(line -> line.startsWith("kube-echo: "));
        }
    }

    private EchoProcess launch(String... flags) throws IOException {
        return EchoProcess.launch(folder, Map.of(), List.of(), List.of(flags));
    }

    /** Waits until a request is in the access log, and so has been taken. */
    private static void awaitLog(EchoProcess server, String target) throws Exception {
        for (int i = 0; i < 400 && !server.output().contains(target); i++) {
            Thread.sleep(25);
        }
        assertThat(server.output()).contains(target);
    }

    private static int readyz(EchoProcess server) {
        return given().port(server.managementPort())
                .get("http://127.0.0.1/readyz")
                .statusCode();
    }

    private static void awaitNotReady(EchoProcess server) throws InterruptedException {
        for (int i = 0; i < 40 && readyz(server) != 503; i++) {
            Thread.sleep(25);
        }
        assertThat(readyz(server)).isEqualTo(503);
    }
}
