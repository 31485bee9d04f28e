package io.kubeecho.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A plan names the address that it is to be carried out from: a client with several addresses is several clients. */
@Timeout(60)
class DialSourceTest {

    private static final String TOKEN = "sixteen-characters-or-more";

    private static Vertx vertx;
    private static HttpServer management;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        management = vertx.createHttpServer()
                .requestHandler(new DialEndpoint(vertx, DialAccess.of(TOKEN, "127.0.0.0/8"), Room.ENDLESS, e -> {}))
                .listen(0, "127.0.0.1")
                .await();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    void thePeerSeesThePlansSource() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            HttpResponse<String> response = dial(plan(peer.port()).from("127.7.8.9"));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(peer.clients())
                    .extracting(InetSocketAddress::getHostString)
                    .containsExactly("127.7.8.9", "127.7.8.9");
            assertThat(DialJson.readAttempts(response.body()))
                    .extracting(Dialed::outcome)
                    .allSatisfy(o ->
                            assertThat(((Dialed.Answered) o).localAddress()).isEqualTo("127.7.8.9"));
        }
    }

    @Test
    void thePlansSourceBeatsTheDialers() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            new Dialer(vertx, Optional.of("127.0.0.2"))
                    .dial(plan(peer.port()).from("127.0.0.3"))
                    .await();

            assertThat(peer.clients())
                    .extracting(InetSocketAddress::getHostString)
                    .containsExactly("127.0.0.3", "127.0.0.3");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1", "2001:db8::1", "localhost", ""})
    void aSourceThatIsNotLocalIsRefusedBeforeAnythingIsDialled(String source) throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            HttpResponse<String> response = dial(plan(peer.port()).from(source));

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).startsWith("the source ").contains("is no address of this machine");
            assertThat(peer.clients()).isEmpty();
        }
    }

    @Test
    void aPlanWithoutASourceIsWrittenAsBefore() {
        DialPlan plan = plan(80);

        assertThat(DialJson.write(plan)).doesNotContain("source");
        assertThat(DialJson.readPlan(DialJson.write(plan))).isEqualTo(plan);
        assertThat(DialJson.readPlan(DialJson.write(plan.from("127.0.0.4")))).isEqualTo(plan.from("127.0.0.4"));
    }

    @Test
    void aHeldConnectionAndHeadersSurviveTheWire() {
        DialPlan plan = new DialPlan(
                List.of(new DialPlan.Sequence(
                        "e",
                        "127.0.0.1",
                        80,
                        List.of(Duration.ZERO),
                        DialPlan.Connections.ONE_HELD,
                        Map.of("X-Forwarded-For", "192.0.2.1"))),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20));

        assertThat(DialJson.readPlan(DialJson.write(plan))).isEqualTo(plan);
        assertThat(DialJson.write(plan(80))).doesNotContain("connections").doesNotContain("headers");
    }

    private static DialPlan plan(int port) {
        return new DialPlan(
                List.of(new DialPlan.Sequence("e", "127.0.0.1", port, List.of(Duration.ZERO, Duration.ZERO))),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20));
    }

    private static HttpResponse<String> dial(DialPlan plan) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + management.actualPort() + DialEndpoint.PATH);
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header(DialEndpoint.TOKEN_HEADER, TOKEN)
                                .POST(HttpRequest.BodyPublishers.ofString(DialJson.write(plan)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }
}
