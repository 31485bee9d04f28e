package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kubeecho.echo.proxy.ProxyTraffic;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The programs that people use, against the ports that are for them. */
@Timeout(60)
class RealPeersTest {

    private static final Path STREAM_MODULE = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");

    /** Not the address that a proxy on this machine connects from. */
    private static final String CLIENT = "127.0.0.5";

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @TempDir
    Path folder;

    private EchoServer server;

    @BeforeEach
    void start() throws Exception {
        server = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1")
                .withProxyPort(OptionalInt.of(0))
                .withTcpPort(OptionalInt.of(0))
                .withUdpPort(OptionalInt.of(0)));
    }

    @Test
    void curlSpeaksTheProxyProtocol() throws Exception {
        String curl = program("curl", "curl");
        String url = "http://127.0.0.1:" + server.proxyPort().orElseThrow() + "/who?kube-echo.format=json";
        JsonObject connection = new JsonObject(PeerProcess.run(
                        "", curl, "--silent", "--max-time", "10", "--haproxy-protocol", "--interface", CLIENT, url))
                .getJsonObject("connection");
        JsonObject header = connection.getJsonObject("proxyProtocol");
        assertThat(header.getInteger("version")).isEqualTo(1);
        assertThat(header.getString("command")).isEqualTo("PROXY");
        // it speaks for itself
        JsonObject source = header.getJsonObject("source");
        assertThat(source.getString("address")).isEqualTo(CLIENT);
        assertThat(source.encode()).isEqualTo(connection.getJsonObject("peer").encode());
        assertThat(header.getJsonObject("destination").encode())
                .isEqualTo(connection.getJsonObject("local").encode());
    }

    @ParameterizedTest
    @CsvSource({"send-proxy, 1", "send-proxy-v2, 2"})
    void haproxyPassesTheClientOn(String how, int version) throws Exception {
        int port = PeerProcess.freePort();
        try (PeerProcess haproxy = haproxy(port, how)) {
            JsonObject echo = throughProxy(port);
            assertPassedOn(echo, version, port);
        }
    }

    @Test
    void haproxysHealthChecksSpeakForItself() throws Exception {
        ProxyTraffic headers = server.proxyTraffic();
        int port = PeerProcess.freePort();
        try (PeerProcess haproxy = haproxy(port, "send-proxy-v2 check check-send-proxy inter 100ms")) {
            Await.until(() -> headers.local() >= 3);
        }
        assertThat(headers.local()).isGreaterThanOrEqualTo(3);
        assertThat(headers.malformed()).isZero();
    }

    @Test
    void nginxPassesTheClientOn() throws Exception {
        String nginx = program("nginx", "nginx-light");
        assumeTrue(Files.exists(STREAM_MODULE), "not installed here: apt-get install libnginx-mod-stream");
        int port = PeerProcess.freePort();
        String stream = "stream { server { listen 127.0.0.1:" + port + "; proxy_protocol on; proxy_pass 127.0.0.1:"
                + server.proxyPort().orElseThrow() + "; } }";
        try (PeerProcess proxy = nginx(nginx, port, "load_module " + STREAM_MODULE + ";\n", stream)) {
            assertPassedOn(throughProxy(port), 1, port);
        }
    }

    @Test
    void nginxAddsTheClientToXForwardedFor() throws Exception {
        String nginx = program("nginx", "nginx-light");
        int port = PeerProcess.freePort();
        String http = "http { access_log off; server { listen 127.0.0.1:" + port + "; location / { proxy_pass"
                + " http://127.0.0.1:" + server.port()
                + "; proxy_set_header Host $host; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; } } }";
        try (PeerProcess proxy = nginx(nginx, port, "", http);
                RawClient client = RawClient.from(CLIENT, port)) {
            client.send("GET /a HTTP/1.1\r\nHost: shop\r\n\r\n");
            client.awaitText("Host=shop  Path=/a  From=pod-1  ClientIP=127.0.0.1  XFF=" + CLIENT + "\n");
            client.send("GET /b HTTP/1.1\r\nHost: shop\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n\r\n");
            client.awaitText("Path=/b  From=pod-1  ClientIP=127.0.0.1  XFF=203.0.113.7, " + CLIENT + "\n");
        }
    }

    @Test
    void netcatTalksToTheTcpAndTheUdpEcho() throws Exception {
        String nc = program("nc.openbsd", "netcat-openbsd");
        String line = "Host=_  Path=%s  From=pod-1  ClientIP=" + CLIENT + "  XFF=\n";
        assertThat(PeerProcess.run("one\ntwo\n", nc, "-N", "-s", CLIENT, "127.0.0.1", port(server.tcpPort())))
                .isEqualTo(line.formatted("/") + line.formatted("one") + line.formatted("two"));
        assertThat(PeerProcess.run("hello\n", nc, "-u", "-w", "1", "-s", CLIENT, "127.0.0.1", port(server.udpPort())))
                .isEqualTo(line.formatted("hello"));
    }

    private static void assertPassedOn(JsonObject echo, int version, int port) {
        assertThat(echo.getJsonObject("client").getString("address")).isEqualTo(CLIENT);
        JsonObject connection = echo.getJsonObject("connection");
        assertThat(connection.getJsonObject("peer").getString("address")).isEqualTo("127.0.0.1");
        JsonObject header = connection.getJsonObject("proxyProtocol");
        assertThat(header.getInteger("version")).isEqualTo(version);
        assertThat(header.getString("command")).isEqualTo("PROXY");
        assertThat(header.getJsonObject("source").getString("address")).isEqualTo(CLIENT);
        assertThat(header.getJsonObject("destination").encode())
                .isEqualTo("{\"address\":\"127.0.0.1\",\"port\":" + port + "}");
    }

    private static JsonObject throughProxy(int port) throws IOException {
        try (RawClient client = RawClient.from(CLIENT, port)) {
            client.send("GET /?kube-echo.format=json HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            String answer = client.awaitEnd();
            return new JsonObject(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
    }

    private PeerProcess haproxy(int port, String how) throws IOException, InterruptedException {
        String haproxy = program("haproxy", "haproxy");
        Path configuration = folder.resolve("haproxy.cfg");
        Files.write(
                configuration,
                List.of(
                        "defaults",
                        "  mode tcp",
                        "  timeout connect 5s",
                        "  timeout client 20s",
                        "  timeout server 20s",
                        "listen echo",
                        "  bind 127.0.0.1:" + port,
                        "  server pod 127.0.0.1:" + server.proxyPort().orElseThrow() + " " + how));
        return PeerProcess.serve(folder, port, haproxy, "-db", "-f", configuration.toString());
    }

    private PeerProcess nginx(String nginx, int port, String before, String block)
            throws IOException, InterruptedException {
        Path configuration = folder.resolve("nginx.conf");
        Files.writeString(
                configuration,
                before + "daemon off; master_process off; pid " + folder.resolve("nginx.pid")
                        + ";\nevents { worker_connections 64; }\n"
                        + block.replace(
                                "http {",
                                "http { client_body_temp_path " + folder.resolve("body") + "; proxy_temp_path "
                                        + folder.resolve("proxy") + "; fastcgi_temp_path " + folder.resolve("fastcgi")
                                        + "; uwsgi_temp_path " + folder.resolve("uwsgi") + "; scgi_temp_path "
                                        + folder.resolve("scgi") + ";")
                        + "\n");
        return PeerProcess.serve(
                folder,
                port,
                nginx,
                "-c",
                configuration.toString(),
                "-e",
                folder.resolve("error.log").toString());
    }

    private static String port(OptionalInt port) {
        return String.valueOf(port.orElseThrow());
    }

    private static String program(String name, String debianPackage) {
        var place = PeerProcess.installed(name);
        assumeTrue(place.isPresent(), name + " is not installed here: apt-get install " + debianPackage);
        return place.orElseThrow().toString();
    }
}
