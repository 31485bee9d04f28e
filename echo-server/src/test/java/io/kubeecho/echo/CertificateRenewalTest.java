package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The certificate of the TLS port is renewed without a restart, as a volume of a Secret is. */
@Timeout(60)
class CertificateRenewalTest {

    @RegisterExtension
    final VertxExtension vertx = new VertxExtension();

    @TempDir
    Path folder;

    private final List<String> notices = new CopyOnWriteArrayList<>();

    private EchoServer start(TlsSettings settings) throws Exception {
        return vertx.start(EchoConfig.embedded("127.0.0.1", "pod-1").withTls(settings), notices::add);
    }

    /** Whose certificate a new connection is shown. */
    private static String shown(EchoServer server, TestCertificate trusted) throws Exception {
        try (RawClient client = connect(server, trusted)) {
            return subject(client);
        }
    }

    private static RawClient connect(EchoServer server, TestCertificate trusted) throws Exception {
        return RawClient.overTls(trusted.client(), "localhost", server.tlsPort().orElseThrow(), parameters -> {});
    }

    private static String subject(RawClient client) throws Exception {
        X509Certificate shown =
                (X509Certificate) ((SSLSocket) client.socket()).getSession().getPeerCertificates()[0];
        return shown.getSubjectX500Principal().getName();
    }

    private void awaitNotice(String text) throws InterruptedException {
        Await.until(() -> notices.stream().anyMatch(notice -> notice.contains(text)));
        assertThat(notices).filteredOn(notice -> notice.contains(text)).hasSize(1);
    }

    @Test
    void newConnectionsGetTheNewOneAndOthersGoOn() throws Exception {
        TestCertificate first = TestCertificate.make(folder, "first");
        TestCertificate second = TestCertificate.make(folder, "second");
        // as the kubelet lays it out: tls.crt -> ..data/tls.crt, ..data -> a folder that is new each time
        Path mount = Files.createDirectory(folder.resolve("mount"));
        publish(mount, "v1", first);
        Files.createSymbolicLink(mount.resolve("tls.crt"), Path.of("..data", "tls.crt"));
        Files.createSymbolicLink(mount.resolve("tls.key"), Path.of("..data", "tls.key"));
        EchoServer server = start(first.on(0)
                .withCertificate(mount.resolve("tls.crt").toString())
                .withKey(mount.resolve("tls.key").toString()));

        try (RawClient before = connect(server, first).get("/1")) {
            assertThat(subject(before)).isEqualTo("CN=first");
            publish(mount, "v2", second);
            awaitNotice("tls.crt is new, valid until ");
            assertThat(shown(server, second)).isEqualTo("CN=second");
            before.get("/2");
        }
        assertThat(notices).hasSize(1);
    }

    private static void publish(Path mount, String version, TestCertificate certificate) throws Exception {
        Path data = Files.createDirectory(mount.resolve(version));
        Files.copy(certificate.chain(), data.resolve("tls.crt"));
        Files.copy(certificate.key(), data.resolve("tls.key"));
        Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of(version));
        Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void aBrokenOneIsSaidOnceAndTheOldOneKept() throws Exception {
        TestCertificate first = TestCertificate.make(folder, "first");
        TestCertificate second = TestCertificate.make(folder, "second");
        EchoServer server = start(first.on(0));

        Files.copy(second.chain(), first.chain(), StandardCopyOption.REPLACE_EXISTING);
        awaitNotice("keeping the certificate as it was: the key in ");
        assertThat(shown(server, first)).isEqualTo("CN=first");

        Files.delete(first.key());
        awaitNotice("first.key does not exist");
        assertThat(shown(server, first)).isEqualTo("CN=first");

        Files.copy(second.key(), first.key());
        awaitNotice("first.crt is new, valid until ");
        assertThat(shown(server, second)).isEqualTo("CN=second");
        assertThat(notices).hasSize(3);
    }
}
