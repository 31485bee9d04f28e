package io.kubeecho.echo.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.EchoProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The access log in nginx's {@code main} format, line by line beside nginx's own. */
class AccessLogDifferentialTest {

    private static final String H = "Host: a\r\n";

    private static final List<String> REQUESTS = List.of(
            "GET /plain HTTP/1.1\r\n" + H + "\r\n",
            "GET /full?q=1 HTTP/1.1\r\n" + H
                    + "User-Agent: curl/8\r\nReferer: http://r/\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
            "GET /empty HTTP/1.1\r\n" + H + "User-Agent:\r\nReferer: \r\nX-Forwarded-For:\r\n\r\n",
            "GET /twice HTTP/1.1\r\n" + H + "User-Agent: a\r\nUser-Agent: b\r\nReferer: c\r\nReferer: d\r\n"
                    + "X-Forwarded-For: e\r\nX-Forwarded-For: f\r\n\r\n",
            "GET /\"quotes\"\\ HTTP/1.1\r\n" + H + "User-Agent: \"a\\b\u0001\u007f\u00e9\t\"\r\n\r\n",
            "GET /user HTTP/1.1\r\n" + H + "Authorization: Basic YWxpY2U6c2VjcmV0\r\n\r\n",
            "GET /user HTTP/1.1\r\n" + H + "Authorization: basic   YWxpY2U6c2VjcmV0\r\n\r\n",
            "GET /user HTTP/1.1\r\n" + H + "Authorization: Basic YWxpY2U=\r\n\r\n",
            "GET /user HTTP/1.1\r\n" + H + "Authorization: Basic OnNlY3JldA==\r\n\r\n",
            "GET /user HTTP/1.1\r\n" + H + "Authorization: Basic !!!\r\n\r\n",
            "GET /user HTTP/1.1\r\n" + H + "Authorization: Basic YSJiCjpj\r\n\r\n",
            "GET /user HTTP/1.1\r\n" + H + "Authorization: Bearer YWxpY2U6c2VjcmV0\r\n\r\n",
            "GET http://b:80/absolute HTTP/1.1\r\n" + H + "\r\n",
            "HEAD /head HTTP/1.1\r\n" + H + "\r\n",
            "POST /body HTTP/1.1\r\n" + H + "Content-Length: 5\r\n\r\nhello",
            "GET /spaces  HTTP/1.1  \r\n" + H + "\r\n",
            "GET /bare HTTP/1.1\nHost: a\n\n",
            "GET /1.0 HTTP/1.0\r\n\r\n",
            "GET /0.9\r\n",
            "\r\n\r\nGET /blank HTTP/1.1\r\n" + H + "\r\n",
            "GET /no-host HTTP/1.1\r\nUser-Agent: u\r\n\r\n",
            "GET /fields HTTP/1.1\r\n" + H + "User-Agent: seen\r\nX : y\r\nReferer: unseen\r\n\r\n",
            "TRACE / HTTP/1.1\r\n" + H + "\r\n",
            "GET /%zz HTTP/1.1\r\n" + H + "\r\n",
            "GET / HTTP/2.0\r\n\r\n",
            "get /lower HTTP/1.1\r\n" + H + "\r\n",
            "\u0016\u0003\u0001\u0000\u00fe\r\n",
            "GET /cond HTTP/1.1\r\n" + H + "If-None-Match: *\r\n\r\n",
            "GET /cond HTTP/1.1\r\n" + H + "If-Match: x\r\n\r\n",
            "POST /large HTTP/1.1\r\n" + H + "Content-Length: 2000000\r\n\r\n",
            "POST /chunks HTTP/1.1\r\n" + H + "Transfer-Encoding: chunked\r\n\r\nzz",
            "GET /one HTTP/1.1\r\n" + H + "\r\nGET /two HTTP/1.1\r\n" + H + "Connection: close\r\n\r\n");

    @Test
    void linesAreThoseOfNginx(@TempDir Path folder) throws Exception {
        assumeTrue(Nginx.installed(), "nginx is not installed here: apt-get install nginx");
        Path accessLog;
        try (Nginx nginx = Nginx.start(folder)) {
            // the probe that waits for nginx sends nothing, and is not logged
            sendTo(nginx.port());
            accessLog = nginx.accessLog();
        }
        List<String> expected =
                Files.readString(accessLog, StandardCharsets.ISO_8859_1).lines().toList();
        List<String> actual;
        try (EchoProcess echo = EchoProcess.start(folder, Map.of("KUBE_ECHO_DRAIN_DELAY", "0"))) {
            sendTo(echo.port());
            echo.terminate();
            assertThat(echo.awaitEnd()).isZero();
            actual = echo.output().lines().toList();
        }
        assertThat(expected).hasSizeGreaterThan(REQUESTS.size());
        assertThat(actual.stream().map(AccessLogDifferentialTest::comparable))
                // they are sent at once
                .containsExactlyInAnyOrderElementsOf(expected.stream()
                        .map(AccessLogDifferentialTest::comparable)
                        .toList());
        assertThat(actual)
                .allMatch(line ->
                        line.matches(".* \\[\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d [-+]\\d{4}] \".*"));
    }

    /** Without the time, and without the size of a refusal, whose text is each server's own. */
    private static String comparable(String line) {
        return line.replaceFirst("\\[\\d\\d/[^]]*]", "[time]").replaceFirst("\" ([45]\\d\\d) \\d+ \"", "\" $1 size \"");
    }

    private static void sendTo(int port) throws Exception {
        ExecutorService clients = Executors.newFixedThreadPool(REQUESTS.size());
        try {
            List<Callable<Exchange>> exchanges = new ArrayList<>();
            for (String request : REQUESTS) {
                Corpus.Case sent = new Corpus.Case("log", List.of(request.getBytes(StandardCharsets.ISO_8859_1)));
                exchanges.add(() -> Exchange.with(port, sent, 3000));
            }
            for (Future<Exchange> exchange : clients.invokeAll(exchanges)) {
                exchange.get();
            }
        } finally {
            clients.shutdownNow();
        }
    }
}
