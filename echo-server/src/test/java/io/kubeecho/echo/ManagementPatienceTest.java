package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.ops.SwitchAccess;
import io.kubeecho.echo.page.Target;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The management port among those who mean it ill: the kubelet's probes are answered all the same. */
@Timeout(120)
class ManagementPatienceTest {

    private static final Duration SHORT = Duration.ofMillis(800);

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private final List<RawClient> clients = new ArrayList<>();

    @SuppressWarnings("NullAway.Init") // each test starts one
    private EchoServer server;

    @AfterEach
    void closeClients() throws IOException {
        for (RawClient client : clients) {
            client.close();
        }
    }

    private void start(ConnectionLimits limits) throws Exception {
        server = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1")
                .withManagementPort(0)
                .withSwitches(SwitchAccess.ANYONE)
                .withPageTargets(Target.list("echo=127.0.0.1:1"))
                .withLimits(limits));
    }

    private RawClient client() throws IOException {
        RawClient client = new RawClient(server.managementPort().orElseThrow());
        clients.add(client);
        return client;
    }

    /** Sends a piece every 100 ms until the server closes, for 10 s at most; how long that took. */
    private static Duration drip(RawClient client, String piece) throws Exception {
        long start = System.nanoTime();
        boolean open = true;
        while (open && System.nanoTime() - start < 10_000_000_000L) {
            try {
                client.send(piece);
                open = client.isQuietFor(100);
            } catch (SocketTimeoutException quiet) {
                open = true;
            } catch (IOException closed) {
                open = false;
            }
        }
        return Duration.ofNanos(System.nanoTime() - start);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\r\n", "\n", "G", "", "GET /livez HTTP/1.1\r\nHost: a\r\nX: 1"})
    void aHeadThatDripsIsCutOff(String piece) throws Exception {
        start(ConnectionLimits.defaults().withHead(SHORT).withKeepAlive(SHORT));
        assertThat(drip(client(), piece)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void emptyLinesAfterARequestAreCutOffToo() throws Exception {
        start(ConnectionLimits.defaults().withKeepAlive(SHORT));
        RawClient client =
                client().send("GET /livez HTTP/1.1\r\nHost: a\r\n\r\n").awaitText("ok\n");
        assertThat(drip(client, "\r\n")).isBetween(Duration.ofMillis(300), Duration.ofSeconds(8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /livez", "POST /readyz/enable", "POST /sick", "POST /demo/controls", "GET /nothing"})
    void aBodyThatDripsIsCutOff(String request) throws Exception {
        start(ConnectionLimits.defaults().withBody(SHORT, SHORT));
        RawClient client = client();
        client.send(
                request + " HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n");
        long start = System.nanoTime();
        boolean open = true;
        while (open && System.nanoTime() - start < 10_000_000_000L) {
            try {
                client.send("x");
                Thread.sleep(50);
            } catch (IOException closed) {
                open = false;
            }
        }
        assertThat(open).isFalse();
    }

    @Test
    void aBodyThatIsTooLargeIsCutOff() throws Exception {
        start(ConnectionLimits.defaults());
        RawClient client =
                client().send("POST /readyz/enable HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        String chunk = "10000\r\n" + "x".repeat(65_536) + "\r\n";
        long sent = 0;
        try {
            for (; sent < 4_000_000_000L; sent += 65_536) {
                client.send(chunk);
            }
        } catch (IOException closed) {
            // as it should
        }
        assertThat(sent).isLessThan(4_000_000_000L);
    }

    @Test
    void whoAsksAndDoesNotReadIsCutOff() throws Exception {
        start(ConnectionLimits.defaults().withKeepAlive(SHORT));
        RawClient client = client();
        String requests = "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n".repeat(50);
        boolean open = true;
        for (int i = 0; open && i < 2000; i++) {
            try {
                client.send(requests);
                Thread.sleep(5);
            } catch (IOException closed) {
                open = false;
            }
        }
        assertThat(open).isFalse();
    }

    @Test
    void probesAreAnsweredBesideAsManyAsMayBe() throws Exception {
        start(ConnectionLimits.defaults().withConnections(20));
        for (int i = 0; i < 60; i++) {
            RawClient attacker = client();
            if (i % 3 == 0) {
                attacker.send("GET /livez HTTP/1.1\r\nHost: a\r\nX-Never: ends");
            } else if (i % 3 == 1) {
                attacker.send("POST /sick HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx");
            }
            for (String path : List.of("/livez", "/readyz")) {
                try (RawClient probe = new RawClient(server.managementPort().orElseThrow())) {
                    probe.send("GET " + path + " HTTP/1.1\r\nHost: 10.0.0.1:9180\r\nConnection: close\r\n\r\n");
                    assertThat(probe.awaitEnd()).startsWith("HTTP/1.1 200 ").endsWith("ok\n");
                }
            }
        }
        try (RawClient scrape = new RawClient(server.managementPort().orElseThrow())) {
            scrape.send("GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(scrape.awaitEnd())
                    .containsPattern("kube_echo_management_connections_closed_total\\{reason=\"crowded\"} [1-9]");
        }
        assertThat(clients.stream().filter(this::isOpen).count()).isLessThanOrEqualTo(20);
    }

    private boolean isOpen(RawClient client) {
        try {
            client.awaitEndWithin(20);
            return false;
        } catch (SocketTimeoutException quiet) {
            return true;
        } catch (IOException reset) {
            return false;
        }
    }

    /** What is being answered is not what goes: the audience of the demo page, and a plan under way. */
    @Test
    void whoIsBeingAnsweredStays() throws Exception {
        start(ConnectionLimits.defaults().withConnections(5).withHead(SHORT).withKeepAlive(SHORT));
        RawClient viewer =
                client().send("GET /demo/events HTTP/1.1\r\nHost: a\r\n\r\n").awaitText("event: show");
        for (int i = 0; i < 20; i++) {
            client();
        }
        Thread.sleep(2000);
        assertThat(isOpen(viewer)).isTrue();
    }

    /** A page of evil.example whose name has been made to resolve to this machine. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /demo",
                "GET /demo/demo.js",
                "GET /demo/events",
                "POST /demo/controls",
                "POST /readyz/disable",
                "POST /readyz/enable",
                "GET /sick",
                "POST /sick",
                "POST /well",
                "GET /metrics"
            })
    void nothingIsServedUnderAForeignName(String request) throws Exception {
        start(ConnectionLimits.defaults());
        RawClient client = client().send(request + " HTTP/1.1\r\nHost: evil.example:9180\r\nConnection: close\r\n\r\n");
        assertThat(client.awaitEnd())
                .startsWith("HTTP/1.1 421 ")
                .contains("421 not under this name: use an IP address, localhost or the name of the Service, or add the"
                        + " name to KUBE_ECHO_MANAGEMENT_HOSTS\n");
        assertThat(server.ready()).isTrue();
    }

    @Test
    void aSettingAddsNamesAndProbesNeedNone() throws Exception {
        server = vertx.start(EchoConfig.embedded("127.0.0.1", "Pod.Example")
                .withManagementPort(0)
                .withManagementHosts(List.of("echo.example.com")));
        for (String host : List.of("echo.example.com", "pod.example", "127.0.0.1:1", "[::1]:1", "echo.ns.svc")) {
            assertThat(client().send("GET /metrics HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .awaitEnd())
                    .startsWith("HTTP/1.1 200 ");
        }
        assertThat(client().send("GET /livez HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
                        .awaitEnd())
                .startsWith("HTTP/1.1 200 ");
    }

    /** The way a sick pod errs is shown as it was said, which was by anybody. */
    @Test
    void whatIsShownOfAQueryIsPrintable() throws Exception {
        start(ConnectionLimits.defaults());
        String sick = "POST /sick?response-header=X-A:\u009b31m HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        client().send(sick).awaitEnd();
        String shown = client().send("GET /sick HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
                .awaitEnd();
        assertThat(shown).matches("([ -~]|\r|\n)*");
    }
}
