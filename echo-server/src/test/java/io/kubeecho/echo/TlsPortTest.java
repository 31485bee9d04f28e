package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.http.AnswerRules;
import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.Status;
import io.kubeecho.echo.tls.HandshakeFailure;
import io.kubeecho.echo.tls.TlsTraffic;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The echo port with TLS: everything that holds for the plain one, and the handshake before it. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // HTTP ends its lines with CR LF
class TlsPortTest {

    private static final String LAST = "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    @TempDir
    static Path folder;

    private static TestCertificate certificate;

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.make(folder, "server");
    }

    private static EchoConfig config() {
        return EchoConfig.embedded("127.0.0.1", "pod-1").withTls(certificate.on(0));
    }

    private EchoServer start(ConnectionLimits limits) throws Exception {
        return vertx.start(config().withLimits(limits));
    }

    private static RawClient client(EchoServer server) throws Exception {
        return client(server, parameters -> {});
    }

    private static RawClient client(EchoServer server, Consumer<SSLParameters> change) throws Exception {
        return RawClient.overTls(
                certificate.client(), "localhost", server.tlsPort().orElseThrow(), change);
    }

    /** A connection to the TLS port that speaks none itself. */
    private static RawClient raw(EchoServer server) throws IOException {
        return new RawClient(server.tlsPort().orElseThrow());
    }

    private static Consumer<SSLParameters> version(String version) {
        return parameters -> parameters.setProtocols(new String[] {version});
    }

    private static TlsTraffic handshakes(EchoServer server) {
        return server.tls().orElseThrow().traffic();
    }

    private static JsonNode json(String answer) throws IOException {
        JsonNode json = new ObjectMapper().readTree(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        try (InputStream schema =
                Objects.requireNonNull(AnswerRules.class.getResourceAsStream("echo.schema.json"), "the schema")) {
            assertThat(JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                            .getSchema(schema)
                            .validate(json))
                    .isEmpty();
        }
        return json;
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void answersAsThePlainPortAndKeepsTheConnection(String version) throws Exception {
        EchoServer server = vertx.start(config());
        try (RawClient client = client(server, version(version))) {
            client.get("/1").get("/2").send(LAST.formatted("/3?q"));
            assertThat(client.awaitEnd())
                    .endsWith("\r\nConnection: close\r\n\r\n"
                            + "Host=a  Path=/3?q  From=pod-1  ClientIP=127.0.0.1  XFF=\n");
        }
        assertThat(server.tls().orElseThrow().echo().traffic().requests(Status.OK))
                .isEqualTo(3);
        assertThat(
                        version.equals("TLSv1.3")
                                ? handshakes(server).done13()
                                : handshakes(server).done12())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void jsonSaysWhatWasAgreedOn(String version) throws Exception {
        EchoServer server = vertx.start(config());
        String ask = LAST.formatted("/?kube-echo.format=json");
        try (RawClient client = RawClient.overTls(
                certificate.client(), "shop.example", server.tlsPort().orElseThrow(), parameters -> {
                    parameters.setProtocols(new String[] {version});
                    parameters.setApplicationProtocols(new String[] {"spdy/3", "http/1.1"});
                })) {
            JsonNode tls = json(client.send(ask).awaitEnd()).at("/connection/tls");
            assertThat(tls.get("version").asText()).isEqualTo(version);
            assertThat(tls.get("cipher").asText()).startsWith("TLS_");
            assertThat(tls.get("serverName").asText()).isEqualTo("shop.example");
            assertThat(tls.get("alpn").asText()).isEqualTo("http/1.1");
        }
        try (RawClient client = client(server, parameters -> {
            parameters.setServerNames(java.util.List.of());
            parameters.setProtocols(new String[] {version});
        })) {
            JsonNode tls = json(client.send(ask).awaitEnd()).at("/connection/tls");
            assertThat(tls.get("serverName").isNull()).isTrue();
            assertThat(tls.get("alpn").isNull()).isTrue();
        }
        try (RawClient plain = new RawClient(server.port())) {
            assertThat(json(plain.send(ask).awaitEnd()).at("/connection/tls").asText())
                    .isEqualTo("none");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aResumedConnectionHasTheNameThatItAskedFor(String version) throws Exception {
        EchoServer server = vertx.start(config());
        var context = certificate.client();
        for (int i = 0; i < 3; i++) {
            for (String name : new String[] {"shop.example", "www.shop.example"}) {
                try (RawClient client =
                        RawClient.overTls(context, name, server.tlsPort().orElseThrow(), version(version))) {
                    client.send(LAST.formatted("/?kube-echo.format=json"));
                    assertThat(json(client.awaitEnd())
                                    .at("/connection/tls/serverName")
                                    .asText())
                            .isEqualTo(name);
                }
            }
        }
    }

    @Test
    void aHandshakeThatStallsOrTricklesInIsCutOffByTheHeadTimeout() throws Exception {
        EchoServer server = start(ConnectionLimits.defaults().withHead(Duration.ofMillis(500)));
        try (RawClient silent = raw(server);
                RawClient trickling = raw(server)) {
            // the length of a record that never becomes complete
            assertThatThrownBy(() -> {
                        trickling.send("\u0016\u0003\u0001\u0002\u0000");
                        for (int i = 0; i < 100; i++) {
                            trickling.send("\u0001");
                            if (!trickling.isQuietFor(50)) {
                                throw new IOException("cut off");
                            }
                        }
                    })
                    .isInstanceOf(IOException.class);
            silent.awaitEnd();
        }
        Await.until(() -> handshakes(server).failed(HandshakeFailure.LATE) == 2);
        assertThat(handshakes(server).failed(HandshakeFailure.LATE)).isEqualTo(2);
        assertThat(server.tls().orElseThrow().echo().traffic().connectionsAccepted())
                .isZero();
    }

    @Test
    void whatEndsInTheHandshakeIsCountedByItsReason() throws Exception {
        EchoServer server = vertx.start(config());
        try (RawClient http = raw(server)) {
            assertThat(end(http.send(LAST.formatted("/")))).doesNotContain("Path=");
        }
        try (RawClient gone = raw(server)) {
            gone.send("\u0016\u0003\u0001\u0002");
        }
        TestCertificate other = TestCertificate.make(folder, "other");
        assertThatThrownBy(() -> RawClient.overTls(
                        other.client(), "localhost", server.tlsPort().orElseThrow(), parameters -> {}))
                .isInstanceOf(SSLHandshakeException.class);
        assertThatThrownBy(
                        () -> client(server, parameters -> parameters.setApplicationProtocols(new String[] {"spdy/3"})))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("no_application_protocol");
        for (HandshakeFailure failure : HandshakeFailure.values()) {
            if (failure != HandshakeFailure.LATE) {
                Await.until(() -> handshakes(server).failed(failure) == 1);
                assertThat(handshakes(server).failed(failure))
                        .as(failure.text())
                        .isEqualTo(1);
            }
        }
        try (RawClient client = client(server)) {
            client.get("/still");
        }
    }

    @Test
    void connectionsCountAgainstTheCapFromTheirOpening() throws Exception {
        EchoServer server = start(ConnectionLimits.defaults().withConnections(2));
        try (RawClient first = client(server).get("/1");
                RawClient inHandshake = raw(server)) {
            inHandshake.isQuietFor(50);
            try (RawClient refused = raw(server)) {
                assertThat(end(refused)).isEmpty();
            }
            first.get("/2");
        }
        assertThat(server.tls().orElseThrow().echo().traffic().connectionsRefused())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void drainingEndsHandshakesAndIdleConnectionsAndAnswersWhatIsInFlight(String version) throws Exception {
        EchoServer server = vertx.start(config().withDrain(Duration.ZERO, Duration.ofSeconds(20)));
        try (RawClient silent = raw(server);
                RawClient idle = client(server, version(version)).get("/1");
                RawClient slow = client(server, version(version)).get("/2");
                RawClient inFlight = client(server, version(version)).get("/3").send("GET /4 HTTP/1.1\r\nHo")) {
            slow.send("GET /5?kube-echo.delay=700ms HTTP/1.1\r\nHost: a\r\n\r\n");
            try (RawClient later = client(server)) {
                later.get("/later");
            }
            Future<Void> drained = server.drain();
            end(silent);
            // ends by close_notify, or the client would say that it was truncated
            idle.awaitEnd();
            assertThat(drained.isComplete()).isFalse();
            assertThat(slow.awaitEnd()).contains("Path=/5?");
            inFlight.send("st: a\r\n\r\n");
            assertThat(inFlight.awaitEnd()).contains("Path=/4 ").contains("Connection: close\r\n");
            Await.result(drained);
        }
        for (HandshakeFailure failure : HandshakeFailure.values()) {
            assertThat(handshakes(server).failed(failure)).as(failure.text()).isZero();
        }
    }

    @Test
    void stoppingSaysCloseHereToo() throws Exception {
        EchoServer server = vertx.start(config().withDrain(Duration.ofSeconds(1), Duration.ofSeconds(5)));
        try (RawClient client = client(server).get("/1")) {
            Future<Void> stopped = server.stop();
            try (RawClient late = client(server)) {
                late.get("/2").awaitText("Connection: close\r\n").awaitEnd();
            }
            client.get("/3").awaitEnd();
            Await.result(stopped);
        }
    }

    @Test
    void aClientThatClosesItsSideIsStillAnswered() throws Exception {
        EchoServer server = vertx.start(config());
        // of TLS 1.3: in 1.2 a close_notify ends both directions (RFC 5246 section 7.2.1)
        try (RawClient client = client(server, version("TLSv1.3"))) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500)
                            + "GET /2?kube-echo.delay=200ms HTTP/1.1\r\nHost: a\r\n\r\n")
                    .endOutput();
            String answers = client.awaitEnd();
            assertThat(answers.split("Path=/1 ", -1)).hasSize(501);
            assertThat(answers).contains("Path=/2?");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void aLastAnswerArrivesAlthoughTheClientStillSends(String version) throws Exception {
        EchoServer server = vertx.start(config());
        try (RawClient client = client(server, version(version))) {
            client.send("GET / HTTP/1.1\r\nX : y\r\n\r\n");
            for (int i = 0; i < 20; i++) {
                client.send("x".repeat(10_000));
            }
            client.awaitText("a header field is malformed\n");
            client.endOutput();
            assertThat(client.awaitEnd()).startsWith("HTTP/1.1 400 ").endsWith("a header field is malformed\n");
        }
    }

    @Test
    void aResetIsAResetAndACloseAnOrderlyEnd() throws Exception {
        EchoServer server = vertx.start(config());
        try (RawClient client = client(server)) {
            client.get("/1").send("GET /?kube-echo.fault=reset HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThatThrownBy(client::awaitEnd)
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        try (RawClient client = client(server)) {
            client.send("GET /?kube-echo.fault=close HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.awaitEnd()).isEmpty();
        }
        assertThat(server.tls().orElseThrow().echo().traffic().requests(Status.CUT_OFF))
                .isEqualTo(2);
    }

    @Test
    void largeAndSlowBodiesComeWhole() throws Exception {
        EchoServer server = vertx.start(config());
        try (RawClient client = client(server)) {
            client.send(LAST.formatted("/?kube-echo.size=1MiB&kube-echo.body-time=300ms"));
            String answer = client.awaitEnd();
            assertThat(answer.substring(answer.indexOf("\r\n\r\n") + 4)).hasSize(1 << 20);
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadFromAndThenCutOff() throws Exception {
        EchoServer server =
                start(ConnectionLimits.defaults().withRequests(10_000_000).withSend(Duration.ofSeconds(3)));
        var traffic = server.tls().orElseThrow().echo().traffic();
        String requests = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000);
        try (RawClient client = client(server)) {
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 400; i++) {
                        client.send(requests);
                    }
                } catch (IOException cutOff) {
                    // as it has to be
                }
            });
            sender.start();
            long answered = Await.settled(() -> traffic.requests(Status.OK));
            assertThat(answered).as("answered while nobody reads").isBetween(1L, 399_999L);
            Await.until(() -> traffic.connectionsOpen() == 0);
            assertThat(traffic.connectionsOpen()).isZero();
            sender.join(10_000);
        }
    }

    @Test
    void slowClientsAreCutOff() throws Exception {
        Duration shortly = Duration.ofMillis(600);
        EchoServer server = start(ConnectionLimits.defaults()
                .withHead(shortly)
                .withKeepAlive(shortly)
                .withBody(shortly, shortly));
        try (RawClient idle = client(server).get("/1");
                RawClient inHead = client(server).send("GET /2 HT");
                RawClient inBody = client(server)
                        .send("POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
                        .awaitText("Path=/3 ")) {
            idle.awaitEnd();
            assertThat(inHead.awaitEnd()).isEmpty();
            inBody.awaitEnd();
        }
    }

    /** What came before a connection ended, by whichever means. */
    private static String end(RawClient client) throws IOException {
        try {
            return client.awaitEnd();
        } catch (SocketException reset) {
            return client.received();
        }
    }

    /** As nginx does: the close_notify says that no more is sent, not that the answer is not wanted. */
    @Test
    void aRequestAndTheGoodbyeInOneSegmentAreAnswered() throws Exception {
        EchoServer server = start(ConnectionLimits.defaults());
        for (String requests : java.util.List.of(
                "GET /goodbye HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST /goodbye HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")) {
            assertThat(OneSegment.exchange(
                            certificate.client(), server.tlsPort().orElseThrow(), requests))
                    .contains("HTTP/1.1 200 OK")
                    .contains("Path=/goodbye ");
        }
    }

    /** A client that does not read cannot keep a server from ending: not for the three seconds that Netty would wait. */
    @Test
    void aClientThatDoesNotReadDoesNotKeepTheServerFromEnding() throws Exception {
        EchoServer server = vertx.start(config().withDrain(Duration.ZERO, Duration.ofMillis(300)));
        try (RawClient client = client(server)) {
            client.sendAside("GET /?kube-echo.size=1MiB HTTP/1.1\r\nHost: a\r\n\r\n", 20);
            Await.until(() -> server.traffic().connectionsAccepted() >= 0
                    && server.budget().held(Holding.ANSWER) > 0);
            long began = System.nanoTime();
            Await.result(server.stop());
            assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(2500));
        }
    }
}
