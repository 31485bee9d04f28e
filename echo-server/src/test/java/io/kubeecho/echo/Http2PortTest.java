package io.kubeecho.echo;

import static io.kubeecho.echo.RawHttp2.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.Status;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The echo over HTTP/2: the answers of HTTP/1 in frames, and a limit for everything that can be asked for. */
@Timeout(60)
class Http2PortTest {

    private static final EchoConfig CONFIG =
            EchoConfig.embedded("127.0.0.1", "pod-1").withH2cPort(OptionalInt.of(0));

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private EchoServer start(ConnectionLimits limits) throws Exception {
        return vertx.start(CONFIG.withLimits(limits));
    }

    private static RawHttp2 client(EchoServer server) throws IOException {
        return new RawHttp2(server.h2cPort().orElseThrow());
    }

    /** @param settings in hexadecimal, six bytes each (RFC 9113 section 6.5.1) */
    private static RawHttp2 client(EchoServer server, String settings) throws IOException {
        return new RawHttp2(server.h2cPort().orElseThrow(), settings);
    }

    private static String line(String path) {
        return "Host=a  Path=" + path + "  From=pod-1  ClientIP=127.0.0.1  XFF=\n";
    }

    // -- the answers

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET|/a%20b?c=d|",
                "GET|//..//|",
                "HEAD|/a|",
                "POST|/a|",
                "OPTIONS|*|",
                "get|/|",
                "TRACE|/a|",
                "CONNECT|/a|",
                "GET|/../..|",
                "GET|/%zz|",
                "GET|/|x-forwarded-for: 203.0.113.7; x-forwarded-for: b",
                "GET|/|if-none-match: *",
                "GET|/|if-match: x",
                "GET|/|content-length: 1048577",
                "GET|/?kube-echo.status=404|",
                "GET|/?kube-echo.status=204|",
                "GET|/?kube-echo.status=1|",
                "HEAD|/?kube-echo.size=500|",
                "GET|/?kube-echo.size=20000|",
                "GET|/?kube-echo.header=X-Name:+v&kube-echo.fault=503|",
                "GET|/|kube-echo-status: 418",
                "GET|/|accept: application/json, text/html",
                "GET|/|user-agent: a\u00e4",
                "GET|/|authorization: a; authorization: b",
                "GET|/|under_score: a"
            })
    void isAnsweredAsOverHttp1(String method, String path, String fields) throws Exception {
        EchoServer server = vertx.start(CONFIG);
        List<String> more = new ArrayList<>();
        for (String field : fields == null ? new String[0] : fields.split("; ", -1)) {
            more.addAll(List.of(field.split(": ", -1)));
        }
        String[] request = request(method, path, more.toArray(String[]::new));
        boolean body = more.contains("content-length");
        try (RawHttp2 client = client(server);
                RawClient http1 = new RawClient(server.port())) {
            RawHttp2.Answer answer;
            client.ask(1, !body, request);
            if (body) {
                client.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[0]);
            }
            if (body) {
                // refused by its number; Netty then sees that so many bytes have not come
                RawHttp2.Frame head = client.await(RawHttp2.HEADERS);
                assertThat(head.stream()).isEqualTo(1);
                return;
            }
            answer = client.answer(1);
            StringBuilder lines = new StringBuilder(method + " " + path + " HTTP/1.1\r\nhost: a\r\n");
            for (int i = 0; i < more.size(); i += 2) {
                lines.append(more.get(i)).append(": ").append(more.get(i + 1)).append("\r\n");
            }
            String text = http1.send(lines + "Connection: close\r\n\r\n").awaitEnd();
            assertThat(answer.status()).isEqualTo(Integer.parseInt(text.substring(9, 12)));
            int headEnd = text.indexOf("\r\n\r\n");
            assertThat(fieldsOf(answer.head())).isEqualTo(fieldsOf(text.substring(0, headEnd)));
            assertThat(answer.body()).isEqualTo(text.substring(headEnd + 4));
        }
    }

    private static List<String> fieldsOf(Http2Headers head) {
        List<String> fields = new ArrayList<>();
        head.forEach(field -> {
            if (!field.getKey().toString().startsWith(":")) {
                fields.add(field.getKey() + ": " + field.getValue());
            }
        });
        fields.removeIf(field -> field.startsWith("date: "));
        return fields;
    }

    private static List<String> fieldsOf(String head) {
        return head.lines()
                .skip(1)
                .map(line -> {
                    int colon = line.indexOf(':');
                    return line.substring(0, colon).toLowerCase(java.util.Locale.ROOT) + line.substring(colon);
                })
                .filter(field -> !field.startsWith("date: ") && !field.startsWith("connection: "))
                .collect(Collectors.toList());
    }

    @Test
    void manyRequestsShareAConnectionAndJsonCountsThem() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = client(server)) {
            client.get(1, "/slow?kube-echo.delay=500ms").get(3, "/fast").get(5, "/?kube-echo.format=json");
            assertThat(client.answer(3).body()).isEqualTo(line("/fast"));
            JsonObject json = new JsonObject(client.answer(5).body());
            assertThat(json.getJsonObject("request").getString("protocol")).isEqualTo("HTTP/2.0");
            assertThat(json.getJsonObject("request").getString("host")).isEqualTo("a");
            assertThat(json.getJsonObject("connection").getInteger("request")).isEqualTo(3);
            assertThat(json.getJsonObject("connection").getString("tls")).isEqualTo("none");
            assertThat(client.answer(1).body()).isEqualTo(line("/slow?kube-echo.delay=500ms"));
        }
        assertThat(server.h2c().orElseThrow().traffic().requests())
                .anyMatch(kind -> kind.protocol().text().equals("HTTP/2.0") && kind.count() == 3);
    }

    @Test
    void bodiesAreReadOverAndAnsweredWhenTheyHaveCome() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = client(server)) {
            client.ask(1, false, request("POST", "/1", "content-length", "40000"));
            client.get(3, "/3").answer(3);
            client.send(RawHttp2.DATA, 0, 1, new byte[16_384]);
            client.send(RawHttp2.DATA, 0, 1, new byte[16_384]);
            client.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[40_000 - 2 * 16_384]);
            assertThat(client.answer(1).body()).isEqualTo(line("/1"));
            // trailers end a body too
            client.ask(5, false, request("POST", "/5")).ask(5, true, "x-checksum", "1");
            assertThat(client.answer(5).body()).isEqualTo(line("/5"));
        }
    }

    @Test
    void aLargeSlowBodyOfUnknownLengthComesWhole() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        // the largest window there is, for the stream (INITIAL_WINDOW_SIZE) and for the connection
        try (RawHttp2 client = client(server, "00047fffffff")) {
            client.send(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0x7f, 0, 0, 0});
            client.get(1, "/?kube-echo.size=1MiB&kube-echo.chunked=on&kube-echo.body-time=300ms");
            RawHttp2.Answer answer = client.answer(1);
            assertThat(answer.body()).hasSize(1 << 20);
            assertThat(answer.head().contains("content-length")).isFalse();
            assertThat(answer.head().contains("transfer-encoding")).isFalse();
        }
    }

    @Test
    void aResetIsOfTheStreamAndACloseOfTheConnection() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = client(server)) {
            client.get(1, "/?kube-echo.fault=reset&kube-echo.delay=50ms");
            RawHttp2.Frame reset = client.await(RawHttp2.RST_STREAM);
            assertThat(reset.stream()).isEqualTo(1);
            assertThat(reset.error()).isEqualTo(RawHttp2.INTERNAL_ERROR);
            client.get(3, "/3");
            assertThat(client.answer(3).body()).isEqualTo(line("/3"));
            client.get(5, "/?kube-echo.fault=close");
            RawHttp2.Frame goAway = client.await(RawHttp2.GOAWAY);
            assertThat(goAway.lastStream()).isEqualTo(5);
            assertThat(client.awaitEnd()).noneMatch(frame -> frame.stream() == 5);
        }
        assertThat(server.h2c().orElseThrow().traffic().requests(Status.CUT_OFF))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/?kube-echo.close=on", "/"})
    void theLastAnswerComesWithGoAway(String path) throws Exception {
        EchoServer server = start(ConnectionLimits.defaults().withRequests(path.equals("/") ? 1 : 10));
        try (RawHttp2 client = client(server).get(1, path)) {
            List<RawHttp2.Frame> frames = client.awaitEnd();
            assertThat(frames).anyMatch(frame -> frame.stream() == 1 && frame.endsStream());
            assertThat(frames)
                    .anyMatch(frame -> frame.type() == RawHttp2.GOAWAY
                            && frame.lastStream() == 1
                            && frame.error() == RawHttp2.NO_ERROR);
        }
    }

    // -- what is wrong

    @Test
    void whatIsTooLongIsRefusedAsOverHttp1() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = client(server)) {
            assertThat(client.get(1, "/" + "a".repeat(8192)).answer(1).status()).isEqualTo(414);
            String[] fields = request(
                    "GET",
                    "/",
                    "x-a",
                    "b".repeat(8000),
                    "x-a",
                    "b".repeat(8000),
                    "x-a",
                    "b".repeat(8000),
                    "x-a",
                    "b".repeat(8000),
                    "x-a",
                    "b".repeat(8000));
            assertThat(client.ask(3, true, fields).answer(3).body())
                    .isEqualTo("400 Bad Request: the header fields are larger than four buffers of 8192 bytes\n");
            assertThat(client.get(5, "/5").answer(5).body()).isEqualTo(line("/5"));
            // beyond what is kept of a head, by the sum of RFC 9113 section 6.5.2
            String[] many =
                    request("GET", "/", "x-a", "b".repeat(32_000), "x-b", "b".repeat(32_000), "x-c", "b".repeat(2000));
            RawHttp2.Answer refused = client.ask(7, true, many).answer(7);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(client.get(9, "/9").answer(9).body()).isEqualTo(line("/9"));
        }
        assertThat(server.h2c().orElseThrow().traffic().requests(Status.BAD_REQUEST))
                .isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {":method", ":scheme", ":path"})
    void aRequestWithoutAPartIsMalformed(String missing) throws Exception {
        EchoServer server = vertx.start(CONFIG);
        List<String> fields = new ArrayList<>(List.of(request("GET", "/")));
        int at = fields.indexOf(missing);
        fields.subList(at, at + 2).clear();
        assertRefused(server, fields.toArray(String[]::new));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ":path=/a b",
                ":path=/a HTTP/2.0\r\nhost: b",
                ":path=http://b/",
                ":path=a",
                ":path=",
                ":method=GET /b HTTP/2.0\r\nx: y\r\n",
                ":method=",
                ":authority=a\r\nx: y",
                "x=a\r\ny: b",
                "x=a\nb",
                "x=a\0b",
                "x\r\ny=z",
                "x y=z",
                "x:=z",
                "X=upper",
                "connection=close",
                "transfer-encoding=chunked",
                "host=other",
                ":unknown=x"
            })
    void whatWouldBeReadAsAnotherRequestIsRefused(String field) throws Exception {
        EchoServer server = vertx.start(CONFIG);
        List<String> fields = new ArrayList<>(List.of(request("GET", "/")));
        int equals = field.indexOf('=');
        int at = fields.indexOf(field.substring(0, equals));
        if (at >= 0) {
            fields.set(at + 1, field.substring(equals + 1));
        } else {
            fields.add(field.substring(0, equals));
            fields.add(field.substring(equals + 1));
        }
        assertRefused(server, fields.toArray(String[]::new));
    }

    /** By a 400, or by a reset as Netty does it; and the connection goes on. */
    private static void assertRefused(EchoServer server, String... fields) throws IOException {
        try (RawHttp2 client = client(server)) {
            client.ask(1, true, fields);
            try {
                RawHttp2.Answer answer = client.answer(1);
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.body()).startsWith("400 Bad Request: ").doesNotContain("Path=");
            } catch (IOException reset) {
                assertThat(reset).hasMessage("reset with " + RawHttp2.PROTOCOL_ERROR);
            }
            assertThat(client.get(3, "/3").answer(3).body()).isEqualTo(line("/3"));
        }
    }

    @Test
    void aHostThatRepeatsTheAuthorityIsTaken() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = client(server)) {
            client.ask(1, true, request("GET", "/1", "host", "a"));
            assertThat(client.answer(1).body()).isEqualTo(line("/1"));
            client.ask(3, true, ":method", "GET", ":scheme", "http", ":path", "/3", "host", "a");
            assertThat(client.answer(3).body()).isEqualTo(line("/3"));
            client.ask(5, true, ":method", "GET", ":scheme", "http", ":path", "/5");
            assertThat(client.answer(5).status()).isEqualTo(400);
            client.ask(7, true, ":method", "CONNECT", ":authority", "a:443");
            assertThat(client.answer(7).status()).isEqualTo(405);
        }
    }

    @Test
    void whoSpeaksHttp1HereIsCutOff() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawClient client = new RawClient(server.h2cPort().orElseThrow())) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.awaitEnd()).doesNotContain("Path=");
        }
    }

    // -- limits

    @Test
    void moreStreamsThanMayBeAreRefused() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = client(server)) {
            client.await(RawHttp2.SETTINGS);
            client.send(RawHttp2.SETTINGS, RawHttp2.ACK, 0, new byte[0]);
            for (int i = 0; i < 101; i++) {
                client.get(2 * i + 1, "/?kube-echo.delay=5s");
            }
            RawHttp2.Frame refused = client.await(RawHttp2.RST_STREAM);
            assertThat(refused.stream()).isEqualTo(201);
            assertThat(refused.error()).isEqualTo(RawHttp2.REFUSED_STREAM);
        }
    }

    /** CVE-2023-44487. */
    @Test
    void rapidResetIsCutOff() throws Exception {
        EchoServer server = start(ConnectionLimits.defaults().withRequests(1_000_000));
        try (RawHttp2 client = client(server)) {
            byte[] cancel = {0, 0, 0, RawHttp2.CANCEL};
            for (int i = 0; i < 1000; i++) {
                client.get(2 * i + 1, "/?kube-echo.delay=1s").send(RawHttp2.RST_STREAM, 0, 2 * i + 1, cancel);
            }
            assertCalmed(client);
        } catch (java.net.SocketException cutOff) {
            // before all could be sent
        }
        Await.until(() -> server.h2c().orElseThrow().traffic().connectionsOpen() == 0);
        long requests = server.h2c().orElseThrow().traffic().requests(Status.OK);
        assertThat(requests).isBetween(1L, 250L);
    }

    @Test
    void aFloodOfContinuationsIsCutOff() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = client(server)) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.fields(request("GET", "/")));
            for (int i = 0; i < 1000; i++) {
                client.send(RawHttp2.CONTINUATION, 0, 1, new byte[0]);
            }
            assertCalmed(client);
        } catch (java.net.SocketException cutOff) {
            // before all could be sent
        }
        assertClosed(server);
    }

    @Test
    void aHeadWithoutEndIsCutOff() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        byte[] field = RawHttp2.fields("x", "y".repeat(16_000));
        try (RawHttp2 client = client(server)) {
            client.send(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.fields(request("GET", "/")));
            for (int i = 0; i < 1000; i++) {
                client.send(RawHttp2.CONTINUATION, 0, 1, field);
            }
            client.awaitEnd();
        } catch (java.net.SocketException cutOff) {
            // before all could be sent
        }
        assertClosed(server);
    }

    @Test
    void aFloodOfEmptyDataIsCutOff() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = client(server)) {
            client.ask(1, false, request("POST", "/"));
            for (int i = 0; i < 1000; i++) {
                client.send(RawHttp2.DATA, 0, 1, new byte[0]);
            }
            assertCalmed(client);
        } catch (java.net.SocketException cutOff) {
            // before all could be sent
        }
        assertClosed(server);
    }

    @ParameterizedTest
    @ValueSource(ints = {RawHttp2.PING, RawHttp2.SETTINGS})
    void aFloodThatWantsAnswersNobodyReadsTakesNoMemory(int type) throws Exception {
        EchoServer server = start(ConnectionLimits.defaults().withSend(Duration.ofSeconds(2)));
        byte[] frame = RawHttp2.frame(type, 0, 0, type == RawHttp2.PING ? new byte[8] : new byte[0]);
        java.io.ByteArrayOutputStream many = new java.io.ByteArrayOutputStream();
        for (int i = 0; i < 10_000; i++) {
            many.writeBytes(frame);
        }
        try (RawHttp2 client = client(server)) {
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < 20_000; i++) {
                        client.sendBytes(many.toByteArray());
                    }
                } catch (IOException cutOff) {
                    // as it has to be
                }
            });
            sender.start();
            sender.join(40_000);
            assertThat(sender.isAlive()).as("it still sends").isFalse();
            assertClosed(server);
        }
    }

    private static void assertCalmed(RawHttp2 client) throws IOException {
        for (RawHttp2.Frame frame : client.awaitEnd()) {
            if (frame.type() == RawHttp2.GOAWAY) {
                assertThat(frame.error()).isEqualTo(RawHttp2.ENHANCE_YOUR_CALM);
            }
        }
    }

    private static void assertClosed(EchoServer server) throws InterruptedException {
        var traffic = server.h2c().orElseThrow().traffic();
        Await.until(() -> traffic.connectionsAccepted() == 1 && traffic.connectionsOpen() == 0);
        assertThat(traffic.connectionsOpen()).isZero();
    }

    @Test
    void bodiesThatNobodyTakesTakeNoMemoryAndAreCutOff() throws Exception {
        EchoServer server = start(
                ConnectionLimits.defaults().withSend(Duration.ofSeconds(3)).withRequests(100_000));
        long before = PlatformDependent.usedDirectMemory();
        assumeTrue(before >= 0, "this JVM does not let Netty count its direct memory");
        List<RawHttp2> clients = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            // half of them have no window at all, the others one that holds everything and a socket that they do not
            // read
            RawHttp2 client = client(server, i % 2 == 0 ? "000400000000" : "00047fffffff");
            if (i % 2 == 1) {
                client.send(RawHttp2.WINDOW_UPDATE, 0, 0, new byte[] {0x7f, 0, 0, 0});
            }
            for (int j = 0; j < 90; j++) {
                client.get(2 * j + 1, "/?kube-echo.size=1MiB");
            }
            clients.add(client);
        }
        try (RawHttp2 other = client(server)) {
            assertThat(other.get(1, "/other").answer(1).body()).isEqualTo(line("/other"));
        }
        // 1800 MiB were asked for
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(64L << 20);
        var traffic = server.h2c().orElseThrow().traffic();
        Await.until(() -> traffic.connectionsOpen() <= 10);
        // who has no window is not cut off as a whole, but each of its streams is
        RawHttp2.Frame reset = clients.get(0).await(RawHttp2.RST_STREAM);
        assertThat(reset.error()).isEqualTo(RawHttp2.CANCEL);
        for (RawHttp2 client : clients) {
            client.close();
        }
    }

    @Test
    void answersThatHaveToWaitAreFewAndFurtherRequestsMayBeSentAgain() throws Exception {
        EchoServer server = start(ConnectionLimits.defaults().withRequests(100_000));
        try (RawHttp2 client = client(server, "000400000000")) {
            for (int i = 0; i < 100; i++) {
                client.get(2 * i + 1, "/" + "a".repeat(8000));
            }
            RawHttp2.Frame refused = client.await(RawHttp2.RST_STREAM);
            assertThat(refused.error()).isEqualTo(RawHttp2.REFUSED_STREAM);
            assertThat(refused.stream()).isBetween(60, 180);
        }
    }

    @Test
    void slowClientsAreCutOff() throws Exception {
        Duration shortly = Duration.ofMillis(600);
        EchoServer server = start(ConnectionLimits.defaults()
                .withHead(shortly)
                .withKeepAlive(shortly)
                .withBody(shortly, Duration.ofSeconds(1)));
        try (RawClient silent = new RawClient(server.h2cPort().orElseThrow());
                RawHttp2 idle = client(server).get(1, "/1");
                RawHttp2 pinging = client(server).get(1, "/1");
                RawHttp2 inHead = client(server);
                RawHttp2 inBody = client(server)) {
            inHead.send(RawHttp2.HEADERS, RawHttp2.END_STREAM, 1, RawHttp2.fields(request("GET", "/")));
            inBody.ask(1, false, request("POST", "/body", "content-length", "5"));
            silent.awaitEnd();
            Thread pings = new Thread(() -> {
                try {
                    while (true) {
                        pinging.send(RawHttp2.PING, 0, 0, new byte[8]);
                        Thread.sleep(50);
                    }
                } catch (IOException | InterruptedException cutOff) {
                    // as it has to be
                }
            });
            pings.start();
            assertThat(idle.awaitEnd()).anyMatch(frame -> frame.type() == RawHttp2.GOAWAY);
            pinging.awaitEnd();
            inHead.awaitEnd();
            pings.interrupt();
            // answered, and the rest is not waited for
            assertThat(inBody.answer(1).body()).isEqualTo(line("/body"));
            assertThat(inBody.await(RawHttp2.RST_STREAM).error()).isEqualTo(RawHttp2.NO_ERROR);
        }
    }

    // -- the end

    @Test
    void drainingSaysGoodbyeAndFinishesWhatIsUnderWay() throws Exception {
        EchoServer server = vertx.start(CONFIG.withDrain(Duration.ZERO, Duration.ofSeconds(20)));
        try (RawHttp2 idle = client(server).get(1, "/1");
                RawHttp2 slow = client(server);
                RawHttp2 inBody = client(server)) {
            idle.answer(1);
            slow.get(1, "/slow?kube-echo.delay=700ms").get(3, "/3").answer(3);
            inBody.ask(1, false, request("POST", "/body")).get(3, "/3").answer(3);
            Future<Void> drained = server.drain();
            assertThat(idle.awaitEnd()).anyMatch(frame -> frame.type() == RawHttp2.GOAWAY && frame.error() == 0);
            assertThat(slow.await(RawHttp2.GOAWAY).lastStream()).isEqualTo(3);
            assertThat(slow.answer(1).body()).startsWith("Host=a  Path=/slow");
            slow.awaitEnd();
            assertThat(drained.isComplete()).isFalse();
            inBody.send(RawHttp2.DATA, RawHttp2.END_STREAM, 1, new byte[5]);
            assertThat(inBody.answer(1).body()).isEqualTo(line("/body"));
            Await.result(drained);
        }
    }

    @Test
    void stoppingLetsTheNextAnswerBeTheLast() throws Exception {
        EchoServer server = vertx.start(CONFIG.withDrain(Duration.ofSeconds(1), Duration.ofSeconds(5)));
        try (RawHttp2 client = client(server).get(1, "/1")) {
            client.answer(1);
            Future<Void> stopped = server.stop();
            try (RawHttp2 late = client(server)) {
                late.get(1, "/late");
                assertThat(late.awaitEnd()).anyMatch(frame -> frame.type() == RawHttp2.GOAWAY);
            }
            assertThat(client.get(3, "/3").awaitEnd())
                    .anyMatch(frame -> frame.stream() == 3 && frame.endsStream())
                    .anyMatch(frame -> frame.type() == RawHttp2.GOAWAY && frame.lastStream() == 3);
            Await.result(stopped);
        }
    }

    @Test
    void connectionsBeyondTheCapAreClosed() throws Exception {
        EchoServer server = start(ConnectionLimits.defaults().withConnections(1));
        try (RawHttp2 first = client(server).get(1, "/1")) {
            first.answer(1);
            try (RawClient refused = new RawClient(server.h2cPort().orElseThrow())) {
                assertThat(refused.awaitEnd()).isEmpty();
            } catch (java.net.SocketException reset) {
                // as it may be closed
            }
            assertThat(first.get(3, "/3").answer(3).body()).isEqualTo(line("/3"));
        }
    }

    /** RFC 9110 section 10.1.1: who has been asked for it says 100, or the client may wait for ever with its body. */
    @Test
    void whoWaitsForLeaveToSendABodyGetsIt() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawHttp2 client = new RawHttp2(server.h2cPort().orElseThrow())) {
            client.ask(1, false, RawHttp2.request("POST", "/leave", "expect", "100-continue", "content-length", "4"));
            RawHttp2.Frame leave = client.await(RawHttp2.HEADERS);
            assertThat(leave.endsStream()).isFalse();
            assertThat(client.head(1).status()).hasToString("100");
            client.send(
                    RawHttp2.DATA, RawHttp2.END_STREAM, 1, "body".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(client.answer(1).status()).isEqualTo(200);
            assertThat(client.answer(1).body()).contains("Path=/leave ");

            // without a body to come there is nothing to wait for
            client.ask(3, true, RawHttp2.request("GET", "/none", "expect", "100-continue"));
            client.await(RawHttp2.HEADERS);
            assertThat(client.head(3).status()).hasToString("200");
        }
    }
}
