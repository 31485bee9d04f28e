package io.kubeecho.lab.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Dialer;
import io.kubeecho.dial.Failure;
import io.kubeecho.lab.Service.FrontEnd;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DroppingListenerTest {

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
    void noConnectionIsEstablishedWhileItIsThereAndItIsGoneWhenClosed() throws Exception {
        FrontEnd at = free();
        try (DroppingListener dropping = DroppingListener.open(at)) {
            assertThat(dropping).isNotNull();
            assertThat(dial(at, 30))
                    .hasSize(30)
                    .allSatisfy(d -> assertThat(d.outcome())
                            .isInstanceOfSatisfying(
                                    Dialed.NotConnected.class,
                                    n -> assertThat(n.failure()).isEqualTo(Failure.TIMEOUT)));
        }
        assertThat(dial(at, 1))
                .singleElement()
                .extracting(Dialed::outcome)
                .isInstanceOfSatisfying(
                        Dialed.NotConnected.class, n -> assertThat(n.failure()).isEqualTo(Failure.REFUSED));
    }

    @Test
    void itCanBeOpenedAgainWhereItWas() throws Exception {
        FrontEnd at = free();
        for (int i = 0; i < 5; i++) {
            DroppingListener.open(at).close();
        }
        assertThat(Listening.sockets()).doesNotContain(at.toString());
    }

    /** Side by side, since each of them waits for its timeout. */
    private static List<Dialed> dial(FrontEnd at, int connections) {
        List<DialPlan.Sequence> side = IntStream.range(0, connections)
                .mapToObj(i -> new DialPlan.Sequence("entry-" + i, at.host(), at.port(), List.of(Duration.ZERO)))
                .toList();
        // a SYN is sent again after a second: the timeout is longer, so that a lost one would show
        return new Dialer(vertx, Optional.of("127.0.0.2"))
                .dial(new DialPlan(side, Duration.ofMillis(1_500), Duration.ofSeconds(20)))
                .await();
    }

    private static FrontEnd free() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new FrontEnd("127.0.0.1", socket.getLocalPort());
        }
    }
}
