package io.kubeecho.dial;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.Dialed.Answered;
import io.kubeecho.dial.Dialed.Broken;
import io.kubeecho.dial.Dialed.NotConnected;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class DialerTest {

    private static final String LOCALHOST = "127.0.0.1";
    /** Long enough for the busiest machine: only failures wait for it. */
    private static final Duration LONG = Duration.ofSeconds(20);
    /** Where the timeout itself is the expected outcome. */
    private static final Duration SHORT = Duration.ofMillis(300);

    private static Vertx vertx;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    void everyConnectionIsANewOneWithItsOwnLocalPort() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            List<Dialed> dialed = dial(peer.port(), waits(20));

            assertThat(dialed).hasSize(20);
            List<Integer> ports =
                    dialed.stream().map(d -> answered(d).localPort()).toList();
            assertThat(ports).doesNotHaveDuplicates();
            assertThat(peer.clients().stream().map(InetSocketAddress::getPort))
                    .as("the ports that the peer saw are those that the dialer reports")
                    .containsExactlyElementsOf(ports);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.5.6.7", "127.255.0.3"})
    void thePeerSeesTheSourceAddressThatWasAskedFor(String source) throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            Dialed dialed = dialFrom(source, plan(peer.port(), waits(1))).get(0);

            assertThat(answered(dialed).localAddress()).isEqualTo(source);
            assertThat(peer.clients())
                    .singleElement()
                    .extracting(c -> c.getAddress().getHostAddress())
                    .isEqualTo(source);
        }
    }

    @Test
    void theAnswerComesWithItsStatusAndBody() throws Exception {
        BlockingQueue<String> requests = new ArrayBlockingQueue<>(1);
        try (Peer peer = Peer.accepting(connection -> {
            requests.add(Peer.readRequest(connection));
            Peer.write(connection, "HTTP/1.1 404 Not Found\r\nContent-Length: 8\r\n\r\nnot here");
            Peer.untilClientCloses(connection);
        })) {
            Answered answered = answered(dial(peer.port(), waits(1)).get(0));

            assertThat(answered.status()).isEqualTo(404);
            assertThat(answered.body()).isEqualTo("not here");
            assertThat(requests.remove())
                    .startsWith("GET / HTTP/1.1\r\n")
                    .containsIgnoringCase("\r\nhost: 127.0.0.1:" + peer.port() + "\r\n");
        }
    }

    @Test
    void aHeldConnectionCarriesEveryRequestOfItsSequence() throws Exception {
        try (Peer peer = Peer.accepting(connection -> {
            while (!Peer.readRequest(connection).isEmpty()) {
                Peer.write(connection, Peer.ok("hello"));
            }
        })) {
            List<Dialed> dialed = dial(held(peer.port(), Map.of()));

            assertThat(dialed).extracting(d -> answered(d).body()).containsExactly("hello", "hello", "hello");
            assertThat(dialed)
                    .extracting(d -> answered(d).localPort())
                    .containsOnly(answered(dialed.get(0)).localPort());
            assertThat(dialed)
                    .extracting(d -> answered(d).establishedNanos())
                    .containsOnly(answered(dialed.get(0)).establishedNanos());
            assertThat(peer.clients()).hasSize(1);
        }
    }

    @Test
    void aHeldConnectionThatThePeerClosesIsNotReplaced() throws Exception {
        try (Peer peer = Peer.accepting(connection -> {
            Peer.readRequest(connection);
            Peer.write(connection, Peer.ok("hello"));
        })) {
            List<Dialed> dialed = dial(held(peer.port(), Map.of()));

            assertThat(answered(dialed.get(0)).body()).isEqualTo("hello");
            assertThat(dialed.subList(1, 3))
                    .allSatisfy(d -> assertThat(d.outcome())
                            .isInstanceOfSatisfying(
                                    Broken.class, b -> assertThat(b.failure()).isIn(Failure.CLOSED, Failure.RESET)));
            assertThat(peer.clients()).hasSize(1);
        }
    }

    @Test
    void headersGoWithEveryRequest() throws Exception {
        BlockingQueue<String> requests = new ArrayBlockingQueue<>(3);
        try (Peer peer = Peer.accepting(connection -> {
            for (int i = 0; i < 3; i++) {
                requests.add(Peer.readRequest(connection));
                Peer.write(connection, Peer.ok("hello"));
            }
        })) {
            dial(held(peer.port(), Map.of("X-Forwarded-For", "192.0.2.1")));

            assertThat(requests)
                    .hasSize(3)
                    .allSatisfy(r -> assertThat(r).containsIgnoringCase("\r\nx-forwarded-for: 192.0.2.1\r\n"));
        }
    }

    private static DialPlan held(int port, Map<String, String> headers) {
        List<Duration> waits = List.of(Duration.ZERO, Duration.ofMillis(50), Duration.ofMillis(50));
        return new DialPlan(
                List.of(new DialPlan.Sequence("entry", LOCALHOST, port, waits, DialPlan.Connections.ONE_HELD, headers)),
                LONG,
                LONG);
    }

    private static List<Dialed> dial(DialPlan plan) {
        return dialFrom(LOCALHOST, plan);
    }

    @Test
    void onlyTheLineFeedAtTheEndOfTheBodyIsTakenOff() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("Host=a  XFF=b \n"))) {
            assertThat(answered(dial(peer.port(), waits(1)).get(0)).body()).isEqualTo("Host=a  XFF=b ");
        }
    }

    @Test
    void theConnectionIsClosedWhenItsAnswerHasCome() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        try (Peer peer = Peer.accepting(connection -> {
            Peer.answering("hello").serve(connection);
            closed.countDown();
        })) {
            dial(peer.port(), waits(1));
            assertThat(closed.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void theTimesOfAnAttemptAreInOrder() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            long before = System.nanoTime();
            List<Dialed> dialed = dial(peer.port(), waits(3));
            long after = System.nanoTime();

            long last = before;
            for (Dialed d : dialed) {
                assertThat(d.startedNanos()).isGreaterThanOrEqualTo(last);
                assertThat(answered(d).establishedNanos()).isBetween(d.startedNanos(), d.endedNanos());
                last = d.endedNanos();
            }
            assertThat(last).isLessThanOrEqualTo(after);
        }
    }

    @Test
    void aConnectionWaitsAtLeastAsLongAsAskedAfterTheOneBefore() throws Exception {
        List<Duration> waits =
                List.of(Duration.ofMillis(30), Duration.ZERO, Duration.ofMillis(70), Duration.ofNanos(2_500_000));
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            long planned = System.nanoTime();
            List<Dialed> dialed = dial(peer.port(), waits);

            long previous = planned;
            for (int i = 0; i < waits.size(); i++) {
                assertThat(dialed.get(i).startedNanos() - previous)
                        .as("wait %d", i)
                        .isGreaterThanOrEqualTo(waits.get(i).toNanos());
                previous = dialed.get(i).endedNanos();
            }
        }
    }

    @Test
    void aFailureDoesNotEndTheSequence() throws Exception {
        BlockingQueue<Boolean> answers = new ArrayBlockingQueue<>(3, true, List.of(true, false, true));
        try (Peer peer = Peer.accepting(connection -> {
            Peer.readRequest(connection);
            if (answers.remove()) {
                Peer.write(connection, Peer.ok("hello"));
                Peer.untilClientCloses(connection);
            }
        })) {
            List<Dialed> dialed = dial(peer.port(), waits(3));
            assertThat(dialed).extracting(Dialed::number).containsExactly(0, 1, 2);
            assertThat(dialed.get(0).outcome()).isInstanceOf(Answered.class);
            assertThat(dialed.get(1).outcome()).isInstanceOf(Broken.class);
            assertThat(dialed.get(2).outcome()).isInstanceOf(Answered.class);
        }
    }

    @Test
    void sequencesRunSideBySideAndComeBackOneAfterTheOther() throws Exception {
        int sequences = 5;
        // nobody is answered before everybody has asked: one after the other, this would time out
        CyclicBarrier all = new CyclicBarrier(sequences);
        try (Peer peer = Peer.accepting(connection -> {
            Peer.readRequest(connection);
            try {
                all.await(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new IOException(e);
            }
            Peer.write(connection, Peer.ok("hello"));
            Peer.untilClientCloses(connection);
        })) {
            List<DialPlan.Sequence> rows = new ArrayList<>();
            for (int i = 0; i < sequences; i++) {
                rows.add(new DialPlan.Sequence("entry-" + i, LOCALHOST, peer.port(), waits(2)));
            }
            List<Dialed> dialed = dialFrom(LOCALHOST, new DialPlan(rows, LONG, LONG));

            assertThat(dialed).allSatisfy(d -> assertThat(d.outcome()).isInstanceOf(Answered.class));
            assertThat(dialed.stream().map(d -> d.entry() + "/" + d.number()))
                    .containsExactly(
                            "entry-0/0",
                            "entry-0/1",
                            "entry-1/0",
                            "entry-1/1",
                            "entry-2/0",
                            "entry-2/1",
                            "entry-3/0",
                            "entry-3/1",
                            "entry-4/0",
                            "entry-4/1");
        }
    }

    @Test
    void aSequenceThatHangsDoesNotHoldUpAnother() throws Exception {
        try (Peer silent = Peer.accepting(Peer::untilClientCloses);
                Peer peer = Peer.accepting(Peer.answering("hello"))) {
            DialPlan plan = new DialPlan(
                    List.of(
                            new DialPlan.Sequence("silent", LOCALHOST, silent.port(), waits(1)),
                            new DialPlan.Sequence("talking", LOCALHOST, peer.port(), waits(10))),
                    LONG,
                    Duration.ofSeconds(3));
            List<Dialed> dialed = dialFrom(LOCALHOST, plan);

            Dialed hung = dialed.get(0);
            assertThat(hung.entry()).isEqualTo("silent");
            assertThat(broken(hung).failure()).isEqualTo(Failure.TIMEOUT);
            assertThat(dialed.subList(1, dialed.size())).hasSize(10).allSatisfy(d -> {
                assertThat(d.entry()).isEqualTo("talking");
                assertThat(d.outcome()).isInstanceOf(Answered.class);
            });
            assertThat(dialed.get(1).endedNanos()).isLessThan(hung.endedNanos());
        }
    }

    @Test
    void aClosedPortRefuses() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.3.2.1"))) {
            port = free.getLocalPort();
        }
        DialPlan plan = new DialPlan(List.of(new DialPlan.Sequence("entry", "127.3.2.1", port, waits(1))), LONG, LONG);
        assertThat(notConnected(dialFrom(LOCALHOST, plan).get(0)).failure()).isEqualTo(Failure.REFUSED);
    }

    @Test
    void aFullQueueThatNobodyAcceptsFromIsATimeoutWithoutAConnection() throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<SocketChannel> fillers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                SocketChannel filler = SocketChannel.open();
                filler.configureBlocking(false);
                filler.connect(listener.getLocalSocketAddress());
                fillers.add(filler);
            }
            Dialed dialed = dialFrom(LOCALHOST, plan(listener.getLocalPort(), waits(1), SHORT, LONG))
                    .get(0);

            assertThat(notConnected(dialed).failure()).isEqualTo(Failure.TIMEOUT);
            assertThat(dialed.endedNanos() - dialed.startedNanos())
                    .isGreaterThanOrEqualTo(SHORT.minusMillis(2).toNanos());
            for (SocketChannel filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void silenceAfterConnectingIsATimeoutOfAnEstablishedConnection() throws Exception {
        try (Peer peer = Peer.accepting(Peer::untilClientCloses)) {
            Dialed dialed = dialFrom(LOCALHOST, plan(peer.port(), waits(1), LONG, SHORT))
                    .get(0);

            Broken broken = broken(dialed);
            assertThat(broken.failure()).isEqualTo(Failure.TIMEOUT);
            assertThat(broken.localPort()).isEqualTo(peer.clients().get(0).getPort());
            assertThat(dialed.endedNanos() - broken.establishedNanos())
                    .isGreaterThanOrEqualTo(SHORT.minusMillis(2).toNanos());
        }
    }

    @Test
    void halfAnAnswerIsATimeoutToo() throws Exception {
        try (Peer peer = Peer.accepting(connection -> {
            Peer.readRequest(connection);
            Peer.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
            Peer.untilClientCloses(connection);
        })) {
            assertThat(broken(dialFrom(LOCALHOST, plan(peer.port(), waits(1), LONG, SHORT))
                                    .get(0))
                            .failure())
                    .isEqualTo(Failure.TIMEOUT);
        }
    }

    @Test
    void aResetIsAReset() throws Exception {
        try (Peer peer = Peer.accepting(connection -> {
            Peer.readRequest(connection);
            connection.setSoLinger(true, 0);
        })) {
            assertThat(broken(dial(peer.port(), waits(1)).get(0)).failure()).isEqualTo(Failure.RESET);
        }
    }

    @Test
    void aConnectionClosedBeforeItsAnswerIsClosed() throws Exception {
        try (Peer peer = Peer.accepting(Peer::readRequest)) {
            assertThat(broken(dial(peer.port(), waits(1)).get(0)).failure()).isEqualTo(Failure.CLOSED);
        }
    }

    @Test
    void aConnectionClosedInTheMiddleOfItsAnswerIsClosed() throws Exception {
        try (Peer peer = Peer.accepting(connection -> {
            Peer.readRequest(connection);
            Peer.write(connection, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        })) {
            assertThat(broken(dial(peer.port(), waits(1)).get(0)).failure()).isEqualTo(Failure.CLOSED);
        }
    }

    @Test
    void whatIsNotHttpIsBroken() throws Exception {
        try (Peer peer = Peer.accepting(connection -> {
            Peer.readRequest(connection);
            Peer.write(connection, "220 smtp.example ESMTP\r\n\r\n");
            Peer.untilClientCloses(connection);
        })) {
            Broken broken = broken(dial(peer.port(), waits(1)).get(0));
            assertThat(broken.failure()).isIn(Failure.OTHER, Failure.CLOSED);
            assertThat(broken.detail()).isNotBlank();
        }
    }

    @Test
    void aSourceAddressThatIsNotThisMachinesIsAFailureOfTheClientItself() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            // TEST-NET-1: nobody has it, and the bind fails before anything is sent
            NotConnected failed = notConnected(
                    dialFrom("192.0.2.1", plan(peer.port(), waits(1))).get(0));
            assertThat(failed.failure()).isEqualTo(Failure.LOCAL);
            assertThat(peer.clients()).isEmpty();
        }
    }

    @Test
    void withoutASourceAddressTheKernelChooses() throws Exception {
        try (Peer peer = Peer.accepting(Peer.answering("hello"))) {
            List<Dialed> dialed = new Dialer(vertx, Optional.empty())
                    .dial(plan(peer.port(), waits(1)))
                    .await();
            assertThat(answered(dialed.get(0)).localAddress()).isEqualTo(LOCALHOST);
        }
    }

    /** Names are asked for on a port of this machine where nobody answers, so that no test leaves it. */
    @ParameterizedTest
    @ValueSource(strings = {"echo.invalid", "", "not a host", "127.0.0.1:80", "[::", "%"})
    void aHostThatIsNoneIsAnObservationToo(String host) throws Exception {
        DialPlan plan = new DialPlan(List.of(new DialPlan.Sequence("entry", host, 80, waits(1))), LONG, LONG);
        try (DatagramSocket deaf = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            Vertx resolving = Vertx.vertx(new VertxOptions()
                    .setAddressResolverOptions(new AddressResolverOptions()
                            .addServer(LOCALHOST + ":" + deaf.getLocalPort())
                            .setQueryTimeout(100)
                            .setMaxQueries(1)));
            try {
                List<Dialed> dialed =
                        new Dialer(resolving, Optional.of(LOCALHOST)).dial(plan).await(20, TimeUnit.SECONDS);
                assertThat(dialed)
                        .singleElement()
                        .satisfies(d -> assertThat(d.outcome()).isInstanceOf(NotConnected.class));
            } finally {
                resolving.close().await();
            }
        }
    }

    private static List<Dialed> dial(int port, List<Duration> waits) {
        return dialFrom(LOCALHOST, plan(port, waits));
    }

    private static List<Dialed> dialFrom(String source, DialPlan plan) {
        return new Dialer(vertx, Optional.of(source)).dial(plan).await();
    }

    private static DialPlan plan(int port, List<Duration> waits) {
        return plan(port, waits, LONG, LONG);
    }

    private static DialPlan plan(int port, List<Duration> waits, Duration connectTimeout, Duration answerTimeout) {
        return new DialPlan(
                List.of(new DialPlan.Sequence("entry", LOCALHOST, port, waits)), connectTimeout, answerTimeout);
    }

    private static List<Duration> waits(int connections) {
        return Collections.nCopies(connections, Duration.ZERO);
    }

    private static Answered answered(Dialed dialed) {
        assertThat(dialed.outcome()).isInstanceOf(Answered.class);
        return (Answered) dialed.outcome();
    }

    private static Broken broken(Dialed dialed) {
        assertThat(dialed.outcome()).isInstanceOf(Broken.class);
        return (Broken) dialed.outcome();
    }

    private static NotConnected notConnected(Dialed dialed) {
        assertThat(dialed.outcome()).isInstanceOf(NotConnected.class);
        return (NotConnected) dialed.outcome();
    }
}
