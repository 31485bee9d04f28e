package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which files make a TLS port, and what is said of those that make none. */
@Timeout(60)
@SuppressWarnings("StringConcatToTextBlock") // the lines of a file, one by one
class TlsFilesTest {

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @TempDir
    Path folder;

    private static String openssl() {
        assumeTrue(PeerProcess.installed("openssl").isPresent(), "not installed here: apt-get install openssl");
        return "openssl";
    }

    private void assertServed(TestCertificate certificate) throws Exception {
        EchoServer server =
                vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1").withTls(certificate.on(0)));
        try (RawClient client = RawClient.overTls(
                certificate.client(), "localhost", server.tlsPort().orElseThrow(), parameters -> {})) {
            client.get("/served");
        }
    }

    private String problem(TlsSettings settings) throws Exception {
        return String.valueOf(Await.failure(EchoServer.start(
                        vertx.vertx(), EchoConfig.embedded("127.0.0.1", "pod-1").withTls(settings)))
                .getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"-keyalg EC -groupname secp384r1", "-keyalg RSA -keysize 2048", "-keyalg ED25519"})
    void keysOfEveryUsualKindAreServed(String kind) throws Exception {
        assertServed(TestCertificate.make(folder, "server", kind.split(" ", -1)));
    }

    /** As {@code openssl ecparam -genkey}, {@code openssl genrsa -traditional} and cert-manager by default write them. */
    @ParameterizedTest
    @ValueSource(strings = {"-keyalg EC -groupname secp256r1", "-keyalg RSA -keysize 2048"})
    void olderFormsOfKeysAreServedToo(String kind) throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "server", kind.split(" ", -1));
        String older = PeerProcess.run(
                "", openssl(), "pkey", "-traditional", "-in", certificate.key().toString());
        assertThat(older).containsPattern("-----BEGIN (RSA|EC) PRIVATE KEY-----");
        Files.writeString(
                certificate.key(),
                "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + older);
        assertServed(certificate);
    }

    @Test
    void aChainIsShownWhole() throws Exception {
        TestCertificate certificate = TestCertificate.make(folder, "server");
        TestCertificate above = TestCertificate.make(folder, "above");
        Files.writeString(
                certificate.chain(),
                "subject=CN = server\n" + certificate.signedBy(above) + Files.readString(above.chain()));
        EchoServer server =
                vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1").withTls(certificate.on(0)));
        String shown = PeerProcess.run(
                "",
                openssl(),
                "s_client",
                "-connect",
                "127.0.0.1:" + server.tlsPort().orElseThrow(),
                "-showcerts");
        assertThat(shown).contains("CN = server", "CN = above");
    }

    @Test
    void whatIsWrongIsSaidInOneLine() throws Exception {
        TestCertificate good = TestCertificate.make(folder, "good");
        TestCertificate rsa = TestCertificate.make(folder, "rsa", "-keyalg", "RSA", "-keysize", "2048");
        TestCertificate other = TestCertificate.make(folder, "other");
        Path nothing = folder.resolve("nothing.pem");
        Path text = Files.writeString(folder.resolve("text.pem"), "nothing of the kind\n");
        Path broken =
                Files.writeString(folder.resolve("broken.pem"), TestCertificate.pem("CERTIFICATE", new byte[] {1, 2}));
        Path notBase64 = Files.writeString(
                folder.resolve("not.pem"), "-----BEGIN PRIVATE KEY-----\n!!!\n-----END PRIVATE KEY-----\n");
        Path encrypted = folder.resolve("encrypted.pem");
        Files.writeString(encrypted, TestCertificate.pem("ENCRYPTED PRIVATE KEY", new byte[] {1, 2}));
        Path oldEncrypted = Files.writeString(
                folder.resolve("old.pem"),
                "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0123\n\nAAAA\n"
                        + "-----END RSA PRIVATE KEY-----\n");

        assertProblem(nothing, good.key(), "nothing.pem does not exist");
        assertProblem(good.chain(), nothing, "nothing.pem does not exist");
        assertProblem(folder, good.key(), "cannot be read");
        assertProblem(text, good.key(), "text.pem has no certificate in PEM");
        assertProblem(good.key(), good.key(), "good.key has no certificate in PEM");
        assertProblem(broken, good.key(), "broken.pem has a certificate that cannot be read");
        assertProblem(good.chain(), text, "text.pem has no private key in PEM");
        assertProblem(good.chain(), notBase64, "not.pem has a key that is not base64");
        assertProblem(good.chain(), encrypted, "encrypted.pem is encrypted", "openssl pkey -in ");
        assertProblem(good.chain(), oldEncrypted, "old.pem is encrypted", "openssl pkey -in ");
        assertProblem(good.chain(), rsa.key(), "rsa.key has no EC key", "openssl pkey -in ");
        Path unrelated = Files.writeString(
                folder.resolve("unrelated.pem"), Files.readString(good.chain()) + Files.readString(other.chain()));
        assertProblem(unrelated, good.key(), "unrelated.pem", "cannot be served", "chain is not valid");
        assertProblem(
                good.chain(),
                other.key(),
                "the key in ",
                "other.key is not that of the first certificate in ",
                "good.crt");
    }

    private void assertProblem(Path chain, Path key, String... said) throws Exception {
        TlsSettings settings = new TlsSettings(OptionalInt.of(0), chain.toString(), key.toString());
        assertThat(problem(settings)).contains(said).doesNotContain("\n");
    }

    @Test
    void theProcessEndsAsWithAnyWrongSetting() throws Exception {
        Map<String, String> environment = Map.of(
                "KUBE_ECHO_TLS_PORT", "0", "KUBE_ECHO_TLS_CERTIFICATE", "/nowhere/tls.crt", "KUBE_ECHO_TLS_KEY", "k");
        assertThat(lastWords(environment)).isEqualTo("kube-echo: /nowhere/tls.crt does not exist\n");
        assertThat(lastWords(Map.of("KUBE_ECHO_TLS_PORT", "0")))
                .isEqualTo("kube-echo: KUBE_ECHO_TLS_PORT, KUBE_ECHO_TLS_CERTIFICATE and KUBE_ECHO_TLS_KEY go together:"
                        + " not all of them are set\n");
    }

    /** What a process says that ends with 2. */
    private String lastWords(Map<String, String> environment) throws IOException, InterruptedException {
        try (EchoProcess process = EchoProcess.launch(folder, environment, List.of(), List.of())) {
            assertThat(process.awaitEnd()).isEqualTo(Main.USAGE);
            return process.errors();
        }
    }
}
