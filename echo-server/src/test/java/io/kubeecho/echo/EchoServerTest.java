package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeecho.echo.http.ConnectionLimits;
import io.kubeecho.echo.http.Status;
import io.vertx.core.Future;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(60)
class EchoServerTest {

    private static final EchoConfig EMBEDDED = EchoConfig.embedded("127.0.0.1", "pod-1");

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @Test
    void manyServersRunInOneProcessEachWithItsOwnNameAndAddress() throws Exception {
        List<EchoServer> servers = new ArrayList<>();
        for (int i = 2; i < 14; i++) {
            servers.add(
                    vertx.start(EchoConfig.embedded("127.0.9." + i, "pod-" + i).withPort(18_080)));
        }
        for (int i = 2; i < 14; i++) {
            try (RawClient client = new RawClient(InetAddress.getByName("127.0.9." + i), 18_080)) {
                client.get("/").awaitText("From=pod-" + i + " ");
            }
        }
        assertThat(servers).allSatisfy(server -> assertThat(server.port()).isEqualTo(18_080));
    }

    @Test
    void seesTheAddressTheClientBoundTo() throws Exception {
        EchoServer server = vertx.start();
        try (java.net.Socket socket = new java.net.Socket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.7.8.9"), 0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
            socket.getOutputStream().write("GET /\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            assertThat(new String(socket.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.US_ASCII))
                    .isEqualTo("Host=_  Path=/  From=pod-1  ClientIP=127.7.8.9  XFF=\n");
        }
    }

    @Test
    void anIpv4ClientOfTheSocketForEveryAddressIsDotted() throws Exception {
        EchoServer server = vertx.start(EMBEDDED.withHost(""));
        try (RawClient client = new RawClient(server.port())) {
            client.get("/").awaitText("ClientIP=127.0.0.1 ");
        }
    }

    @Test
    void serversOnPortsOfTheKernelsChoiceDoNotShareThem() throws Exception {
        EchoServer one = vertx.start(EMBEDDED.withEventLoops(2));
        EchoServer other = vertx.start(EMBEDDED.withEventLoops(2).withHostname("pod-2"));

        assertThat(one.port()).isNotZero().isNotEqualTo(other.port());
        for (int i = 0; i < 4; i++) {
            try (RawClient client = new RawClient(one.port())) {
                client.get("/").awaitText("From=pod-1 ");
            }
        }
    }

    @Test
    void severalEventLoopsShareTheConnections() throws Exception {
        EchoServer server = vertx.start(EMBEDDED.withEventLoops(2));
        List<RawClient> clients = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            clients.add(new RawClient(server.port()).get("/" + i));
        }
        assertThat(server.traffic().connectionsOpen()).isEqualTo(8);
        for (RawClient client : clients) {
            client.close();
        }
    }

