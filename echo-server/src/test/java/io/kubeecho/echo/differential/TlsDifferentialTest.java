package io.kubeecho.echo.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.kubeecho.echo.TestCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The same bytes are answered the same through TLS: a sample of the corpus against both ports of one server. */
@Timeout(120)
class TlsDifferentialTest {

    private static final int[] QUIET_MILLIS = {150, 1000, 4000};
    private static final int EVERY = 4;

    @Test
    void answersThroughTlsAsWithoutIt(@TempDir Path folder) throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "server");
        SSLContext client = certificate.client();
        List<Corpus.Case> corpus = Corpus.all();
        List<String> differences = new ArrayList<>();
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        ExecutorService clients = Executors.newFixedThreadPool(16);
        try {
            EchoServer echo = EchoServer.start(
                            vertx, EchoConfig.embedded("127.0.0.1", "pod-1").withTls(certificate.on(0)))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
            int tlsPort = echo.tlsPort().orElseThrow();
            List<Future<String>> compared = new ArrayList<>();
            for (int i = 0; i < corpus.size(); i += EVERY) {
                Corpus.Case sent = corpus.get(i);
                compared.add(clients.submit(() -> difference(sent, echo.port(), client, tlsPort)));
            }
            for (Future<String> comparison : compared) {
                if (!comparison.get().isEmpty()) {
                    differences.add(comparison.get());
                }
            }
            assertThat(compared).hasSizeGreaterThanOrEqualTo(300);
        } finally {
            clients.shutdownNow();
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }
        assertThat(differences).isEmpty();
    }

    private static String difference(Corpus.Case sent, int port, SSLContext client, int tlsPort) throws Exception {
        String difference = "";
        for (int quiet : QUIET_MILLIS) {
            Exchange plain = Exchange.with(port, sent, quiet);
            Exchange tls = Exchange.overTls(client, tlsPort, sent, quiet);
            if (plain.equals(tls)) {
                return "";
            }
            difference = sent + "\n    plain: " + plain + "\n    TLS:   " + tls;
        }
        return difference;
    }
}
