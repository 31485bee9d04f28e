package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.http.ConnectionLimits;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who asks for little does not wait until all has been done that another one has asked for. */
@Timeout(120)
@SuppressWarnings("StringConcatToTextBlock") // HTTP ends its lines with CR LF
class TurnsTest {

    /** Of the greedy client, at once: a second's work and more. */
    private static final int REQUESTS = 40_000;

    private static final String LAST = "the-last-of-all";
    private static final int ASKED = 200;

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    private EchoServer serverOfOneLoop() throws Exception {
        return vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1")
                .withEventLoops(1)
                .withLimits(ConnectionLimits.defaults().withRequests(REQUESTS + 2)));
    }

    @Test
    void pipelinedRequestsForJsonDoNotHoldUpOthers() throws Exception {
        EchoServer server = serverOfOneLoop();
        String request = "GET /?kube-echo.format=json HTTP/1.1\r\nHost: a\r\n\r\n";
        String requests = request.repeat(REQUESTS) + request.replace("/?", "/" + LAST + "?");
        othersAreServedBeside(server, requests.getBytes(StandardCharsets.US_ASCII));
    }

    private static void othersAreServedBeside(EchoServer server, byte[] requests) throws Exception {
        try (RawClient other = new RawClient(server.port());
                Socket greedy = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            other.get("/before");
            AtomicBoolean lastIsAnswered = new AtomicBoolean();
            Thread sender = new Thread(() -> send(greedy, requests), "greedy");
            Thread reader = new Thread(() -> read(greedy, lastIsAnswered), "reads");
            sender.start();
            reader.start();
            Await.until(() -> server.budget().held() > 0);
            for (int i = 0; i < ASKED; i++) {
                other.get("/beside" + i);
            }
            assertThat(lastIsAnswered)
                    .as("whether the greedy client had all it asked for before")
                    .isFalse();
            greedy.close();
            sender.join();
            reader.join();
        }
    }

    private static void send(Socket greedy, byte[] requests) {
        try {
            greedy.getOutputStream().write(requests);
        } catch (IOException closed) {
            // the test has seen enough
        }
    }

    private static void read(Socket greedy, AtomicBoolean lastIsAnswered) {
        try {
            InputStream in = greedy.getInputStream();
            byte[] bytes = new byte[64 << 10];
            String text = "";
            for (int length = in.read(bytes); length >= 0; length = in.read(bytes)) {
                text = text.substring(Math.max(0, text.length() - LAST.length()))
                        + new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
                if (text.contains(LAST)) {
                    lastIsAnswered.set(true);
                }
            }
        } catch (IOException closed) {
            // the test has seen enough
        }
    }
}