    @Test
    void aPortThatAnotherProcessHasIsNamed() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Throwable failure = Await.failure(EchoServer.start(vertx.vertx(), EMBEDDED.withPort(taken.getLocalPort())));
            assertThat(failure)
                    .isInstanceOf(CannotListenException.class)
                    .hasMessage("cannot listen on port " + taken.getLocalPort()
                            + " of 127.0.0.1: the port is in use. Stop what"
                            + " uses it, or set NGINX_PORT (or --port) to a port other than " + taken.getLocalPort());
        }
    }

    @Test
    void aPortThatAServerOfThisProcessHasIsTakenToo() throws Exception {
        EchoServer first = vertx.start();
        EchoConfig same = EMBEDDED.withPort(first.port());
        // the first one asked for port 0, so this is the kernel's refusal
        assertThat(Await.failure(EchoServer.start(vertx.vertx(), same))).hasMessageContaining("the port is in use");

        int port = first.port();
        Await.result(first.close());
        EchoServer second = vertx.start(same);
        // and this is ours, because Vert.x would have them share it
        assertThat(Await.failure(EchoServer.start(vertx.vertx(), same))).hasMessageContaining("the port is in use");
        Await.result(second.close());
        assertThat(vertx.start(same).port()).isEqualTo(port);
    }

    @Test
    void anAddressThatTheMachineDoesNotHaveIsNamed() throws Exception {
        assertThat(Await.failure(EchoServer.start(vertx.vertx(), EMBEDDED.withHost("192.0.2.1"))))
                .isInstanceOf(CannotListenException.class)
                .hasMessageContaining("this machine does not have that address. Set KUBE_ECHO_HOST");
    }

    @Test
    void aManagementPortThatIsTakenClosesTheEchoPortAgain() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = free.getLocalPort();
            free.close();
            EchoConfig config = EMBEDDED.withPort(port).withManagementPort(taken.getLocalPort());
            assertThat(Await.failure(EchoServer.start(vertx.vertx(), config)))
                    .hasMessageContaining("KUBE_ECHO_MANAGEMENT_PORT (or --management-port)");
            RawClient.awaitRefused(port);
        }
    }

    @Test
    void drainingAnswersWhatIsInFlightAndClosesWhatWaits() throws Exception {
        EchoServer server = vertx.start();
        try (RawClient waiting = new RawClient(server.port()).get("/1");
                RawClient inHead = new RawClient(server.port()).get("/2").send("GET /3 HTTP/1.1\r\nHo");
                RawClient inBody = new RawClient(server.port())
                        .send("POST /4 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
                        .awaitText("Path=/4 ")) {
            awaitRead(server);
            Future<Void> drained = server.drain();

            waiting.awaitEnd();
            RawClient.awaitRefused(server.port());
            assertThat(drained.isComplete()).isFalse();

            inHead.send("st: a\r\n\r\n");
            assertThat(inHead.awaitEnd()).contains("Connection: close\r\n").contains("Path=/3 ");
            inBody.send("llo").awaitEnd();
            Await.result(drained);
        }
        assertThat(server.traffic().requests(Status.OK)).isEqualTo(5);
        assertThat(server.traffic().connectionsOpen()).isZero();
    }

    /** What was sent to the server's one event loop before a request is read no later than that request. */
    private static void awaitRead(EchoServer server) throws Exception {
        try (RawClient later = new RawClient(server.port())) {
            later.get("/later");
        }
    }

    @Test
    void drainingEndsAtItsTimeoutWhateverIsInFlight() throws Exception {
        EchoServer server = vertx.start(EMBEDDED.withDrain(Duration.ZERO, Duration.ofMillis(300)));
        try (RawClient stuck = new RawClient(server.port()).get("/1").send("GET /2")) {
            awaitRead(server);
            long begin = System.nanoTime();
            Await.result(server.drain());
            assertThat(Duration.ofNanos(System.nanoTime() - begin))
                    .isBetween(Duration.ofMillis(250), Duration.ofSeconds(5));
            stuck.awaitEnd();
        }
    }

    @Test
    void stoppingServesOnForTheDelayAndSaysCloseMeanwhile() throws Exception {
        EchoServer server = vertx.start(EMBEDDED.withDrain(Duration.ofSeconds(1), Duration.ofSeconds(5)));
        try (RawClient client = new RawClient(server.port()).get("/1")) {
            Future<Void> stopped = server.stop();
            assertThat(server.ready()).isFalse();
            try (RawClient late = new RawClient(server.port())) {
                late.get("/2").awaitText("Connection: close\r\n").awaitEnd();
            }
            client.get("/3").awaitEnd();
            assertThat(stopped.isComplete()).isFalse();
            Await.result(stopped);
        }
    }

    @Test
    void closingEndsEverythingAtOnce() throws Exception {
        EchoServer server = vertx.start();
        try (RawClient client = new RawClient(server.port())) {
            // in one write: what the server has not read when it closes would be a reset
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2").awaitText("Path=/1 ");
            Await.result(server.close());
            assertThat(client.awaitEnd()).doesNotContain("Path=/2");
        }
    }

    @Test
    void aClientThatClosesItsSideIsStillAnswered() throws Exception {
        EchoServer server = vertx.start();
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(500)).endOutput();
            assertThat(client.awaitEnd().split("Path=/1 ", -1)).hasSize(501);
        }
    }

    @Test
    void aClientThatDoesNotReadIsNotReadFrom() throws Exception {
        ConnectionLimits limits = ConnectionLimits.defaults().withRequests(10_000_000);
        EchoServer server = vertx.start(EMBEDDED.withLimits(limits));
        String requests = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".repeat(1000);
        try (RawClient client = new RawClient(server.port())) {
            Thread sender = client.sendAside(requests, 400);
            long answered = Await.settled(() -> server.traffic().requests(Status.OK));
            assertThat(answered).as("answered while nobody reads").isBetween(1L, 399_999L);

            int answers = client.awaitEnd().split("Path=/1 ", -1).length - 1;
            sender.join();
            assertThat(answers).isEqualTo(400_000);
        }
    }

    @Test
    void aLastAnswerArrivesAlthoughTheClientStillSends() throws Exception {
        EchoServer server = vertx.start();
        try (RawClient client = new RawClient(server.port())) {
            client.send("GET / HTTP/1.1\r\nX : y\r\n\r\n");
            for (int i = 0; i < 20; i++) {
                client.send("x".repeat(10_000));
            }
            client.endOutput();
            assertThat(client.awaitEnd()).startsWith("HTTP/1.1 400 ").endsWith("a header field is malformed\n");
        }
    }

    @Test
    void slowClientsAreCutOff() throws Exception {
        Duration shortly = Duration.ofMillis(400);
        ConnectionLimits limits = ConnectionLimits.defaults()
                .withHead(shortly)
                .withKeepAlive(shortly)
                .withBody(shortly, Duration.ofSeconds(1));
        EchoServer server = vertx.start(EMBEDDED.withLimits(limits));
        try (RawClient silent = new RawClient(server.port());
                RawClient idle = new RawClient(server.port()).get("/1");
                RawClient inHead = new RawClient(server.port()).send("GET /2 HT");
                RawClient inBody = new RawClient(server.port())
                        .send("POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe")
                        .awaitText("Path=/3 ")) {
            assertThat(silent.awaitEnd()).isEmpty();
            idle.awaitEnd();
            assertThat(inHead.awaitEnd()).isEmpty();
            inBody.awaitEnd();
        }
        assertThat(server.traffic().requests(Status.REQUEST_TIMEOUT)).isEqualTo(1);
    }

    @Test
    void aHeadThatTricklesInIsCutOffToo() throws Exception {
        ConnectionLimits limits = ConnectionLimits.defaults().withHead(Duration.ofMillis(500));
        EchoServer server = vertx.start(EMBEDDED.withLimits(limits));
        try (RawClient client = new RawClient(server.port())) {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100; i++) {
                            client.send("G");
                            if (!client.isQuietFor(50)) {
                                throw new IOException("cut off");
                            }
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void anIdleConnectionThatIsUsedIsKept() throws Exception {
        ConnectionLimits limits = ConnectionLimits.defaults().withKeepAlive(Duration.ofMillis(800));
        EchoServer server = vertx.start(EMBEDDED.withLimits(limits));
        try (RawClient client = new RawClient(server.port())) {
            for (int i = 0; i < 6; i++) {
                client.get("/" + i);
                Thread.sleep(300);
            }
        }
    }
}
