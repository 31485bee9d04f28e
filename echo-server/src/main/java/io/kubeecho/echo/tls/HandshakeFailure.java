package io.kubeecho.echo.tls;

import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/** Why a handshake came to nothing. */
public enum HandshakeFailure {
    /** The client speaks something else, such as HTTP without TLS. */
    NOT_TLS,
    /** It took too long. */
    LATE,
    /** The client went away. */
    GONE,
    /** The client has refused, as it does where it does not trust the certificate. */
    REFUSED,
    /** There is no version, cipher suite or protocol that both sides know, or the client breaks the rules. */
    NO_AGREEMENT;

    /** As metrics name it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    static HandshakeFailure of(Throwable cause) {
        if (cause instanceof NotSslRecordException) {
            return NOT_TLS;
        }
        if (cause instanceof SslHandshakeTimeoutException) {
            return LATE;
        }
        if (cause instanceof ClosedChannelException || !(cause instanceof SSLException)) {
            return GONE;
        }
        String message = String.valueOf(cause.getMessage());
        if (message.contains("Received fatal alert") || message.contains("Received close_notify")) {
            return REFUSED;
        }
        return message.contains("closed") ? GONE : NO_AGREEMENT;
    }
}
