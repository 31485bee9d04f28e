package io.kubeecho.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.DialSettings;
import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.kubeecho.echo.log.ErrorLog;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;

/** Whatever is sent to {@code /dial}, there is an answer, in time, and one that helps. */
class DialProperties {

    private static final String TOKEN = "a-token-for-this-test";
    private static final Duration TIME = Duration.ofSeconds(20);

    /** What an exception of the JVM or a library says, and no message to a caller. */
    private static final List<String> LEAKS =
            List.of("Exception", "because \"", "java.", "io.vertx", "com.fasterxml", "class ", "Cannot ", "null");

    private static final List<String> faults = new CopyOnWriteArrayList<>();
    private static final HttpClient http = HttpClient.newHttpClient();
    private static final Vertx vertx = Vertx.vertx();
    private static final EchoServer server = EchoServer.start(
                    vertx,
                    EchoConfig.embedded("127.0.0.1", "pod-1")
                            .withManagementPort(0)
                            .withDial(new DialSettings(TOKEN, "127.0.0.0/8,::1/128,fe80::/10")),
                    new ErrorLog(faults::add))
            .await();

    @AfterContainer
    static void stop() {
        vertx.close().await();
    }

    /** Any JSON at any place of a plan that is right otherwise. */
    @Property(tries = 400)
    void oneWrongValueIsAnsweredAndNamed(@ForAll("places") String place, @ForAll("values") Object value)
            throws Exception {
        JsonObject sequence = new JsonObject()
                .put("entry", "e")
                .put("host", "127.0.0.1")
                .put("port", server.port())
                .put("waits", new JsonArray().add(0))
                .put("headers", new JsonObject().put("X-A", "b"));
        JsonObject plan = new JsonObject()
                .put("connectTimeout", 200_000_000)
                .put("answerTimeout", 200_000_000)
                .put("sequences", new JsonArray().add(sequence));
        Object put = value == NULL ? null : value;
        switch (place) {
            case "sequences", "connectTimeout", "answerTimeout", "source" -> plan.put(place, put);
            case "sequences[0]" -> plan.put("sequences", new JsonArray().add(put));
            case "sequences[0].waits[0]" -> sequence.put("waits", new JsonArray().add(put));
            case "sequences[0].headers.X-A" -> sequence.put("headers", new JsonObject().put("X-A", put));
            default -> sequence.put(place.substring("sequences[0].".length()), put);
        }
        String sent = plan.encode();

        HttpResponse<String> answer = dial(sent);

        assertThat(answer.statusCode()).as(sent).isIn(200, 400);
        if (answer.statusCode() == 400) {
            assertThat(answer.body())
                    .as(sent)
                    .hasLineCount(1)
                    .matches("[ -~]+\n")
                    .doesNotContain(LEAKS);
            String field =
                    place.replaceAll(".*\\.", "").replaceAll("\\[0]$", "").replace("X-A", "headers");
            assertThat(answer.body()).as(sent).containsIgnoringCase(said(field));
        } else {
            assertThat(DialJson.readAttempts(answer.body())).as(sent).isNotNull();
        }
        assertThat(faults).isEmpty();
    }

    /** The plan is checked as a whole for some, whose message says so. */
    private static String said(String field) {
        return switch (field) {
            case "sequences" -> "sequence";
            case "waits" -> "wait";
            case "connectTimeout", "answerTimeout" -> "t";
            default -> field;
        };
    }

    /** Any JSON at all, and what is none. */
    @Property(tries = 200)
    void anythingIsAnswered(@ForAll("documents") String document) throws Exception {
        HttpResponse<String> answer = dial(document);

        assertThat(answer.statusCode()).as(document).isIn(200, 400);
        if (answer.statusCode() == 400) {
            assertThat(answer.body())
                    .as(document)
                    .hasLineCount(1)
                    .matches("[ -~]+\n")
                    .doesNotContain(LEAKS);
        }
        assertThat(faults).isEmpty();
    }

    @Provide
    Arbitrary<String> places() {
        return Arbitraries.of(
                "sequences",
                "connectTimeout",
                "answerTimeout",
                "source",
                "sequences[0]",
                "sequences[0].entry",
                "sequences[0].host",
                "sequences[0].port",
                "sequences[0].waits",
                "sequences[0].waits[0]",
                "sequences[0].connections",
                "sequences[0].headers",
                "sequences[0].headers.X-A");
    }

    private static final Object NULL = new Object();

    @Provide
    Arbitrary<Object> values() {
        Arbitrary<Object> hosts = Arbitraries.of(
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "[::1]",
                "::1",
                "::1%lo",
                "fe80::1%1",
                "fe80::1",
                "::",
                "0.0.0.0",
                "127.0.0.1 ",
                "127.1",
                "127.255.255.255",
                "2130706433",
                "localhost",
                "",
                "a b\r\nInjected: yes",
                "\u0000",
                "\ud800",
                "\u2028\u009b31m");
        Arbitrary<Object> numbers = Arbitraries.of(
                0,
                -1,
                1,
                80,
                65_536,
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MIN_VALUE,
                1.5,
                1e300,
                new java.math.BigInteger("9".repeat(40)));
        Arbitrary<Object> others = Arbitraries.of(
                NULL,
                true,
                false,
                new JsonObject(),
                new JsonArray(),
                new JsonArray().addNull(),
                new JsonArray().add(new JsonArray()),
                new JsonArray().add("x"),
                new JsonObject().putNull("X-A"),
                new JsonObject().put("bad name", "x"),
                new JsonObject().put("", "x"),
                new JsonObject().put("X-A", "a\r\nX-B: c"),
                new JsonObject().put("Content-Length", "5"),
                new JsonObject().put("transfer-encoding", "chunked"),
                new JsonObject().put("Host", "x y"),
                new JsonObject().put("X-A", 5));
        Arbitrary<Object> texts = Arbitraries.strings().ofMaxLength(400).map(text -> text);
        return Arbitraries.oneOf(hosts, numbers, others, texts);
    }

    @Provide
    Arbitrary<String> documents() {
        Arbitrary<String> some = Arbitraries.of(
                "",
                " ",
                "null",
                "5",
                "[]",
                "\"x\"",
                "{}",
                "{\"sequences\":[null]}",
                "{\"sequences\":null}",
                "{\"sequences\":{}}",
                "{\"sequences\":[{}],\"connectTimeout\":1}",
                "{\"sequences\":[[[[[]]]]]}",
                "[".repeat(100_000),
                "{\"a\":".repeat(50_000),
                "{\"connectTimeout\":" + "9".repeat(5000) + "}",
                "{} trailing",
                "{\"sequences\":[],\"connectTimeout\":1000000,\"answerTimeout\":1000000}",
                "\u0000");
        return Arbitraries.oneOf(some, Arbitraries.strings().ofMaxLength(200));
    }

    private static HttpResponse<String> dial(String body) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + server.managementPort().getAsInt() + DialEndpoint.PATH))
                        .timeout(TIME)
                        .header(DialEndpoint.TOKEN_HEADER, TOKEN)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
