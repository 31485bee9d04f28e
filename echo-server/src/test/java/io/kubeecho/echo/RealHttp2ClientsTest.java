package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.http.ConnectionLimits;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The clients of HTTP/2 that people use, with TLS and without. */
@Timeout(60)
class RealHttp2ClientsTest {

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @TempDir
    static Path folder;

    private static TestCertificate certificate;
    private EchoServer server;

    @BeforeAll
    static void makeCertificate() throws Exception {
        certificate = TestCertificate.make(folder, "server");
    }

    @BeforeEach
    void start() throws Exception {
        server = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1")
                .withTls(certificate.on(0))
                .withH2cPort(OptionalInt.of(0))
                .withLimits(ConnectionLimits.defaults().withRequests(1_000_000)));
    }

    private static String program(String name, String debianPackage) {
        var installed = PeerProcess.installed(name);
        assumeTrue(installed.isPresent(), "not installed here: apt-get install " + debianPackage);
        return installed.orElseThrow().toString();
    }

    private String tls(String target) {
        return "https://localhost:" + server.tlsPort().orElseThrow() + target;
    }

    private String h2c(String target) {
        return "http://127.0.0.1:" + server.h2cPort().orElseThrow() + target;
    }

    private static String line(String host, String path) {
        return "Host=" + host + "  Path=" + path + "  From=pod-1  ClientIP=127.0.0.1  XFF=\n";
    }

    private String curl(String... options) throws Exception {
        String[] command = new String[options.length + 6];
        command[0] = program("curl", "curl");
        command[1] = "--silent";
        command[2] = "--max-time";
        command[3] = "20";
        command[4] = "--cacert";
        command[5] = certificate.chain().toString();
        System.arraycopy(options, 0, command, 6, options.length);
        return PeerProcess.run("", command);
    }

    @Test
    void curlSpeaksItByAlpn() throws Exception {
        assertThat(curl("--http2", "--write-out", "%{http_version}", tls("/a")))
                .isEqualTo(line("localhost", "/a") + "2");
        JsonObject json = new JsonObject(curl("--http2", tls("/?kube-echo.format=json")));
        assertThat(json.getJsonObject("request").getString("protocol")).isEqualTo("HTTP/2.0");
        JsonObject tls = json.getJsonObject("connection").getJsonObject("tls");
        assertThat(tls.getString("alpn")).isEqualTo("h2");
        assertThat(tls.getString("serverName")).isEqualTo("localhost");
        assertThat(curl("--http1.1", "--write-out", "%{http_version}", tls("/a")))
                .endsWith("\n1.1");
    }

    @Test
    void curlSpeaksItByPriorKnowledge() throws Exception {
        assertThat(curl("--http2-prior-knowledge", "--write-out", "%{http_version}", h2c("/a")))
                .isEqualTo(line("127.0.0.1", "/a") + "2");
    }

    @Test
    void curlSendsBodiesAndIsAnsweredWithinItsTime() throws Exception {
        Path most = Files.write(folder.resolve("most"), new byte[1 << 20]);
        Path more = Files.write(folder.resolve("more"), new byte[(1 << 20) + 1]);
        for (String url : new String[] {h2c("/up"), tls("/up")}) {
            String version = url.startsWith("https") ? "--http2" : "--http2-prior-knowledge";
            String host = url.startsWith("https") ? "localhost" : "127.0.0.1";
            assertThat(curl(version, "--data-binary", "@" + most, url)).isEqualTo(line(host, "/up"));
            assertThat(curl(version, "--data-binary", "@" + more, url))
                    .isEqualTo("413 Content Too Large: a body may have 1048576 bytes\n");
        }
    }

    @Test
    void nghttpAsksForManyAtOnceAndSendsBodies() throws Exception {
        String nghttp = program("nghttp", "nghttp2-client");
        assertThat(PeerProcess.run("", nghttp, h2c("/1"), h2c("/2?kube-echo.delay=100ms"), h2c("/3")))
                .contains(line("127.0.0.1", "/1"), line("127.0.0.1", "/2?kube-echo.delay=100ms"));
        Path body = Files.write(folder.resolve("body"), new byte[300_000]);
        assertThat(PeerProcess.run("", nghttp, "--data", body.toString(), h2c("/up")))
                .isEqualTo(line("127.0.0.1", "/up"));
    }

    @Test
    void h2loadHasEveryRequestAnswered() throws Exception {
        String h2load = program("h2load", "nghttp2-client");
        assertThat(PeerProcess.run("", h2load, "-n", "3000", "-c", "3", "-m", "50", h2c("/a")))
                .contains("3000 succeeded, 0 failed");
        assertThat(PeerProcess.run("", h2load, "-n", "1000", "-c", "2", "-m", "20", tls("/a")))
                .contains("1000 succeeded, 0 failed");
        assertThat(PeerProcess.run("", h2load, "-n", "200", "-c", "2", "-m", "100", h2c("/?kube-echo.size=100KiB")))
                .contains("200 succeeded, 0 failed");
    }

    @Test
    void theJdksClientSpeaksIt() throws Exception {
        HttpClient client = HttpClient.newBuilder()
                .sslContext(certificate.client())
                .version(HttpClient.Version.HTTP_2)
                .build();
        var answers = IntStream.range(0, 50)
                .mapToObj(i -> client.sendAsync(
                        HttpRequest.newBuilder(URI.create(tls("/" + i + "?kube-echo.delay=50ms")))
                                .POST(HttpRequest.BodyPublishers.ofString("body"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString()))
                .toList();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
        for (int i = 0; i < answers.size(); i++) {
            assertThat(answers.get(i).join().version()).isEqualTo(HttpClient.Version.HTTP_2);
            assertThat(answers.get(i).join().body()).isEqualTo(line("localhost", "/" + i + "?kube-echo.delay=50ms"));
        }
    }
}
