package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.http.Resources;
import io.kubeecho.echo.log.ErrorLog;
import io.kubeecho.echo.log.Mishaps;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever fails while a client is being answered, nobody gets a byte of another's answer: each allocation of each kind of
 * exchange is made to fail, one after another, on the one event loop that others are served by too.
 */
@Timeout(240)
@SuppressWarnings("StringConcatToTextBlock") // HTTP ends its lines with CR LF
@Execution(ExecutionMode.CONCURRENT) // most of its time it waits for what must not come
@Tag("long")
class AnswersDoNotCrossTest {

    private static final int MOST_ALLOCATIONS = 400;
    private static final int SILENCE_MILLIS = 3000;
    private static final int PATIENCE_MILLIS = 10_000;

    @TempDir
    static Path folder;

    private static TestCertificate certificate;

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.make(folder, "server");
    }

    /** What a client does: how it connects, what it sends, each when the answers so far are there, and how many it gets. */
    private record Exchange(
            String name, Function<EchoServer, Integer> port, String alpn, List<String> sends, int answers, int pause) {

        /** What {@code path} stands for in what is sent, and in the answers. */
        private static final String PATH = "PATH";

        static Exchange http(String name, int answers, String... sends) {
            return new Exchange(name, EchoServer::port, "", List.of(sends), answers, 0);
        }

        Exchange on(Function<EchoServer, Integer> otherPort, String protocol) {
            return new Exchange(name + " " + protocol, otherPort, protocol, sends, answers, pause);
        }

        Exchange notReading(int millis) {
            return new Exchange(name, port, alpn, sends, answers, millis);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    private static String get(String query) {
        return "GET /PATH" + query + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String http2(String... queries) {
        StringBuilder all = new StringBuilder("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                .append(text(RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, new byte[0])));
        int stream = 1;
        for (String query : queries) {
            // four letters in the place of PATH, since the lengths of fields are sent before them
            byte[] block = RawHttp2.fields(RawHttp2.request("GET", "/PATH" + query));
            all.append(
                    text(RawHttp2.frame(RawHttp2.HEADERS, RawHttp2.END_HEADERS | RawHttp2.END_STREAM, stream, block)));
            stream += 2;
        }
        return all.toString();
    }

    private static Stream<Exchange> exchanges() {
        Exchange keepAlive = Exchange.http("keep-alive", 3, get(""), get(""), get(""));
        Exchange pipelined = Exchange.http("pipelined", 200, get("").repeat(200));
        Exchange body = Exchange.http(
                "bodies",
                3,
                "POST /PATH HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
                "hello" + "POST /PATH HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                "5\r\nhello\r\n0\r\n\r\n" + get(""));
        Exchange paced = Exchange.http(
                "delayed, large and JSON",
                4,
                get("?kube-echo.delay=5ms"),
                get("?kube-echo.size=40000"),
                get("?kube-echo.format=json") + get("?kube-echo.body-time=20ms"));
        Exchange unread = Exchange.http(
                        "not read", 100, get("?kube-echo.size=16000").repeat(100))
                .notReading(30);
        Exchange http2 = Exchange.http(
                "HTTP/2", 5, http2("", "?kube-echo.delay=5ms", "?kube-echo.size=40000", "?kube-echo.format=json", ""));
        return Stream.of(
                keepAlive,
                pipelined,
                body,
                paced,
                unread,
                Exchange.http("PROXY", 2, "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + get(""), get(""))
                        .on(server -> server.proxyPort().orElseThrow(), ""),
                keepAlive.on(server -> server.tlsPort().orElseThrow(), "http/1.1"),
                paced.on(server -> server.tlsPort().orElseThrow(), "http/1.1"),
                http2.on(server -> server.tlsPort().orElseThrow(), "h2"),
                http2.on(server -> server.h2cPort().orElseThrow(), ""),
                Exchange.http("lines", 6, "PATH\n", "PATH\nPATH\n", "PATH\nPATH\nPATH\n")
                        .on(server -> server.tcpPort().orElseThrow(), ""));
    }

    private static Stream<Arguments> failures() {
        return exchanges()
                .flatMap(exchange -> Stream.of(
                        Arguments.of(
                                exchange,
                                "one OutOfMemoryError",
                                (Supplier<Throwable>) () -> new OutOfMemoryError("test"),
                                false),
                        Arguments.of(
                                exchange,
                                "OutOfMemoryErrors",
                                (Supplier<Throwable>) () -> new OutOfMemoryError("test"),
                                true),
                        Arguments.of(
                                exchange,
                                "one RuntimeException",
                                (Supplier<Throwable>) () -> new IllegalStateException("test"),
                                false)));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("failures")
    void whateverFailsNobodyGetsAnothersAnswer(
            Exchange exchange, String kind, Supplier<Throwable> failure, boolean andAllAfterIt) throws Exception {
        FailingAllocator allocator = new FailingAllocator();
        Mishaps mishaps = new Mishaps(new ErrorLog(line -> {}));
        ByteBudget budget = ByteBudget.unlimited();
        EchoServer server = vertx.start(
                EchoConfig.embedded("127.0.0.1", "pod-1")
                        .withTls(certificate.on(0))
                        .withH2cPort(OptionalInt.of(0))
                        .withProxyPort(OptionalInt.of(0))
                        .withTcpPort(OptionalInt.of(0)),
                new Resources(budget, mishaps, allocator));

        boolean failed = true;
        int number = 0;
        while (failed && number < MOST_ALLOCATIONS) {
            number++;
            try (Client bystander = new Client(server, exchange, "mine")) {
                bystander.awaitGreeting();
                awaitSettled(allocator, exchange.alpn().isEmpty() ? 15 : 100);
                long before = mishaps.total();
                allocator.failAt(number, failure, andAllAfterIt);
                String received;
                try (Client victim = new Client(server, exchange, "othe")) {
                    received = victim.talk();
                } finally {
                    failed = allocator.stop();
                }
                assertThat(received).as("failure %s", number).doesNotContain("mine");
                // a handshake of TLS that fails is counted as that
                if (failed && exchange.alpn().isEmpty() && count(received, "othe") < exchange.answers()) {
                    Await.until(() -> mishaps.total() > before);
                    assertThat(mishaps.total())
                            .as("counted, failure %s", number)
                            .isGreaterThan(before);
                }
                assertAnswered(bystander.talk(), exchange, number);
            }
            try (Client later = new Client(server, exchange, "mine")) {
                assertAnswered(later.talk(), exchange, number);
            }
        }
        assertThat(failed)
                .as("an exchange that comes to its end with no failure")
                .isEqualTo(number >= MOST_ALLOCATIONS);
        assertThat(number).as("allocations").isGreaterThan(2);
        Await.until(() -> budget.held() == 0);
        assertThat(budget.held()).as("held when all connections are closed").isZero();
    }

    /** Waits until what a bystander's connection begins with has been said, or that would fail too. */
    private static void awaitSettled(FailingAllocator allocator, int millis) throws InterruptedException {
        int before;
        do {
            before = allocator.allocations();
            Thread.sleep(millis);
        } while (allocator.allocations() != before);
    }

    private static void assertAnswered(String received, Exchange exchange, int number) {
        assertThat(received).as("after failure %s", number).doesNotContain("othe");
        assertThat(count(received, "mine"))
                .as("answers after failure %s", number)
                .isEqualTo(exchange.answers());
    }

    private static int count(String received, String path) {
        int count = 0;
        for (int at = received.indexOf(path); at >= 0; at = received.indexOf(path, at + 1)) {
            String before = received.substring(Math.max(0, at - 10), at);
            // a path in a line, or that of JSON
            if (before.endsWith("Path=/") || before.endsWith("Path=") || before.endsWith("\"/")) {
                count++;
            }
        }
        return count;
    }

    private static final class Client implements AutoCloseable {

        private final Exchange exchange;
        private final String path;
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        private Socket socket;

        Client(EchoServer server, Exchange exchange, String path) throws Exception {
            this.exchange = exchange;
            this.path = path;
            socket = new Socket();
            socket.setReceiveBufferSize(32 << 10);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(path.equals("mine") ? PATIENCE_MILLIS : SILENCE_MILLIS);
            socket.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), exchange.port().apply(server)));
            if (!exchange.alpn().isEmpty()) {
                SSLSocket tls =
                        (SSLSocket) certificate.client().getSocketFactory().createSocket(socket, "localhost", 1, true);
                SSLParameters parameters = tls.getSSLParameters();
                parameters.setApplicationProtocols(new String[] {exchange.alpn()});
                tls.setSSLParameters(parameters);
                socket = tls;
                if (path.equals("mine")) {
                    tls.startHandshake();
                }
            }
        }

        /** The TCP echo has the first word, and so has HTTP/2 by its SETTINGS. */
        void awaitGreeting() throws IOException {
            if (exchange.name().startsWith("HTTP/2")) {
                received.write(socket.getInputStream().read());
            } else if (exchange.name().startsWith("lines")) {
                int next = socket.getInputStream().read();
                while (next != '\n' && next >= 0) {
                    next = socket.getInputStream().read();
                }
            }
        }

        /** What it gets, up to the last answer or to the end of the connection. */
        String talk() {
            try {
                int share = exchange.answers() / exchange.sends().size();
                int sent = 0;
                for (String send : exchange.sends()) {
                    socket.getOutputStream()
                            .write(send.replace(Exchange.PATH, path).getBytes(StandardCharsets.ISO_8859_1));
                    sent++;
                    Thread.sleep(exchange.pause());
                    read(sent == exchange.sends().size() ? exchange.answers() : Math.min(1, share));
                }
            } catch (IOException | InterruptedException ended) {
                // as it may
            }
            return received.toString(StandardCharsets.ISO_8859_1);
        }

        private void read(int answers) throws IOException {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[64 << 10];
            while (!isComplete(answers)) {
                int length = in.read(buffer);
                if (length < 0) {
                    throw new IOException("ended");
                }
                received.write(buffer, 0, length);
            }
        }

        private boolean isComplete(int answers) {
            return count(received.toString(StandardCharsets.ISO_8859_1), path) >= answers;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
