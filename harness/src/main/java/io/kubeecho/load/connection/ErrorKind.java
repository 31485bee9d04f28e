package io.kubeecho.load.connection;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What went wrong with a request, in classes that say different things about a target. */
public enum ErrorKind {
    /** Somebody said no at once: nothing listens, or a data plane rejects. */
    REFUSED,
    /** No route, or an ICMP host or network unreachable. */
    UNREACHABLE,
    /** No connection in time: a packet was dropped. */
    CONNECT_TIMEOUT,
    /** The TLS handshake failed. */
    TLS,
    /** This machine could not even try: no port, address or file descriptor was left. */
    LOCAL,
    /** The connection was reset or closed before the first byte of an answer. */
    RESET_BEFORE_ANSWER,
    /** The connection was reset or closed within an answer. */
    RESET_IN_ANSWER,
    /** No whole answer in time. */
    TIMEOUT,
    /** What came is not HTTP. */
    MALFORMED,
    /** Answered, with a status of 400 to 499. */
    HTTP_4XX,
    /** Answered, with a status of 500 or more. */
    HTTP_5XX,
    /** Due, and never sent: every client was busy until the end. */
    NOT_SENT,
    /** Anything else. */
    OTHER;

    /** As reports and objectives write it, such as {@code reset-in-answer}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The kind that is written so; empty if there is none. */
    public static Optional<ErrorKind> named(String text) {
        return Arrays.stream(values()).filter(k -> k.text().equals(text)).findFirst();
    }
}
