package io.kubeecho.echo.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.EchoConfig;
import io.kubeecho.echo.EchoServer;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sends the same bytes to Debian's nginx with echo-nginx's one location and to the echo server. */
class DifferentialTest {

    /** The differences that are meant, by the name of the case, each with its reason. */
    private static final Map<String, String> MEANT = Map.of(
            "MSIE 6 posts",
            "nginx's keepalive_disable works around a fault of Internet Explorer 6, which is gone; here User-Agent"
                    + " decides nothing",
            "JSON by Accept",
            "an Accept that names only JSON asks for JSON",
            "reserved query name",
            "kube-echo.… in a query asks for something else than the echo",
            "reserved header name",
            "Kube-Echo-… asks for something else than the echo");

    /** A machine that is busy may be quiet for longer than a server has nothing to say. */
    private static final int[] QUIET_MILLIS = {150, 1000, 4000};

    @Test
    void answersAsNginxDoes(@TempDir Path folder) throws Exception {
        assumeTrue(Nginx.installed(), "nginx is not installed here: apt-get install nginx");
        List<Corpus.Case> corpus = Corpus.all();
        Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
        List<String> differences = new ArrayList<>();
        TreeSet<String> namesThatDiffer = new TreeSet<>();
        int answers = 0;
        try (Nginx nginx = Nginx.start(folder)) {
            EchoServer echo = EchoServer.start(
                            vertx,
                            EchoConfig.embedded(
                                    "127.0.0.1", EchoConfig.defaults().hostname()))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            ExecutorService clients = Executors.newFixedThreadPool(24);
            try {
                List<Future<Pair>> pairs = new ArrayList<>();
                for (Corpus.Case sent : corpus) {
                    pairs.add(clients.submit(() -> Pair.of(sent, nginx.port(), echo.port())));
                }
                for (Future<Pair> future : pairs) {
                    Pair pair = future.get();
                    answers += pair.nginx().answers().size();
                    if (!pair.agrees()) {
                        differences.add(pair.toString());
                        namesThatDiffer.add(pair.sent().name());
                    }
                }
            } finally {
                clients.shutdownNow();
            }
        } finally {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        }

        String summary = corpus.size() + " connections with " + answers + " answers, " + differences.size()
                + " differ (" + MEANT.size() + " meant)";
        Files.writeString(Path.of("target", "differential.txt"), report(summary, differences));
        System.out.println("differential: " + summary);

        assertThat(corpus).hasSizeGreaterThanOrEqualTo(300);
        assertThat(namesThatDiffer)
                .as(
                        "the cases that differ, which are to be those that are meant to\n%s",
                        String.join("\n", differences))
                .isEqualTo(new TreeSet<>(MEANT.keySet()));
    }

    private static String report(String summary, List<String> differences) {
        return summary + "\n\nMeant:\n"
                + MEANT.entrySet().stream()
                        .map(meant -> "- " + meant.getKey() + ": " + meant.getValue() + "\n")
                        .collect(Collectors.joining())
                + "\nAll that differ:\n" + String.join("\n", differences) + "\n";
    }

    /** What both did with the same bytes. */
    private record Pair(Corpus.Case sent, Exchange nginx, Exchange echo) {

        static Pair of(Corpus.Case sent, int nginxPort, int echoPort) throws Exception {
            Pair pair = null;
            for (int quiet : QUIET_MILLIS) {
                pair = new Pair(sent, Exchange.with(nginxPort, sent, quiet), Exchange.with(echoPort, sent, quiet));
                if (pair.agrees()) {
                    break;
                }
            }
            return java.util.Objects.requireNonNull(pair);
        }

        boolean agrees() {
            return nginx.equals(echo);
        }

        @Override
        public String toString() {
            return sent + "\n    nginx: " + nginx + "\n    echo:  " + echo;
        }
    }
}
