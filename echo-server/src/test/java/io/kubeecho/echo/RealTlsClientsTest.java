package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The clients that people use, against the ports with TLS. */
@Timeout(60)
class RealTlsClientsTest {

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
        server = vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1").withTls(certificate.on(0)));
    }

    private static String program(String name, String debianPackage) {
        var installed = PeerProcess.installed(name);
        assumeTrue(installed.isPresent(), "not installed here: apt-get install " + debianPackage);
        return installed.orElseThrow().toString();
    }

    private String curl(String... options) throws Exception {
        String[] command = new String[options.length + 6];
        command[0] = program("curl", "curl");
        command[1] = "--silent";
        command[2] = "--max-time";
        command[3] = "10";
        command[4] = "--cacert";
        command[5] = certificate.chain().toString();
        System.arraycopy(options, 0, command, 6, options.length);
        return PeerProcess.run("", command);
    }

    private String url(String target) {
        return "https://localhost:" + server.tlsPort().orElseThrow() + target;
    }

    @ParameterizedTest
    @CsvSource({"1.2, TLSv1.2", "1.3, TLSv1.3"})
    void curlSpeaksTls(String most, String version) throws Exception {
        assertThat(curl("--http1.1", "--tls-max", most, url("/a")))
                .isEqualTo("Host=localhost  Path=/a  From=pod-1  ClientIP=127.0.0.1  XFF=\n");
        JsonObject json = new JsonObject(curl("--http1.1", "--tls-max", most, url("/?kube-echo.format=json")));
        JsonObject tls = json.getJsonObject("connection").getJsonObject("tls");
        assertThat(tls.getString("version")).isEqualTo(version);
        assertThat(tls.getString("serverName")).isEqualTo("localhost");
        assertThat(tls.getString("alpn")).isEqualTo("http/1.1");
        assertThat(json.getJsonObject("request").getString("protocol")).isEqualTo("HTTP/1.1");
    }

    @Test
    void curlKeepsTheConnection() throws Exception {
        String asked = url("/?kube-echo.format=json");
        String both = curl("--http1.1", asked, asked);
        assertThat(both).contains("\"request\": 1,", "\"request\": 2,");
    }

    @Test
    void opensslFindsAGoodHandshake() throws Exception {
        String said = PeerProcess.run(
                "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
                program("openssl", "openssl"),
                "s_client",
                "-connect",
                "localhost:" + server.tlsPort().orElseThrow(),
                "-CAfile",
                certificate.chain().toString(),
                "-verify_return_error",
                "-ign_eof",
                "-alpn",
                "http/1.1");
        assertThat(said).contains("Path=/a ", "ALPN protocol: http/1.1", "Verify return code: 0 (ok)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1", "-tls1_1"})
    void olderVersionsAreRefused(String version) throws Exception {
        String said = PeerProcess.end(
                "",
                program("openssl", "openssl"),
                "s_client",
                version,
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-connect",
                "localhost:" + server.tlsPort().orElseThrow());
        assertThat(said).contains("alert protocol version").contains("no peer certificate available");
    }

    @Test
    void aClientOfTls12MayNotAskForAnotherHandshake() throws Exception {
        Map<String, String> environment = Map.of(
                "KUBE_ECHO_TLS_PORT",
                "0",
                "KUBE_ECHO_TLS_CERTIFICATE",
                certificate.chain().toString(),
                "KUBE_ECHO_TLS_KEY",
                certificate.key().toString());
        try (EchoProcess process = EchoProcess.start(folder, environment)) {
            String said = PeerProcess.end(
                    "R\n",
                    program("openssl", "openssl"),
                    "s_client",
                    "-tls1_2",
                    "-connect",
                    "localhost:" + process.port("TLS"));
            assertThat(said).contains("RENEGOTIATING").containsPattern("no renegotiation|handshake failure");
        }
    }
}
