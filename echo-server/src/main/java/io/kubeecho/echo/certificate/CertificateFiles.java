package io.kubeecho.echo.certificate;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A certificate and its key as PEM files, such as those of a Secret of type {@code kubernetes.io/tls} in a volume.
 *
 * @param chain the server's own certificate first
 * @param key its private key, not encrypted
 */
record CertificateFiles(Path chain, Path key) {

    private static final byte[] PROBE = "kube-echo".getBytes(StandardCharsets.US_ASCII);

    /** What the files hold at the moment, whatever it is. */
    Content content() throws BadCertificateException {
        return new Content(read(chain), read(key));
    }

    private static byte[] read(Path file) throws BadCertificateException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new BadCertificateException(file + " does not exist", e);
        } catch (AccessDeniedException e) {
            throw new BadCertificateException(file + " may not be read by this user", e);
        } catch (IOException e) {
            throw new BadCertificateException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** A certificate with those above it, and the key that belongs to it. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Pair(X509Certificate[] chain, PrivateKey key) {}

    /** The bytes of both files. */
    @SuppressWarnings("ArrayRecordComponent") // compared below
    record Content(byte[] chain, byte[] key) {

        boolean isSameAs(Content other) {
            return java.util.Arrays.equals(chain, other.chain) && java.util.Arrays.equals(key, other.key);
        }
    }

    /** What the content means. */
    Pair pair(Content content) throws BadCertificateException {
        List<X509Certificate> certificates = certificates(content.chain());
        X509Certificate own = certificates.get(0);
        PrivateKey privateKey = privateKey(content.key(), own);
        if (!belongTogether(own, privateKey)) {
            throw new BadCertificateException(mismatch());
        }
        return new Pair(certificates.toArray(X509Certificate[]::new), privateKey);
    }

    private String mismatch() {
        return "the key in " + key + " is not that of the first certificate in " + chain
                + ", which has to be the server's own";
    }

    private List<X509Certificate> certificates(byte[] file) throws BadCertificateException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            for (PemBlock block : PemBlock.read(file)) {
                if (block.label().endsWith("CERTIFICATE")) {
                    certificates.add(
                            (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.content())));
                }
            }
        } catch (CertificateException | IllegalArgumentException e) {
            throw new BadCertificateException(chain + " has a certificate that cannot be read: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new BadCertificateException(
                    chain + " has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----");
        }
        return certificates;
    }

    private PrivateKey privateKey(byte[] file, X509Certificate own) throws BadCertificateException {
        Optional<PemBlock> block;
        try {
            block = PemBlock.read(file).stream()
                    .filter(candidate -> candidate.label().endsWith("PRIVATE KEY"))
                    .findFirst();
        } catch (IllegalArgumentException e) {
            throw new BadCertificateException(key + " has a key that is not base64", e);
        }
        if (block.isEmpty()) {
            throw new BadCertificateException(
                    key + " has no private key in PEM, which begins with -----BEGIN PRIVATE KEY-----");
        }
        PemBlock found = block.get();
        if (found.label().startsWith("ENCRYPTED") || found.content().length == 0) {
            throw new BadCertificateException(
                    key + " is encrypted, and there is nobody to ask for its password: openssl pkey -in " + key
                            + " -out plain.key decrypts it");
        }
        byte[] pkcs8 = found.label().equals("PRIVATE KEY")
                ? found.content()
                : KeyForm.pkcs8(found.content(), own.getPublicKey().getEncoded());
        String algorithm = own.getPublicKey().getAlgorithm();
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (GeneralSecurityException e) {
            throw new BadCertificateException(
                    key + " has no " + algorithm + " key, as the certificate in " + chain
                            + " needs it, or one in a form that is not known here: openssl pkey -in " + key
                            + " -out pkcs8.key writes it as PKCS#8",
                    e);
        }
    }

    /** Whether what is signed with the one is found right with the other. */
    private static boolean belongTogether(X509Certificate certificate, PrivateKey key) throws BadCertificateException {
        String algorithm = switch (certificate.getPublicKey().getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
            default ->
                throw new BadCertificateException("a certificate of "
                        + certificate.getPublicKey().getAlgorithm() + " cannot be served: RSA, EC and Ed25519 can");
        };
        try {
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(PROBE);
            Signature verifying = Signature.getInstance(algorithm);
            verifying.initVerify(certificate.getPublicKey());
            verifying.update(PROBE);
            return verifying.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
