package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.Status;
import io.kubeecho.echo.proxy.ProxyTraffic;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The echo port behind a proxy, with headers as bytes. */
@Timeout(60)
class ProxyPortTest {

    private static final EchoConfig CONFIG =
            EchoConfig.embedded("127.0.0.1", "pod-1").withProxyPort(OptionalInt.of(0));

    private static final String REQUEST = "GET /1 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    private static final String SIGNATURE = "\r\n\r\n\0\r\nQUIT\n";
    private static final String IPV4_OF_203_0_113_7 = bytes("cb007107 0a000001 d431 0050");

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY TCP4 203.0.113.7 10.0.0.1 54321 80\r\n|203.0.113.7",
                "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n|255.255.255.255",
                "PROXY TCP6 2001:db8::7 2001:db8::1 54321 80\r\n|2001:db8::7",
                "PROXY TCP6 ::ffff:203.0.113.7 ::1 54321 80\r\n|203.0.113.7",
                "PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe 65535 65535\r\n"
                        + "|ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "PROXY UNKNOWN\r\n|127.0.0.1",
                "PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n|127.0.0.1"
            })
    void version1NamesTheClient(String headerAndClient) throws Exception {
        String[] parts = headerAndClient.split("\\|", -1);
        assertThat(answerTo(parts[0])).endsWith("  ClientIP=" + parts[1] + "  XFF=\n");
    }

    @Test
    void version2NamesTheClient() throws Exception {
        assertThat(answerTo(version2("21 11", IPV4_OF_203_0_113_7))).endsWith("  ClientIP=203.0.113.7  XFF=\n");
        String ipv6 = bytes("20010db8000000000000000000000007 20010db8000000000000000000000001 d431 0050");
        assertThat(answerTo(version2("21 21", ipv6))).endsWith("  ClientIP=2001:db8::7  XFF=\n");
    }

    @Test
    void whereTheHeaderNamesNoClientItIsTheTcpPeer() throws Exception {
        String ofTheProxyItself = version2("20 00", "");
        assertThat(answerTo(ofTheProxyItself)).contains("  ClientIP=127.0.0.1  ");
        // the receiver of a LOCAL "must discard" what it says of addresses
        assertThat(answerTo(version2("20 11", IPV4_OF_203_0_113_7))).contains("  ClientIP=127.0.0.1  ");
        assertThat(answerTo(version2("21 00", ""))).contains("  ClientIP=127.0.0.1  ");
        assertThat(answerTo(version2("21 31", "\0".repeat(216)))).contains("  ClientIP=127.0.0.1  ");
        assertThat(answerTo(version2("21 12", IPV4_OF_203_0_113_7))).contains("  ClientIP=127.0.0.1  ");
    }

    @Test
    void typeLengthValuesAreReadOverUpToALimit() throws Exception {
        String authority = bytes("02 0003") + "a.b";
        String sslWithVersionAndName = bytes("20 0018 05 00000000 21 0007") + "TLSv1.3" + bytes("22 0006") + "client";
        assertThat(answerTo(version2("21 11", IPV4_OF_203_0_113_7 + authority + sslWithVersionAndName)))
                .contains("  ClientIP=203.0.113.7  ");
        String long4000 = bytes("e0 0fa0") + "x".repeat(4000);
        assertThat(answerTo(version2("21 11", IPV4_OF_203_0_113_7 + long4000))).contains("  ClientIP=203.0.113.7  ");

        EchoServer server = vertx.start(CONFIG);
        String long8000 = bytes("e0 1f40") + "x".repeat(8000);
        assertThat(end(server, version2("21 11", IPV4_OF_203_0_113_7 + long8000) + REQUEST))
                .isEmpty();
    }

    @Test
    void theHeaderMayComeInPiecesAndWithOrWithoutTheRequest() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawClient client = new RawClient(server.proxyPort().orElseThrow())) {
            String both = version2("21 11", IPV4_OF_203_0_113_7) + "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
            for (int i = 0; i < both.length(); i++) {
                client.send(both.substring(i, i + 1));
                Thread.sleep(1);
            }
            client.awaitText("ClientIP=203.0.113.7 ");
            // one header for a connection, however many requests follow
            client.get("/2").get("/3");
            assertThat(client.received().split("ClientIP=203.0.113.7 ", -1)).hasSize(4);
        }
        try (RawClient client = new RawClient(server.proxyPort().orElseThrow())) {
            client.send("PROXY TCP4 203.0.113.8 10.0.0.1 54321 80\r\n");
            assertThat(client.isQuietFor(100)).isTrue();
            client.get("/4").awaitText("ClientIP=203.0.113.8 ");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                "G",
                "\u0016\u0003\u0001",
                "PROXY \r\n",
                "PROXY TCP4\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 54321\r\n",
                "PROXY TCP4 203.0.113.256 10.0.0.1 54321 80\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 54321 65536\r\n",
                "PROXY TCP4 localhost 10.0.0.1 54321 80\r\n",
                "PROXY TCP4 2001:db8::7 2001:db8::1 54321 80\r\n",
                "PROXY UDP4 203.0.113.7 10.0.0.1 54321 80\r\n",
                "PROXY TCP4  203.0.113.7 10.0.0.1 54321 80\r\n",
                "proxy TCP4 203.0.113.7 10.0.0.1 54321 80\r\n",
                "PROXY TCP9 a b c d\r\nPROXY TCP4 203.0.113.7 10.0.0.1 54321 80\r\n",
                "PROXY TCP4 203.0.113.7 10.0.0.1 54321 80" // and no line end within the longest that there can be
            })
    void whatIsNoHeaderOfVersion1IsCutOffWithoutAWord(String bytes) throws Exception {
        EchoServer server = vertx.start(CONFIG);
        assertThat(end(server, bytes.equals("G") ? bytes : bytes + REQUEST.repeat(3)))
                .isEmpty();
    }

    @Test
    void whatIsNoHeaderOfVersion2IsCutOffWithoutAWord() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        String[] bad = {
            version2("11 11", IPV4_OF_203_0_113_7), // version 1 in binary
            version2("31 11", IPV4_OF_203_0_113_7), // version 3
            version2("22 11", IPV4_OF_203_0_113_7), // a command that is not defined
            version2("21 41", IPV4_OF_203_0_113_7), // a family that is not defined
            version2("21 13", IPV4_OF_203_0_113_7), // a transport that is not defined
            version2("21 11", bytes("cb007107")), // too short for what it says it is
            version2("21 21", IPV4_OF_203_0_113_7),
            version2("21 11", IPV4_OF_203_0_113_7 + bytes("02 00ff 61")), // a value that is longer than the header
            version2("21 11", IPV4_OF_203_0_113_7 + bytes("20 0002 61 62")) // too short for TLS
        };
        for (String header : bad) {
            assertThat(end(server, header + REQUEST))
                    .as(HexFormat.of().formatHex(header.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
                    .isEmpty();
        }
        // Netty closes a connection before it says why
        ProxyTraffic traffic = server.proxyTraffic();
        Await.until(() -> traffic.malformed() == bad.length);
        assertThat(traffic.malformed()).isEqualTo(bad.length);
        assertThat(server.proxied().orElseThrow().traffic().connectionsAccepted())
                .isZero();
    }

    @Test
    void aHeaderThatIsLateIsCutOffEvenWhenItTricklesIn() throws Exception {
        ConnectionLimits limits = ConnectionLimits.defaults().withHead(Duration.ofMillis(500));
        EchoServer server = vertx.start(CONFIG.withLimits(limits));
        try (RawClient silent = new RawClient(server.proxyPort().orElseThrow());
                RawClient trickling = new RawClient(server.proxyPort().orElseThrow())) {
            assertThat(trickles(trickling, "PROXY TCP4 203.0.113.7 10.0.0.1 54321 80".repeat(2)))
                    .isFalse();
            assertThat(silent.awaitEnd()).isEmpty();
        }
        assertThat(server.proxyTraffic().late()).isEqualTo(2);
    }

    /** Whether all of the text could be sent, a byte at a time for four seconds. */
    private static boolean trickles(RawClient client, String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            try {
                client.send(text.substring(i, i + 1));
                if (!client.isQuietFor(50)) {
                    return false;
                }
            } catch (IOException reset) {
                return false;
            }
        }
        return true;
    }

    @Test
    void noHeaderIsAwaitedOnTheOtherPort() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawClient client = new RawClient(server.port())) {
            client.send("PROXY TCP4 203.0.113.7 10.0.0.1 54321 80\r\n" + REQUEST);
            assertThat(client.awaitEnd()).startsWith("HTTP/1.1 400 ");
        }
        assertThat(server.traffic().requests(Status.BAD_REQUEST)).isEqualTo(1);
    }

    @Test
    void drainingEndsWhatHasSentNoHeaderAndAnswersWhatIsInFlight() throws Exception {
        EchoServer server = vertx.start(CONFIG.withDrain(Duration.ZERO, Duration.ofSeconds(20)));
        int port = server.proxyPort().orElseThrow();
        try (RawClient silent = new RawClient(port);
                RawClient inHeader = new RawClient(port).send("PROXY TCP4 203");
                RawClient inFlight = new RawClient(port)
                        .send("PROXY TCP4 203.0.113.7 10.0.0.1 54321 80\r\n")
                        .get("/1")
                        .send("GET /2 HTTP/1.1\r\nHo");
                RawClient later = new RawClient(port)
                        .send("PROXY TCP4 203.0.113.7 10.0.0.1 54321 80\r\n")
                        .get("/3")) {
            var drained = server.drain();
            later.awaitEnd();
            assertThat(silent.awaitEnd()).isEmpty();
            assertThat(inHeader.awaitEnd()).isEmpty();
            assertThat(drained.isComplete()).isFalse();
            inFlight.send("st: a\r\n\r\n");
            assertThat(inFlight.awaitEnd()).contains("Path=/2 ").contains("Connection: close\r\n");
            Await.result(drained);
        }
    }

    /** What a connection of one request is answered. */
    private String answerTo(String header) throws Exception {
        EchoServer server = vertx.start(CONFIG);
        return end(server, header + REQUEST);
    }

    private static String end(EchoServer server, String bytes) throws IOException {
        try (RawClient client = new RawClient(server.proxyPort().orElseThrow())) {
            client.send(bytes);
            return client.awaitEnd();
        } catch (IOException e) {
            // cut off with bytes of the client's still unread
            if (String.valueOf(e.getMessage()).contains("reset")) {
                return "";
            }
            throw e;
        }
    }

    /** @param versionCommandAndFamily the 13th and the 14th byte */
    private static String version2(String versionCommandAndFamily, String rest) {
        return SIGNATURE + bytes(versionCommandAndFamily) + bytes("%04x".formatted(rest.length())) + rest;
    }

    /** Bytes, one for each character. */
    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex.replace(" ", "")), java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
