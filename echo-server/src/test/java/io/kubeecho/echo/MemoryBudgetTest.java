package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However much clients have kept for them, it is no more than the budget, and others are served. */
@Timeout(120)
@SuppressWarnings("StringConcatToTextBlock") // HTTP ends its lines with CR LF
class MemoryBudgetTest {

    private static final int BUDGET = 4 << 20;
    private static final int CONNECTIONS = 1200;

    @TempDir
    static Path folder;

    private static TestCertificate certificate;

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.make(folder, "server");
    }

    @SuppressWarnings("ArrayRecordComponent") // not compared
    private record Attack(String name, Function<EchoServer, Integer> port, byte[] bytes) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] http2(String settings, byte[]... frames) {
        StringBuilder all = new StringBuilder("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
                .append(text(
                        RawHttp2.frame(RawHttp2.SETTINGS, 0, 0, HexFormat.of().parseHex(settings))));
        Stream.of(frames).map(MemoryBudgetTest::text).forEach(all::append);
        return bytes(all.toString());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] ask(int stream, String path) {
        return RawHttp2.frame(
                RawHttp2.HEADERS,
                RawHttp2.END_HEADERS | RawHttp2.END_STREAM,
                stream,
                RawHttp2.fields(RawHttp2.request("GET", path)));
    }

    private static Stream<Attack> attacks() {
        Function<EchoServer, Integer> plain = EchoServer::port;
        Function<EchoServer, Integer> h2c = server -> server.h2cPort().orElseThrow();
        Function<EchoServer, Integer> tls = server -> server.tlsPort().orElseThrow();
        String fields = ("X-Y: " + "\u00ff".repeat(7900) + "\r\n").repeat(3);
        byte[] block = Arrays.copyOf(RawHttp2.fields(RawHttp2.request("GET", "/")), 16_384);
        return Stream.of(
                new Attack(
                        "delayed JSON of large fields",
                        plain,
                        bytes("GET /?kube-echo.format=json&kube-echo.delay=10s HTTP/1.1\r\nHost: a\r\n" + fields
                                + "\r\n")),
                new Attack(
                        "HTTP/2 with a window of nothing",
                        h2c,
                        http2("000400000000", ask(1, "/" + "a".repeat(7000)), ask(3, "/" + "a".repeat(7000)))),
                new Attack(
                        "large bodies over HTTP/2 that nobody reads",
                        h2c,
                        http2("00047fffffff", ask(1, "/?kube-echo.size=1MiB"), ask(3, "/?kube-echo.size=1MiB"))),
                new Attack(
                        "large bodies that nobody reads",
                        plain,
                        bytes("GET /?kube-echo.size=1MiB HTTP/1.1\r\nHost: a\r\n\r\n")),
                new Attack(
                        "fields over HTTP/2 without end",
                        h2c,
                        http2(
                                "",
                                RawHttp2.frame(RawHttp2.HEADERS, 0, 1, block),
                                RawHttp2.frame(RawHttp2.CONTINUATION, 0, 1, block))),
                new Attack("heads without end", plain, bytes("GET / HTTP/1.1\r\nHost: a\r\n" + fields)),
                new Attack("half a ClientHello", tls, new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}),
                new Attack(
                        "bodies without end",
                        plain,
                        bytes("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n" + fields + "\r\n")),
                new Attack("connections that say nothing", plain, new byte[0]),
                new Attack("lines without end", server -> server.tcpPort().orElseThrow(), bytes("a".repeat(1000))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void whatIsHeldStaysWithinTheBudgetAndOthersAreServed(Attack attack) throws Exception {
        EchoServer server = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1")
                .withTls(certificate.on(0))
                .withH2cPort(OptionalInt.of(0))
                .withTcpPort(OptionalInt.of(0))
                .withMemoryBudget(BUDGET));
        ByteBudget budget = server.budget();
        List<Socket> attackers = new ArrayList<>();
        try (Good good = new Good(server.port())) {
            good.ask();
            long most = 0;
            for (int i = 0; i < CONNECTIONS; i++) {
                attackers.add(attacker(attack, server));
                most = Math.max(most, budget.held());
                if (i % 5 == 0) {
                    good.ask();
                }
            }
            assertThat(good.answered).as("of %s requests", good.asked).isGreaterThanOrEqualTo(good.asked * 95 / 100);
            assertThat(most).isGreaterThan(BUDGET / 8).isLessThanOrEqualTo(BUDGET);
            if (!attack.name().startsWith("bodies without")) {
                // of which nothing is kept but the connection, once it has been answered
                Await.until(() -> gaveWay(budget) > 0);
                assertThat(gaveWay(budget)).as("connections that gave way").isPositive();
            }
        } finally {
            for (Socket attacker : attackers) {
                attacker.close();
            }
        }
        Await.until(() -> budget.held() == 0);
        assertThat(budget.held()).isZero();
    }

    /** Who asks over one connection as long as it is open, and each time over another one too. */
    private static final class Good implements AutoCloseable {

        private final int port;
        private @Nullable RawClient steady;
        private int asked;
        private int answered;

        Good(int port) {
            this.port = port;
        }

        void ask() throws IOException {
            RawClient kept = steady;
            steady = null;
            if (kept != null && isAnswered(kept)) {
                steady = kept;
            } else {
                steady = askAnew();
            }
            RawClient another = askAnew();
            if (another != null) {
                another.close();
            }
        }

        private @Nullable RawClient askAnew() {
            try {
                RawClient client = new RawClient(port);
                return isAnswered(client) ? client : null;
            } catch (IOException refused) {
                asked++;
                return null;
            }
        }

        private boolean isAnswered(RawClient client) throws IOException {
            asked++;
            try {
                client.get("/good" + asked);
                answered++;
                return true;
            } catch (IOException closed) {
                client.close();
                return false;
            }
        }

        @Override
        public void close() throws IOException {
            if (steady != null) {
                steady.close();
            }
        }
    }

    private static long gaveWay(ByteBudget budget) {
        return Stream.of(Holding.values()).mapToLong(budget::closed).sum();
    }

    private static Socket attacker(Attack attack, EchoServer server) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(4096);
        socket.connect(new InetSocketAddress(
                InetAddress.getLoopbackAddress(), attack.port().apply(server)));
        try {
            socket.getOutputStream().write(attack.bytes());
        } catch (IOException refused) {
            // as it may be
        }
        return socket;
    }
}
