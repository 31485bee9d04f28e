package io.kubeecho.load.connection;

import io.netty.handler.ssl.NotSslRecordException;
import java.io.FileNotFoundException;
import java.net.BindException;
import java.net.NoRouteToHostException;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** The class of an exception, from its type where that says it and from its text where the system's words are all. */
final class Failures {

    private Failures() {}

    /** What a failed attempt to connect was. */
    static ErrorKind connecting(Throwable cause) {
        String message = text(cause);
        if (causedBy(cause, SSLException.class) || causedBy(cause, java.security.GeneralSecurityException.class)) {
            return ErrorKind.TLS;
        }
        if (message.contains("settings")) {
            // an HTTP/2 connection begins with a frame of that name
            return ErrorKind.MALFORMED;
        }
        if (cause instanceof BindException
                || cause instanceof FileNotFoundException
                || message.contains("cannot assign requested address")
                || message.contains("address already in use")
                || message.contains("too many open files")
                || message.contains("no buffer space")) {
            return ErrorKind.LOCAL;
        }
        if (cause instanceof NoRouteToHostException
                || message.contains("unreachable")
                || message.contains("no route to host")) {
            return ErrorKind.UNREACHABLE;
        }
        // Netty's connect timeout is a ConnectException too, so the timeout is looked for first
        if (cause instanceof TimeoutException || message.contains("timed out") || message.contains("timeout")) {
            return message.contains("ssl") || message.contains("handshake") ? ErrorKind.TLS : ErrorKind.CONNECT_TIMEOUT;
        }
        if (message.contains("refused")) {
            return ErrorKind.REFUSED;
        }
        if (message.contains("reset") || message.contains("closed") || message.contains("broken pipe")) {
            return ErrorKind.RESET_BEFORE_ANSWER;
        }
        return ErrorKind.OTHER;
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
        String message = innermost.getMessage();
        return message == null ? innermost.getClass().getSimpleName() : message;
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
