package io.kubeecho.dial;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.kubeecho.echo.DialSettings;
import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.kubeecho.echo.budget.Holding;
import io.restassured.specification.RequestSpecification;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
                                .withDial(new DialSettings(TOKEN, "127.0.0.0/16,::1/128")))
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
                .requestHandler(new DialEndpoint(
                        vertx, DialAccess.of(TOKEN, "127.0.0.0/16"), Room.ENDLESS, e -> {}, Duration.ofMillis(200)))
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

    /** The management port speaks HTTP/1.1 only, and a client that would rather have HTTP/2 gets its answer all the same. */
    @Test
    void aClientThatWouldUpgradeIsAnsweredOverHttp11() throws IOException, InterruptedException {
        URI uri = URI.create("http://127.0.0.1:" + server.managementPort().getAsInt() + DialEndpoint.PATH);
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(uri)
                                .header(DialEndpoint.TOKEN_HEADER, TOKEN)
                                .POST(HttpRequest.BodyPublishers.ofString(plan("127.0.0.1", Duration.ZERO, 1)))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
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

    @ParameterizedTest
    @ValueSource(strings = {"::ffff:127.0.0.1", "::1", "[::1]"})
    void anAddressIsDialledHoweverItIsWritten(String host) {
        String answer = dial(TOKEN, plan(host, Duration.ZERO, 1))
                .post("/dial")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        Dialed.Outcome outcome = DialJson.readAttempts(answer).get(0).outcome();
        if (host.startsWith("::ffff")) {
            assertThat(((Dialed.Answered) outcome).body()).contains("ClientIP=127.0.0.1");
        } else {
            // the server does not listen there, and where there is no IPv6 nobody can
            assertThat(outcome).isInstanceOf(Dialed.NotConnected.class);
        }
    }

    @Test
    void whatIsWrongIsNamed() {
        refused(
                "{\"sequences\":[null],\"connectTimeout\":1,\"answerTimeout\":1}",
                "sequences[0] is to be a JSON object");
        refused(plan("127.0.0.1", Duration.ZERO, 1).replace("[0]", "[null]"), "sequences[0].waits[0] is to be a whole");
        refused(
                plan("127.0.0.1", Duration.ZERO, 1).replace("\"port\"", "\"headers\":{\"a b\":\"c\"},\"port\""),
                "sequences[0]: headers: a name");
        refused(plan("::1%lo", Duration.ZERO, 1), "sequences[0].host has a zone");
        refused(plan("localhost", Duration.ZERO, 1), "sequences[0].host is no IP address");
        refused("{\"answerTimeout\":1,\"sequences\":[]}", "connectTimeout is missing");
    }

    private static void refused(String plan, String why) {
        dial(TOKEN, plan).post("/dial").then().statusCode(400).body(containsString(why));
    }

    @Test
    void aPlanThatIsTooLargeIsRefused() {
        dial(TOKEN, " ".repeat(DialEndpoint.LARGEST_PLAN + 1))
                .post("/dial")
                .then()
                .statusCode(413)
                .body(containsString("a plan has at most 1048576 bytes"));
    }

    /** A target that sends without end had the pod killed in 0.8 s. */
    @Test
    void ofABodyNoMoreIsTakenThanItMayHave() throws Exception {
        AtomicLong sent = new AtomicLong();
        Peer.Behaviour endless = connection -> {
            Peer.readRequest(connection);
            Peer.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100000000000\r\n\r\n");
            byte[] piece = new byte[65_536];
            while (sent.addAndGet(piece.length) < 1L << 30) {
                connection.getOutputStream().write(piece);
            }
        };
        try (Peer peer = Peer.accepting(endless)) {
            String answer = dial(TOKEN, plan("127.0.0.1", peer.port(), Duration.ZERO, 3))
                    .post("/dial")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString();
            assertThat(DialJson.readAttempts(answer))
                    .hasSize(3)
                    .allSatisfy(attempt -> assertThat(((Dialed.Broken) attempt.outcome()).detail())
                            .contains("the body has more than 65536 bytes"));
        }
        assertThat(sent.get()).isLessThan(1L << 30);
    }

    /** Each answer is small enough, and there are many. */
    @Test
    void allAnswersTogetherAreBounded() throws Exception {
        String large = "x".repeat(60_000);
        try (Peer peer = Peer.accepting(Peer.answering(large))) {
            String answer = dial(TOKEN, plan("127.0.0.1", peer.port(), Duration.ZERO, 150))
                    .post("/dial")
                    .then()
                    .statusCode(200)
                    .extract()
                    .asString();
            List<Dialed> attempts = DialJson.readAttempts(answer);
            assertThat(attempts).hasSize(150);
            assertThat(attempts.subList(0, 130)).allMatch(a -> a.outcome() instanceof Dialed.Answered);
            assertThat(((Dialed.Broken) attempts.get(149).outcome()).detail())
                    .contains("there is no room for more answers on this pod");
            // and what was held is given back
            assertThat(server.budget().held(Holding.DIAL)).isZero();
            String next = dial(TOKEN, plan("127.0.0.1", peer.port(), Duration.ZERO, 1))
                    .post("/dial")
                    .asString();
            assertThat(DialJson.readAttempts(next).get(0).outcome()).isInstanceOf(Dialed.Answered.class);
        }
    }

    @Test
    void aClientThatLeavesEndsItsPlan() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            String plan = plan("127.0.0.1", peer.port(), Duration.ofMillis(50), 200);
            try (Socket client = new Socket(
                    InetAddress.getLoopbackAddress(), server.managementPort().getAsInt())) {
                Peer.write(
                        client,
                        "POST /dial HTTP/1.1\r\nHost: a\r\n" + DialEndpoint.TOKEN_HEADER + ": " + TOKEN
                                + "\r\nContent-Length: " + plan.length() + "\r\n\r\n" + plan);
                for (int i = 0; i < 500 && peer.clients().size() < 3; i++) {
                    Thread.sleep(10);
                }
                assertThat(peer.clients()).hasSizeGreaterThanOrEqualTo(3);
            }
            int before;
            do {
                before = peer.clients().size();
                Thread.sleep(500);
            } while (peer.clients().size() != before);
            assertThat(before).isLessThan(200);
        }
    }

    @Test
    void noMorePlansAtOnceThanMayBe() throws Exception {
        String plan = plan("127.0.0.1", Duration.ofSeconds(20), 1);
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < DialEndpoint.MOST_PLANS; i++) {
                Socket client = new Socket(
                        InetAddress.getLoopbackAddress(),
                        server.managementPort().getAsInt());
                clients.add(client);
                Peer.write(
                        client,
                        "POST /dial HTTP/1.1\r\nHost: a\r\n" + DialEndpoint.TOKEN_HEADER + ": " + TOKEN
                                + "\r\nContent-Length: " + plan.length() + "\r\n\r\n" + plan);
            }
            Thread.sleep(500);
            dial(TOKEN, plan).post("/dial").then().statusCode(503).body(containsString("32 plans are under way"));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        // what was given up makes room
        int status = 503;
        for (int i = 0; i < 100 && status == 503; i++) {
            Thread.sleep(50);
            status = dial(TOKEN, plan("127.0.0.1", Duration.ZERO, 1))
                    .post("/dial")
                    .statusCode();
        }
        assertThat(status).isEqualTo(200);
    }

    /** What pods answer may be looked at on a terminal, or pasted into a page. */
    @Test
    void answersAreAscii() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("\u009b31m\u007f\u001b"))) {
            String answer = dial(
                            TOKEN,
                            plan("127.0.0.1", peer.port(), Duration.ZERO, 1)
                                    .replace("\"entry\":\"entry\"", "\"entry\":\"\\ud800\\u2028\""))
                    .post("/dial")
                    .asString();
            assertThat(answer).matches("[ -~]+").contains("\\u007f\\u001B", "\\ud800\\u2028");
        }
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
        return plan(host, server.port(), wait, connections);
    }

    private static String plan(String host, int port, Duration wait, int connections) {
        DialPlan.Sequence sequence =
                new DialPlan.Sequence("entry", host, port, java.util.Collections.nCopies(connections, wait));
        return DialJson.write(new DialPlan(List.of(sequence), Duration.ofSeconds(1), Duration.ofSeconds(1)));
    }
}
