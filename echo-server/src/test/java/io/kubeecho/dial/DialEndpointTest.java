package io.kubeecho.dial;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.kubeecho.echo.DialSettings;
import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DialEndpointTest {

    private static final String TOKEN = "a-token-for-this-test";

    private static Vertx vertx;
    private static EchoServer server;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        server = EchoServer.start(
                        vertx,
                        EchoConfig.embedded("127.0.0.1", "pod-1")
                                .withManagementPort(0)
                                .withDial(new DialSettings(TOKEN, "127.0.0.0/16")))
                .await();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    void dialsAndReturnsWhatItSaw() {
        String answer = dial(TOKEN, plan("127.0.0.1", Duration.ZERO, 2))
                .post("/dial")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        List<Dialed> attempts = DialJson.readAttempts(answer);
        assertThat(attempts)
                .hasSize(2)
                .allSatisfy(
                        a -> assertThat(((Dialed.Answered) a.outcome()).body()).contains("From=pod-1"));
        assertThat(attempts.get(1).startedNanos())
                .isGreaterThanOrEqualTo(attempts.get(0).endedNanos());
    }

    /** The management port, and many a proxy before it, closes a connection on which nothing has moved for long. */
    @Test
    void anAnswerThatTakesLongIsNotSilent() {
        HttpServer impatient = vertx.createHttpServer(new HttpServerOptions().setIdleTimeout(1))
                .requestHandler(new DialEndpoint(vertx, DialAccess.of(TOKEN, "127.0.0.0/16"), Duration.ofMillis(200)))
                .listen(0, "127.0.0.1")
                .await();
        String answer = dial(TOKEN, plan("127.0.0.1", Duration.ofMillis(2500), 1))
                .port(impatient.actualPort())
                .post("/dial")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(DialJson.readAttempts(answer)).hasSize(1);
        impatient.close().await();
    }

    /** Between two plans minutes may pass, and a connection that is being closed as it is used again loses the second. */
    @Test
    void aConnectionIsForOnePlan() {
        dial(TOKEN, plan("127.0.0.1", Duration.ZERO, 1))
                .post("/dial")
                .then()
                .statusCode(200)
                .header("Connection", "close");
    }

    /** A client that upgrades to HTTP/2 may refuse an answer with a header of HTTP/1.1's connections (RFC 9113, 8.2.2). */
    @Test
    void anHttp2AnswerSaysNothingOfTheConnection() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.managementPort().getAsInt() + DialEndpoint.PATH);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header(DialEndpoint.TOKEN_HEADER, TOKEN)
                                .POST(HttpRequest.BodyPublishers.ofString(plan("127.0.0.1", Duration.ZERO, 1)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.headers().map()).doesNotContainKey("connection");
        assertThat(DialJson.readAttempts(answer.body())).hasSize(1);
    }

    @Test
    void withoutItsTokenItDialsNobody() {
        dial("another-token-here", plan("127.0.0.1", Duration.ZERO, 1))
                .post("/dial")
                .then()
                .statusCode(403);
        given().port(server.managementPort().getAsInt())
                .body("{}")
                .post("/dial")
                .then()
                .statusCode(403);
    }

    @Test
    void onlyAllowedNetworksAreDialledAndOnlyByAddress() {
        dial(TOKEN, plan("127.1.0.1", Duration.ZERO, 1))
                .post("/dial")
                .then()
                .statusCode(400)
                .body(containsString("'127.1.0.1' is no address of the allowed networks"));
        dial(TOKEN, plan("localhost", Duration.ZERO, 1)).post("/dial").then().statusCode(400);
    }

    @Test
    void aPlanThatAsksForTooMuchIsRefused() {
        dial(TOKEN, plan("127.0.0.1", Duration.ofHours(1), 1))
                .post("/dial")
                .then()
                .statusCode(400)
                .body(containsString("a plan takes at most"));
        dial(TOKEN, plan("127.0.0.1", Duration.ZERO, 20_001))
                .post("/dial")
                .then()
                .statusCode(400);
        dial(TOKEN, "{\"sequences\":[]}").post("/dial").then().statusCode(400);
        dial(TOKEN, "no json").post("/dial").then().statusCode(400);
    }

    @Test
    void itIsAPostAndDoesNotExistUnlessSwitchedOn() {
        given().port(server.managementPort().getAsInt()).get("/dial").then().statusCode(405);
        EchoServer without = EchoServer.start(
                        vertx, EchoConfig.embedded("127.0.0.1", "pod-2").withManagementPort(0))
                .await();
        given().port(without.managementPort().getAsInt()).get("/dial").then().statusCode(404);
        without.close().await();
    }

    private static RequestSpecification dial(String token, String plan) {
        return given().port(server.managementPort().getAsInt())
                .header(DialEndpoint.TOKEN_HEADER, token)
                .contentType("application/json")
                .body(plan);
    }

    private static String plan(String host, Duration wait, int connections) {
        DialPlan.Sequence sequence =
                new DialPlan.Sequence("entry", host, server.port(), java.util.Collections.nCopies(connections, wait));
        return DialJson.write(new DialPlan(List.of(sequence), Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }
}
