package io.kubeecho.echo;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate that the JDK's keytool has made for this test alone, for localhost, (www.)shop.example and 127.0.0.1.
 *
 * @param chain in PEM
 * @param key in PEM, PKCS#8
 */
public record TestCertificate(Path chain, Path key, Certificate certificate) {

    private static final String PASSWORD = "only-for-tests";
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

    /** One of ECDSA, the usual. */
    public static TestCertificate make(Path folder, String name) throws Exception {
        return make(folder, name, "-keyalg", "EC", "-groupname", "secp256r1");
    }

    /** @param keyOptions keytool's, for the kind of key */
    static TestCertificate make(Path folder, String name, String... keyOptions) throws Exception {
        Path store = folder.resolve(name + ".p12");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-ext",
                "san=dns:localhost,dns:shop.example,dns:www.shop.example,ip:127.0.0.1",
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(Arrays.asList(keyOptions));
        PeerProcess.run("", command.toArray(String[]::new));
        KeyStore entries = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            entries.load(in, PASSWORD.toCharArray());
        }
        Certificate certificate = entries.getCertificate(name);
        Key key = entries.getKey(name, PASSWORD.toCharArray());
        return new TestCertificate(
                Files.writeString(folder.resolve(name + ".crt"), pem("CERTIFICATE", certificate.getEncoded())),
                Files.writeString(folder.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded())),
                certificate);
    }

    /** In PEM, the same signed by another one, both as they were made. */
    String signedBy(TestCertificate above) throws Exception {
        return above.keytool(keytool("", "-certreq"), "-gencert", "-rfc");
    }

    private String keytool(String input, String... command) throws Exception {
        String name = chain.getFileName().toString().replace(".crt", "");
        List<String> whole = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-alias",
                name,
                "-keystore",
                chain.resolveSibling(name + ".p12").toString(),
                "-storepass",
                PASSWORD));
        whole.addAll(1, Arrays.asList(command));
        return PeerProcess.run(input, whole.toArray(String[]::new));
    }

    static String pem(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(content) + "\n-----END " + label + "-----\n";
    }

    /** The settings of a port that shows it. */
    public TlsSettings on(int port) {
        return new TlsSettings(OptionalInt.of(port), chain.toString(), key.toString());
    }

    /** Takes the place of another one, file by file. */
    void replace(TestCertificate other) throws IOException {
        Files.copy(chain, other.chain, StandardCopyOption.REPLACE_EXISTING);
        Files.copy(key, other.key, StandardCopyOption.REPLACE_EXISTING);
    }

    /** A client that trusts it and nothing else. */
    public SSLContext client() throws GeneralSecurityException, IOException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("server", certificate);
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
