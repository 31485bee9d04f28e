package io.kubeecho.lab.k3s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubeecho.dial.DialAccess;
import io.kubeecho.dial.DialEndpoint;
import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Room;
import io.kubeecho.lab.LabException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Against a real dial endpoint, which here is in this process. */
@Timeout(60)
class SiblingClientTest {

    private static final String TOKEN = "sixteen-characters-or-more";

    private static Vertx vertx;
    private static HttpServer server;

    @BeforeAll
    static void start() {
        vertx = Vertx.vertx();
        DialEndpoint dial = new DialEndpoint(vertx, DialAccess.of(TOKEN, "127.0.0.0/8"), Room.ENDLESS, e -> {});
        server = vertx.createHttpServer()
                .requestHandler(request -> {
                    if (request.path().equals(DialEndpoint.PATH)) {
                        dial.handle(request);
                    } else {
                        request.response().end("from " + request.remoteAddress().hostAddress());
                    }
                })
                .listen(0, "127.0.0.1")
                .await();
    }

    @AfterAll
    static void stop() {
        vertx.close().await();
    }

    @Test
    void eachAddressIsAClientOfItsOwn() throws Exception {
        for (String address : List.of("127.9.0.1", "127.9.0.2")) {
            List<Dialed> dialed = client(address, TOKEN).dial(plan()).get();

            assertThat(dialed)
                    .extracting(d -> ((Dialed.Answered) d.outcome()).body())
                    .containsExactly("from " + address);
        }
    }

    @Test
    void anAddressThatItDoesNotHaveIsAFaultOfTheLab() {
        assertThatThrownBy(() -> client("192.0.2.7", TOKEN).dial(plan()).get())
                .hasCauseInstanceOf(LabException.class)
                .hasMessageContaining("the client outside-1 off the cluster answered 400")
                .hasMessageContaining("192.0.2.7");
    }

    @Test
    void itsTokenIsNotToldToTheLog() {
        assertThat(client("127.9.0.1", TOKEN)).hasToString("outside-1");
    }

    private static SiblingClient client(String address, String token) {
        return new SiblingClient(
                "outside-1", address, "http://127.0.0.1:" + server.actualPort(), token, HttpClient.newHttpClient());
    }

    private static DialPlan plan() {
        return new DialPlan(
                List.of(new DialPlan.Sequence("e", "127.0.0.1", server.actualPort(), List.of(Duration.ZERO))),
                Duration.ofSeconds(20),
                Duration.ofSeconds(20));
    }
}
