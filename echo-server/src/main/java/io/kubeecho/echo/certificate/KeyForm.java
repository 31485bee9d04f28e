package io.kubeecho.echo.certificate;

import java.io.ByteArrayOutputStream;

/**
 * The older forms of a private key, PKCS#1 (RFC 8017) and SEC 1 (RFC 5915), as PKCS#8 (RFC 5208), the only one that the
 * JDK reads: those who issue certificates in a cluster write PKCS#1 unless told otherwise.
 *
 * <p>The three differ in what is around the numbers: PKCS#8 names the algorithm first, and that is what the public key of
 * the certificate begins with too (RFC 5280 section 4.1), so it is taken from there.
 */
final class KeyForm {

    private static final int SEQUENCE = 0x30;
    private static final int OCTET_STRING = 0x04;
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    private KeyForm() {}

    /**
     * A key in PKCS#8.
     *
     * @param olderForm of PKCS#1 or SEC 1
     * @param publicKey of the certificate, a SubjectPublicKeyInfo in DER as the JDK encodes it
     */
    static byte[] pkcs8(byte[] olderForm, byte[] publicKey) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(VERSION_0);
        int algorithm = contentAt(publicKey, 0);
        content.write(publicKey, algorithm, end(publicKey, algorithm) - algorithm);
        content.writeBytes(element(OCTET_STRING, olderForm));
        return element(SEQUENCE, content.toByteArray());
    }

    /** An element of DER: its tag, its length in as few bytes as it takes, its content. */
    private static byte[] element(int tag, byte[] content) {
        ByteArrayOutputStream element = new ByteArrayOutputStream();
        element.write(tag);
        if (content.length < 0x80) {
            element.write(content.length);
        } else {
            int bytes = content.length < 0x100 ? 1 : content.length < 0x10000 ? 2 : 3;
            element.write(0x80 | bytes);
            for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
                element.write(content.length >> shift);
            }
        }
        element.writeBytes(content);
        return element.toByteArray();
    }

    /** Where the content of the element at {@code at} begins. */
    private static int contentAt(byte[] der, int at) {
        int length = der[at + 1] & 0xff;
        return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
    }

    /** The index after the element at {@code at}. */
    private static int end(byte[] der, int at) {
        int content = contentAt(der, at);
        int length = der[at + 1] & 0xff;
        if (length >= 0x80) {
            length = 0;
            for (int i = at + 2; i < content; i++) {
                length = (length << 8) | (der[i] & 0xff);
            }
        }
        return content + length;
    }
}
