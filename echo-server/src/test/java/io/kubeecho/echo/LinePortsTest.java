package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.line.TcpTraffic;
import io.kubeecho.echo.line.UdpTraffic;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The echo over TCP and UDP. */
@Timeout(60)
class LinePortsTest {

    private static final EchoConfig CONFIG = EchoConfig.embedded("127.0.0.1", "pod-1")
            .withTcpPort(OptionalInt.of(0))
            .withUdpPort(OptionalInt.of(0));

    private static final String GREETING = "Host=_  Path=/  From=pod-1  ClientIP=127.0.0.1  XFF=\n";

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @Test
    void aTcpConnectionGetsTheLineOfHttpAtOnce() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawClient http = new RawClient(server.port());
                RawClient tcp = new RawClient(server.tcpPort().orElseThrow())) {
            String overHttp = http.send("GET /\r\n").awaitEnd();
            tcp.awaitText("\n");
            assertThat(tcp.received()).isEqualTo(GREETING).isEqualTo(overHttp);
        }
    }

    @Test
    void eachLineOverTcpIsAnsweredByOne() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawClient client = new RawClient(server.tcpPort().orElseThrow())) {
            client.send("one\ntwo words\r\n\nth").awaitText("Path=two%20words ");
            client.send("ree\n\u00ff100%").endOutput();
            assertThat(client.awaitEnd())
                    .isEqualTo(GREETING
                            + GREETING.replace("/", "one")
                            + GREETING.replace("/", "two%20words")
                            + GREETING
                            + GREETING.replace("/", "three")
                            + GREETING.replace("/", "%FF100%25"));
        }
        TcpTraffic traffic = server.tcp().orElseThrow().traffic();
        Await.until(() -> traffic.connectionsOpen() == 0);
        assertThat(traffic.connectionsOpen()).isZero();
        assertThat(traffic.connectionsAccepted()).isEqualTo(1);
        assertThat(traffic.lines()).isEqualTo(6);
    }

    @Test
    void aLineThatIsTooLongEndsTheConnection() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (RawClient client = new RawClient(server.tcpPort().orElseThrow())) {
            client.send("x".repeat(1023) + "\n").awaitText("Path=" + "x".repeat(1023) + " ");
            client.send("y".repeat(1024) + "\nnext\n");
            assertThat(endOrReset(client)).doesNotContain("yy").doesNotContain("next");
        }
        try (RawClient client = new RawClient(server.tcpPort().orElseThrow())) {
            client.send("y".repeat(1024));
            assertThat(endOrReset(client)).doesNotContain("yy");
        }
    }

    @Test
    void aTcpConnectionInWhichNothingHappensIsClosed() throws Exception {
        ConnectionLimits limits = ConnectionLimits.defaults().withKeepAlive(Duration.ofMillis(400));
        EchoServer server = vertx.start(CONFIG.withLimits(limits));
        try (RawClient client = new RawClient(server.tcpPort().orElseThrow())) {
            assertThat(client.awaitEnd()).isEqualTo(GREETING);
        }
    }

    @Test
    void aTcpClientThatDoesNotReadIsNotReadFrom() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        TcpTraffic traffic = server.tcp().orElseThrow().traffic();
        String lines = "x\n".repeat(10_000);
        try (RawClient client = new RawClient(server.tcpPort().orElseThrow())) {
            Thread sender = client.sendAside(lines, 40);
            long answered = Await.settled(traffic::lines);
            assertThat(answered).as("answered while nobody reads").isBetween(1L, 399_999L);

            assertThat(client.awaitEnd().split("Path=x ", -1)).hasSize(400_001);
            sender.join();
        }
    }

    @Test
    void aDatagramIsAnsweredByOne() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (DatagramSocket client = client("127.7.8.9", 0)) {
            assertThat(exchange(client, server, "hello\n"))
                    .isEqualTo("Host=_  Path=hello  From=pod-1  ClientIP=127.7.8.9  XFF=\n");
            assertThat(exchange(client, server, ""))
                    .isEqualTo("Host=_  Path=/  From=pod-1  ClientIP=127.7.8.9  XFF=\n");
            assertThat(exchange(client, server, "a b\nc   "))
                    // cut to the length of the datagram
                    .isEqualTo("Host=_  Path=a%20b%0A  From=pod-1  ClientIP=127.7.8.9  XFF=\n");
        }
        UdpTraffic traffic = server.udp().orElseThrow().traffic();
        Await.until(() -> traffic.answered() == 3);
        assertThat(traffic.answered()).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"0, x", "1, x", "10, x", "10, ' '", "1000, x", "1000, %", "1400, x", "2048, x", "60000, x"})
    void anAnswerIsBoundedByItsDatagram(int length, String repeated) throws Exception {
        String longest = "n".repeat(63);
        EchoServer server = vertx.start(CONFIG.withHostname(longest));
        // 15 characters, as the longest IPv4 address; 24 less than the longest of IPv6
        try (DatagramSocket client = client("127.100.100.100", 0)) {
            String answer = exchange(client, server, repeated.repeat(length));
            assertThat(answer.length()).isLessThanOrEqualTo(length + 141 - 24).isLessThanOrEqualTo(1232);
            assertThat(answer).startsWith("Host=_  Path=").endsWith("XFF=\n");
        }
    }

    @Test
    void whatServersSendIsNotAnswered() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        try (DatagramSocket client = client("127.0.0.1", 0)) {
            send(client, server, GREETING);
            assertThatThrownBy(() -> receive(client, 300)).isInstanceOf(SocketTimeoutException.class);
            assertThat(exchange(client, server, "Host=_ is no line")).contains("Path=Host=_%20is%20no  ");
        }
        UdpTraffic traffic = server.udp().orElseThrow().traffic();
        assertThat(traffic.looped()).isEqualTo(1);
        Optional<DatagramSocket> low = lowPort();
        assumeTrue(low.isPresent(), "no port below 1024 may be opened here");
        try (DatagramSocket dns = low.orElseThrow()) {
            send(dns, server, "hello");
            assertThatThrownBy(() -> receive(dns, 300)).isInstanceOf(SocketTimeoutException.class);
            assertThat(traffic.fromLowPorts()).isEqualTo(1);
        }
    }

    @Test
    void twoUdpEchoesDoNotTalkForever() throws Exception {
        EchoServer one = vertx.start(CONFIG);
        EchoServer other = vertx.start(CONFIG.withHostname("pod-2"));
        // what a forged source would do: one's answer goes to the other
        try (DatagramSocket client = client("127.0.0.1", 0)) {
            String answer = exchange(client, one, "hello");
            send(client, other, answer);
            assertThatThrownBy(() -> receive(client, 300)).isInstanceOf(SocketTimeoutException.class);
        }
    }

    /** Another kind of echo adds something of its own, and a third shouts. */
    @ParameterizedTest
    @ValueSource(strings = {"you said: %s", "%s", "\"%s\"", "shout"})
    void noEchoOfAnyKindTalksForever(String form) throws Exception {
        EchoServer server = vertx.start(CONFIG);
        UdpTraffic traffic = server.udp().orElseThrow().traffic();
        try (DatagramSocket other = client("127.0.0.1", 0)) {
            String answer = exchange(other, server, "hello");
            send(other, server, form.equals("shout") ? answer.toUpperCase(Locale.ROOT) : form.formatted(answer));
            assertThatThrownBy(() -> receive(other, 300)).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(traffic.looped()).isEqualTo(1);
    }

    /** A server that answers anything with something of its own: 6,024 rounds a second, and no end. */
    @Test
    void aLoopThatCannotBeRecognisedEnds() throws Exception {
        EchoServer server = vertx.start(CONFIG);
        UdpTraffic traffic = server.udp().orElseThrow().traffic();
        try (DatagramSocket other = client("127.0.0.1", 0)) {
            int rounds = 0;
            try {
                for (; rounds < 20_000; rounds++) {
                    send(other, server, "what?");
                    receive(other, 1000);
                }
            } catch (SocketTimeoutException ended) {
                // as it should
            }
            assertThat(rounds).isBetween(1000, 19_999);
        }
        assertThat(traffic.tooMany()).isEqualTo(1);
        // and others are answered
        try (DatagramSocket client = client("127.0.0.1", 0)) {
            assertThat(exchange(client, server, "hello")).contains("Path=hello ");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::"})
    void anAnswerComesFromTheAddressThatWasAsked(String every) throws Exception {
        assumeTrue(every.equals("0.0.0.0") || Files.exists(Path.of("/proc/net/if_inet6")), "no IPv6 here");
        EchoServer server = vertx.start(CONFIG.withHost(every));
        for (int round = 0; round < 3; round++) {
            asked(server, "127.0.0.1");
            asked(server, "127.0.0.2");
            asked(server, "127.9.9.9");
        }
        // more than there are sockets for, and then the first again
        for (int i = 0; i < 150; i++) {
            asked(server, "127.3.3." + i);
        }
        asked(server, "127.0.0.2");
        if (every.equals("::")) {
            asked(server, "::1");
        }
    }

    @Test
    void soItDoesWithoutTheNativeTransport() throws Exception {
        Vertx nio = Vertx.vertx();
        try {
            EchoServer server = Await.result(EchoServer.start(nio, CONFIG.withHost("0.0.0.0")));
            Thread.sleep(300);
            asked(server, "127.0.0.1");
        } finally {
            Await.result(nio.close());
        }
    }

    /** By a socket that is connected, which takes nothing from elsewhere. */
    private static void asked(EchoServer server, String address) throws IOException {
        try (DatagramSocket client = new DatagramSocket()) {
            client.connect(new InetSocketAddress(address, server.udpPort().orElseThrow()));
            byte[] bytes = address.getBytes(StandardCharsets.US_ASCII);
            client.send(new DatagramPacket(bytes, bytes.length));
            assertThat(receive(client, 5000)).contains("Path=" + address + " ");
        }
    }

    @Test
    void nobodyElseGetsThePortMeanwhile() throws Exception {
        EchoServer server = vertx.start(CONFIG.withHost("0.0.0.0"));
        asked(server, "127.0.0.2");
        for (String address : new String[] {"0.0.0.0", "127.0.0.2", "127.0.0.3"}) {
            assertThatThrownBy(() -> {
                        try (DatagramSocket thief = new DatagramSocket(null)) {
                            thief.setReuseAddress(true);
                            thief.bind(new InetSocketAddress(
                                    address, server.udpPort().orElseThrow()));
                        }
                    })
                    .isInstanceOf(BindException.class);
        }
    }

    /** A byte every now and then is no line. */
    @Test
    void aLineThatDripsEndsTheConnection() throws Exception {
        EchoServer server =
                vertx.start(CONFIG.withLimits(ConnectionLimits.defaults().withHead(Duration.ofMillis(700))));
        try (RawClient client = new RawClient(server.tcpPort().orElseThrow())) {
            client.send("one\n").awaitText("Path=one ");
            boolean open = true;
            for (int i = 0; open && i < 200; i++) {
                try {
                    client.send("x");
                    Thread.sleep(50);
                } catch (IOException closed) {
                    open = false;
                }
            }
            assertThat(open).isFalse();
        }
        try (RawClient client = new RawClient(server.tcpPort().orElseThrow())) {
            // lines that are complete go on for as long as one likes
            for (int i = 0; i < 12; i++) {
                client.send("a" + i + "\nb").awaitText("a" + i + " ");
                Thread.sleep(100);
                client.send("\n");
            }
        }
    }

    @Test
    void portsThatAreTakenAreNamed() throws Exception {
        EchoServer first = vertx.start(CONFIG);
        assertThat(Await.failure(EchoServer.start(
                        vertx.vertx(),
                        CONFIG.withTcpPort(OptionalInt.empty())
                                .withUdpPort(OptionalInt.of(first.udpPort().orElseThrow())))))
                .isInstanceOf(CannotListenException.class)
                .hasMessageContaining("the port is in use. Stop what uses it, or set KUBE_ECHO_UDP_PORT");
        assertThat(Await.failure(EchoServer.start(
                        vertx.vertx(),
                        CONFIG.withTcpPort(OptionalInt.of(first.tcpPort().orElseThrow())))))
                .isInstanceOf(CannotListenException.class)
                .hasMessageContaining("the port is in use. Stop what uses it, or set KUBE_ECHO_TCP_PORT");
    }

    @Test
    void drainingClosesThemAfterTheDelay() throws Exception {
        EchoServer server = vertx.start(CONFIG.withDrain(Duration.ofSeconds(1), Duration.ofSeconds(5)));
        int tcpPort = server.tcpPort().orElseThrow();
        try (RawClient tcp = new RawClient(tcpPort);
                DatagramSocket udp = client("127.0.0.1", 0)) {
            var stopped = server.stop();
            tcp.send("late\n").awaitText("Path=late ");
            assertThat(exchange(udp, server, "late")).contains("Path=late ");
            tcp.awaitEnd();
            Await.result(stopped);
            RawClient.awaitRefused(tcpPort);
            send(udp, server, "later");
            assertThatThrownBy(() -> receive(udp, 300)).isInstanceOf(IOException.class);
        }
    }

    private static String endOrReset(RawClient client) {
        try {
            return client.awaitEnd();
        } catch (IOException reset) {
            return client.received();
        }
    }

    private static DatagramSocket client(String address, int port) throws IOException {
        return new DatagramSocket(new InetSocketAddress(address, port));
    }

    private static Optional<DatagramSocket> lowPort() {
        for (int port = 1023; port > 900; port--) {
            try {
                return Optional.of(client("127.0.0.1", port));
            } catch (IOException taken) {
                // another one
            }
        }
        return Optional.empty();
    }

    private static String exchange(DatagramSocket client, EchoServer server, String text) throws IOException {
        send(client, server, text);
        return receive(client, 10_000);
    }

    private static void send(DatagramSocket client, EchoServer server, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        client.send(new DatagramPacket(
                bytes,
                bytes.length,
                InetAddress.getLoopbackAddress(),
                server.udpPort().orElse(0)));
    }

    private static String receive(DatagramSocket client, int patienceMillis) throws IOException {
        client.setSoTimeout(patienceMillis);
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        client.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
    }
}
