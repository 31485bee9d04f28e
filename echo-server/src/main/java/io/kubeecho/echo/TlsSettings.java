package io.kubeecho.echo;

import java.util.Objects;
import java.util.OptionalInt;

/**
 * The settings that open the TLS port: one without the others is a mistake.
 *
 * @param port the echo port with TLS, 0 for one that the kernel chooses; empty for none
 * @param certificate the PEM file with the certificate and those above it; empty unless set
 * @param key the PEM file with its private key; empty unless set
 */
public record TlsSettings(OptionalInt port, String certificate, String key) {

    public TlsSettings {
        Objects.requireNonNull(port, "port");
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(key, "key");
    }

    public static TlsSettings off() {
        return new TlsSettings(OptionalInt.empty(), "", "");
    }

    public TlsSettings withPort(OptionalInt newPort) {
        return new TlsSettings(newPort, certificate, key);
    }

    public TlsSettings withCertificate(String file) {
        return new TlsSettings(port, file, key);
    }

    public TlsSettings withKey(String file) {
        return new TlsSettings(port, certificate, file);
    }

    /** @throws IllegalArgumentException with a sentence for the user, when only some of them are set */
    void requireAllOrNone() {
        boolean none = port.isEmpty() && certificate.isEmpty() && key.isEmpty();
        boolean all = port.isPresent() && !certificate.isEmpty() && !key.isEmpty();
        if (!none && !all) {
            throw new IllegalArgumentException(Setting.TLS_PORT.variable() + ", " + Setting.TLS_CERTIFICATE.variable()
                    + " and " + Setting.TLS_KEY.variable() + " go together: not all of them are set");
        }
    }
}
