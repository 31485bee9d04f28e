package io.kubeecho.load.connection;

import io.kubeecho.dial.Failure;
import io.netty.handler.ssl.NotSslRecordException;
import java.util.Locale;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** The class of an exception: what dial knows of transport errors, with TLS and HTTP/2 told apart. */
final class Failures {

    private Failures() {}

    /** What a failed attempt to connect was. */
    static ErrorKind connecting(Throwable cause) {
        String message = text(cause);
        if (causedBy(cause, SSLException.class) || causedBy(cause, java.security.GeneralSecurityException.class)) {
            return ErrorKind.TLS;
        }
        if (lacksSettings(message)) {
            return ErrorKind.MALFORMED;
        }
        return switch (Failure.of(cause)) {
            case REFUSED -> ErrorKind.REFUSED;
            case TIMEOUT ->
                message.contains("ssl") || message.contains("handshake") ? ErrorKind.TLS : ErrorKind.CONNECT_TIMEOUT;
            case RESET, CLOSED -> ErrorKind.RESET_BEFORE_ANSWER;
            case UNREACHABLE -> ErrorKind.UNREACHABLE;
            case LOCAL -> ErrorKind.LOCAL;
            case DNS, OTHER -> ErrorKind.OTHER;
        };
    }

    /** The innermost reason, in a few words. */
    static String describe(Throwable cause) {
        Throwable innermost = cause;
        while (innermost.getCause() != null && innermost.getCause() != innermost) {
            innermost = innermost.getCause();
        }
        if (innermost instanceof NotSslRecordException) {
            // its message is all that came, in hexadecimal
            return "what answers there does not speak TLS";
        }
        String message = innermostMessage(cause);
        if (message != null && lacksSettings(message.toLowerCase(Locale.ROOT))) {
            return "what answers there does not speak HTTP/2";
        }
        return message == null ? innermost.getClass().getSimpleName() : message;
    }

    private static @Nullable String innermostMessage(Throwable cause) {
        String message = null;
        for (Throwable t = cause; t != null && t != t.getCause(); t = t.getCause()) {
            message = t.getMessage() == null ? message : t.getMessage();
        }
        return message;
    }

    /** An HTTP/2 connection begins with a frame of that name. */
    private static boolean lacksSettings(String lowerCase) {
        return lowerCase.contains("not settings");
    }

    private static boolean causedBy(Throwable cause, Class<? extends Throwable> type) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return true;
            }
        }
        return false;
    }

    private static String text(Throwable cause) {
        return String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    }
}
