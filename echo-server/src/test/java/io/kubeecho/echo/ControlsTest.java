package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.control.Caps;
import io.kubeecho.echo.control.ControlSettings;
import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.Status;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What requests can ask for, over real sockets. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // HTTP ends its lines with CR LF
class ControlsTest {

    private static final EchoConfig EMBEDDED = EchoConfig.embedded("127.0.0.1", "pod-1");
    private static final Pattern DATE = Pattern.compile("Date: [^\r]*");

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private static String get(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String last(String target) {
        return "GET " + target + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    }

    private static String answer(EchoServer server, String request) throws IOException {
        try (RawClient client = new RawClient(server.port())) {
            return DATE.matcher(client.send(request).awaitEnd()).replaceAll("Date: …");
        }
    }

    private static String head(String answer) {
        return answer.substring(0, answer.indexOf("\r\n\r\n") + 4);
    }

    private static String body(String answer) {
        return answer.substring(answer.indexOf("\r\n\r\n") + 4);
    }

    private static Duration since(long nanoTime) {
        return Duration.ofNanos(System.nanoTime() - nanoTime);
    }

    private static ControlSettings standing(String controls) {
        return ControlSettings.defaults().withStanding(controls);
    }

    @Test
    void statusComesWithTheEcho() throws Exception {
        assertThat(answer(vertx.start(), last("/x?kube-echo.status=503")))
                .isEqualTo("HTTP/1.1 503 Service Unavailable\r\nServer: kube-echo\r\nDate: …\r\n"
                        + "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n"
                        + "Content-Length: 75\r\nConnection: close\r\n\r\n"
                        + "Host=a  Path=/x?kube-echo.status=503  From=pod-1  ClientIP=127.0.0.1  XFF=\n");
    }

    @Test
    void headersAskAsQueriesDoAndTheEchoIsAsWithoutThem() throws Exception {
        EchoServer server = vertx.start();
        String plain = answer(server, last("/x"));
        String asked = answer(
                server,
                "GET /x HTTP/1.1\r\nHost: a\r\nkube-echo-status: 200\r\nKube-Echo-Chunked:  off \r\nConnection:"
                        + " close\r\n\r\n");

        assertThat(asked).isEqualTo(plain);
    }

    @ParameterizedTest
    @CsvSource({"204,''", "304,''", "205,Content-Length: 0"})
    void statusesWithoutABodyHaveNone(int status, String length) throws Exception {
        EchoServer server = vertx.start();
        try (RawClient client = new RawClient(server.port())) {
            client.send(get("/?kube-echo.status=" + status) + last("/next"));
            String answers = client.awaitEnd();
            assertThat(answers).startsWith("HTTP/1.1 " + status + " ");
            String first = answers.substring(0, answers.indexOf("HTTP/1.1 200"));
            assertThat(first).endsWith("\r\n\r\n");
            if (length.isEmpty()) {
                assertThat(first).doesNotContain("Content-Length");
            } else {
                assertThat(first).contains(length);
            }
        }
    }

    @Test
    void delayKeepsTheAnswerAndThoseBehindItInOrder() throws Exception {
        EchoServer server = vertx.start();
        long begin = System.nanoTime();
        try (RawClient client = new RawClient(server.port())) {
            client.send(get("/1") + get("/2?kube-echo.delay=600ms") + last("/3"));
            client.awaitText("Path=/1 ");
            assertThat(client.awaitEnd()).containsSubsequence("Path=/1 ", "Path=/2?kube-echo.delay=600ms ", "Path=/3 ");
        }
        assertThat(since(begin)).isGreaterThanOrEqualTo(Duration.ofMillis(600));
        assertThat(server.traffic().requests(Status.OK)).isEqualTo(3);
    }

    @Test
    void othersAreServedMeanwhile() throws Exception {
        EchoServer server = vertx.start();
        try (RawClient delayed = new RawClient(server.port()).send(get("/late?kube-echo.delay=10s"));
                RawClient other = new RawClient(server.port())) {
            other.get("/now");
            assertThat(delayed.isQuietFor(50)).isTrue();
        }
    }

    @Test
    void aBodyThatComesDuringTheDelayIsReadOver() throws Exception {
        EchoServer server = vertx.start();
        try (RawClient client = new RawClient(server.port())) {
            client.send("POST /1?kube-echo.delay=200ms HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
            client.send("x".repeat(200_000) + last("/2"));
            assertThat(client.awaitEnd()).containsSubsequence("Path=/1?", "Path=/2 ");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10, 64, 500, 16_384, 16_385, 1_048_576})
    void sizeIsExact(int size) throws Exception {
        String answer = answer(vertx.start(), last("/?kube-echo.size=" + size));

        assertThat(head(answer)).contains("\r\nContent-Length: " + size + "\r\n");
        assertThat(body(answer)).hasSize(size);
        String line = "Host=a  Path=/?kube-echo.size=" + size + "  From=pod-1  ClientIP=127.0.0.1  XFF=\n";
        assertThat(body(answer)).startsWith(line.substring(0, Math.min(size, line.length())));
        assertThat(body(answer).substring(Math.min(size, line.length()))).matches("[.\n]*");
    }

    @Test
    void jsonOfASizeIsStillJson() throws Exception {
        EchoServer server = vertx.start();
        String body = body(answer(server, last("/?kube-echo.size=4KiB&kube-echo.format=json")));
        assertThat(body).hasSize(4096);
        assertThat(new io.vertx.core.json.JsonObject(body).getJsonObject("request"))
                .isNotEmpty();
        assertThat(answer(server, last("/?kube-echo.size=10&kube-echo.format=json")))
                .startsWith("HTTP/1.1 400 ")
                .contains("400 Bad Request: kube-echo.size is less than the JSON has, which is ");
    }

    @Test
    void chunksAddUp() throws Exception {
        EchoServer server = vertx.start();
        for (String size : new String[] {"1", "500", "100000"}) {
            String answer = answer(server, last("/?kube-echo.chunked=on&kube-echo.size=" + size));
            assertThat(head(answer))
                    .contains("\r\nTransfer-Encoding: chunked\r\n")
                    .doesNotContain("Content-Length");
            assertThat(unchunked(body(answer))).hasSize(Integer.parseInt(size));
        }
        assertThat(body(answer(server, last("/?kube-echo.chunked=on&kube-echo.size=0"))))
                .isEqualTo("0\r\n\r\n");
        assertThat(answer(server, "GET /?kube-echo.chunked=on HTTP/1.0\r\n\r\n"))
                .contains("\r\nContent-Length: ")
                .doesNotContain("chunked\r\n");
    }

    private static String unchunked(String body) {
        StringBuilder data = new StringBuilder();
        int at = 0;
        while (true) {
            int lineEnd = body.indexOf("\r\n", at);
            int size = Integer.parseInt(body.substring(at, lineEnd), 16);
            data.append(body, lineEnd + 2, lineEnd + 2 + size);
            at = lineEnd + 2 + size + 2;
            assertThat(body.substring(at - 2, at)).isEqualTo("\r\n");
            if (size == 0) {
                assertThat(body).hasSize(at);
                return data.toString();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "&kube-echo.chunked=on"})
    void aSlowBodyTakesItsTime(String more) throws Exception {
        EchoServer server = vertx.start();
        long begin = System.nanoTime();
        String body = body(answer(server, last("/?kube-echo.body-time=800ms" + more)));

        assertThat(since(begin)).isGreaterThanOrEqualTo(Duration.ofMillis(800));
        assertThat(more.isEmpty() ? body : unchunked(body)).endsWith("  XFF=\n");
    }

    @Test
    void aSlowBodyBeginsAtOnce() throws Exception {
        EchoServer server = vertx.start();
        long begin = System.nanoTime();
        try (RawClient client = new RawClient(server.port())) {
            client.send(last("/?kube-echo.body-time=10s")).awaitText("\r\n\r\nHo");
        }
        assertThat(since(begin)).isLessThan(Duration.ofSeconds(9));
    }

    @Test
    void fieldsAreAnsweredInTheirOrder() throws Exception {
        String answer = answer(
                vertx.start(),
                "GET /?kube-echo.header=X-A:+1&kube-echo.header=x-b:%E4 HTTP/1.1\r\nHost: a\r\n"
                        + "Kube-Echo-Header: Set-Cookie: pod=1\r\nConnection: close\r\n\r\n");

        assertThat(head(answer)).contains("\r\nX-A: 1\r\nx-b: \u00e4\r\nSet-Cookie: pod=1\r\n");
    }

    @Test
    void closeEndsTheConnection() throws Exception {
        assertThat(answer(vertx.start(), get("/?kube-echo.close=on") + get("/2")))
                .contains("\r\nConnection: close\r\n")
                .doesNotContain("Path=/2");
    }

    @Test
    void aHeadHasTheHeadOnly() throws Exception {
        EchoServer server = vertx.start();
        String answer = answer(
                server,
                "HEAD /?kube-echo.size=500&kube-echo.delay=1ms HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(answer).contains("\r\nContent-Length: 500\r\n").endsWith("\r\n\r\n");
        assertThat(answer(server, "HEAD /?kube-echo.chunked=on HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"))
                .contains("\r\nTransfer-Encoding: chunked\r\n")
                .endsWith("\r\n\r\n");
    }

    @Test
    void aResetIsAReset() throws Exception {
        EchoServer server = vertx.start();
        try (RawClient client = new RawClient(server.port())) {
            client.get("/1").send(get("/?kube-echo.fault=reset"));
            assertThatThrownBy(client::awaitEnd)
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
        assertThat(server.traffic().requests(Status.CUT_OFF)).isEqualTo(1);
    }

    @Test
    void aCloseIsAnEndWithoutAnAnswer() throws Exception {
        EchoServer server = vertx.start();
        assertThat(answer(server, get("/?kube-echo.fault=close"))).isEmpty();
        assertThat(answer(server, get("/1") + get("/?kube-echo.fault=close&kube-echo.delay=50ms") + get("/2")))
                .contains("Path=/1 ")
                .doesNotContain("Path=/2 ");
    }

    @Test
    void theFirstRequestsOfAKeyFailOverAllConnections() throws Exception {
        EchoServer server = vertx.start(EMBEDDED.withEventLoops(2));
        String request = last("/?kube-echo.fail-first=2&kube-echo.key=k&kube-echo.fault=500");
        assertThat(answer(server, request))
                .startsWith("HTTP/1.1 500 Internal Server Error\r\n")
                .contains("\r\nKube-Echo-Fault: 500\r\n", "From=pod-1");
        assertThat(answer(server, request)).startsWith("HTTP/1.1 500 ");
        assertThat(answer(server, request)).startsWith("HTTP/1.1 200 ").doesNotContain("Kube-Echo-Fault");
        assertThat(answer(server, request)).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aRateOfFaultsFollowsFromItsSeed() throws Exception {
        assertThat(statuses("r1")).isEqualTo(statuses("r2")).contains("503", "200");
    }

    private String statuses(String key) throws Exception {
        EchoServer server = vertx.start();
        StringBuilder statuses = new StringBuilder();
        try (RawClient client = new RawClient(server.port())) {
            client.send(get("/?kube-echo.fault-rate=0.5&kube-echo.seed=3&kube-echo.key=k")
                            .repeat(40)
                    + last("/"));
            var status = Pattern.compile("HTTP/1.1 (\\d{3}) ").matcher(client.awaitEnd());
            while (status.find()) {
                statuses.append(status.group(1)).append(' ');
            }
        }
        assertThat(statuses.toString().split(" ", -1)).as(key).hasSize(42);
        return statuses.toString();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kube-echo.delay=11s|kube-echo.delay is at most 10s here",
                "kube-echo.size=2MiB|kube-echo.size is at most 1MiB here",
                "kube-echo.status=99|kube-echo.status is not 200 to 599",
                "kube-echo.key=%zz|a control in the query has a bad percent-encoding",
                "kube-echo.header=X-A:%0d%0aX-B:1|kube-echo.header has a character that no header field may have",
                "kube-echo.header=Content-Type:text/html|kube-echo.header sets a field that this server sets itself",
            })
    void aWrongValueIsRefusedInOneClearLineAndTheConnectionGoesOn(String query, String sentence) throws Exception {
        EchoServer server = vertx.start();
        String answers = answer(server, get("/<script>?" + query) + last("/next"));

        assertThat(answers)
                .startsWith("HTTP/1.1 400 Bad Request\r\nServer: kube-echo\r\nDate: …\r\n"
                        + "Content-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\n")
                .contains("\r\n\r\n400 Bad Request: " + sentence + "\n")
                .contains("Path=/next ")
                .doesNotContain("<script>");
    }

    @Test
    void whatIsGivenByHeaderAndQueryIsRefusedToo() throws Exception {
        assertThat(answer(
                        vertx.start(),
                        "GET /?kube-echo.status=200 HTTP/1.1\r\nHost: a\r\nKube-Echo-Status: 200\r\n"
                                + "Connection: close\r\n\r\n"))
                .contains("400 Bad Request: Kube-Echo-Status is given twice\n");
    }

    @Test
    void oneSettingTurnsThemAllOff() throws Exception {
        EchoServer on = vertx.start();
        EchoServer off =
                vertx.start(EMBEDDED.withControls(ControlSettings.defaults().withByRequest(false)));
        String request = "GET /?kube-echo.status=nonsense&kube-echo.fault=reset HTTP/1.1\r\nHost: a\r\n"
                + "Accept: application/json\r\nKube-Echo-Delay: 9s\r\nConnection: close\r\n\r\n";

        assertThat(body(answer(off, request)))
                .isEqualTo("Host=a  Path=/?kube-echo.status=nonsense&kube-echo.fault=reset  From=pod-1"
                        + "  ClientIP=127.0.0.1  XFF=\n");
        assertThat(head(answer(off, last("/")))).isEqualTo(head(answer(on, last("/"))));
    }

    @Test
    void theServerCanAskOfItselfAndARequestForSomethingElse() throws Exception {
        EchoServer server = vertx.start(EMBEDDED.withControls(standing("status=418&header=X-From-Server: 1")));

        assertThat(answer(server, last("/")))
                .startsWith("HTTP/1.1 418 ")
                .contains("\r\nX-From-Server: 1\r\n", "Path=/ ");
        assertThat(answer(server, last("/?kube-echo.status=200"))).startsWith("HTTP/1.1 200 ");
        EchoServer alone =
                vertx.start(EMBEDDED.withControls(standing("status=418").withByRequest(false)));
        assertThat(answer(alone, last("/?kube-echo.status=200"))).startsWith("HTTP/1.1 418 ");
    }

    @Test
    void capsAreTheOperators() throws Exception {
        Caps wide = new Caps(Duration.ofMinutes(2), 3 << 20);
        EchoServer server =
                vertx.start(EMBEDDED.withControls(ControlSettings.defaults().withCaps(wide)));
        assertThat(body(answer(server, last("/?kube-echo.size=3MiB")))).hasSize(3 << 20);
        assertThat(answer(server, last("/?kube-echo.size=4MiB"))).contains("kube-echo.size is at most 3MiB here");
        assertThat(answer(server, last("/?kube-echo.delay=121s"))).contains("kube-echo.delay is at most 120s here");
    }

    @Test
    void conditionsAreForWhatWouldBeASuccess() throws Exception {
        EchoServer server = vertx.start();
        String conditional = " HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\nConnection: close\r\n\r\n";
        assertThat(answer(server, "GET /?kube-echo.size=1" + conditional)).startsWith("HTTP/1.1 304 ");
        assertThat(answer(server, "GET /?kube-echo.status=500" + conditional)).startsWith("HTTP/1.1 500 ");
    }

    @Test
    void aClientThatDoesNotReadALargeBodyIsWaitedForAndThenCutOff() throws Exception {
        ConnectionLimits limits = ConnectionLimits.defaults().withSend(Duration.ofMillis(700));
        Caps caps = Caps.defaults().withSize(256 << 20);
        EchoServer server = vertx.start(EMBEDDED.withLimits(limits)
                .withControls(ControlSettings.defaults().withCaps(caps)));
        try (RawClient client = new RawClient(server.port())) {
            client.send(get("/?kube-echo.size=256MiB"));
            awaitClosed(server);
            assertThatThrownBy(() -> {
                        if (client.awaitEnd().length() < 256 << 20) {
                            throw new IOException("cut off");
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    private static void awaitClosed(EchoServer server) throws InterruptedException {
        while (server.traffic().connectionsAccepted() == 0 || server.traffic().connectionsOpen() > 0) {
            Thread.sleep(20);
        }
    }

    @Test
    void manyLargeBodiesTakeNoMemoryWhileNobodyReads() throws Exception {
        EchoServer server = vertx.start();
        long before = PlatformDependent.usedDirectMemory();
        assumeTrue(before >= 0, "this JVM does not let Netty count its direct memory");
        RawClient[] clients = new RawClient[100];
        for (int i = 0; i < clients.length; i++) {
            clients[i] = new RawClient(server.port());
            clients[i].socket().setReceiveBufferSize(4096);
            clients[i].send(get("/?kube-echo.size=1MiB").repeat(10));
        }
        try (RawClient other = new RawClient(server.port())) {
            other.get("/");
        }
        Thread.sleep(300);
        // 1000 MiB were asked for; what is kept is bounded by the water marks of 100 connections
        assertThat(PlatformDependent.usedDirectMemory() - before).isLessThan(100L << 20);
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void drainingLetsADelayedAnswerFinish() throws Exception {
        EchoServer server = vertx.start(EMBEDDED.withDrain(Duration.ZERO, Duration.ofSeconds(20)));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/1").send(get("/2?kube-echo.delay=700ms"));
            try (RawClient later = new RawClient(server.port())) {
                later.get("/later");
            }
            Future<Void> drained = server.drain();
            assertThat(client.awaitEnd()).contains("Path=/2?");
            Await.result(drained);
        }
    }

    @Test
    void connectionsBeyondTheCapAreClosed() throws Exception {
        EchoServer server = vertx.start(EMBEDDED.withEventLoops(2)
                .withLimits(ConnectionLimits.defaults().withConnections(3)));
        RawClient[] open = new RawClient[3];
        for (int i = 0; i < open.length; i++) {
            open[i] = new RawClient(server.port()).get("/" + i);
        }
        try (RawClient refused = new RawClient(server.port())) {
            assertThat(endOf(refused)).isEmpty();
        }
        assertThat(server.traffic().connectionsRefused()).isEqualTo(1);
        open[0].get("/still");
        open[1].close();
        while (server.traffic().connectionsOpen() > 2) {
            Thread.sleep(20);
        }
        Thread.sleep(50);
        try (RawClient again = new RawClient(server.port())) {
            again.get("/again");
        }
        open[0].close();
        open[2].close();
    }

    /** What came before a connection ended, by whichever means. */
    private static String endOf(RawClient client) {
        try {
            return client.awaitEnd();
        } catch (SocketException reset) {
            return client.received();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
