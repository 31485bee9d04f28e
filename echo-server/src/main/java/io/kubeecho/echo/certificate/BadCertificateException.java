package io.kubeecho.echo.certificate;

/** A certificate or its key cannot be used. The message says which file, why, and what to do about it, in one line. */
public final class BadCertificateException extends Exception {

    private static final long serialVersionUID = 1;

    BadCertificateException(String message) {
        super(message);
    }

    BadCertificateException(String message, Throwable cause) {
        super(message, cause);
    }
}
