package io.kubeecho.echo.budget;

import java.util.Locale;

/** What a connection holds bytes for. */
public enum Holding {
    /** A connection as such: the objects of its channel and of its protocol, and what the kernel keeps for it. */
    CONNECTION,
    /** A TLS handshake and the engine that it is made with. */
    TLS,
    /** The beginning of a request: a head that is not complete, or requests behind one that is not answered yet. */
    HEAD,
    /** A head whose body still comes. */
    BODY,
    /** An answer that is delayed, spread over time, or not read by its client. */
    ANSWER,
    /** The fields of a request of HTTP/2 that are not complete, and its streams. */
    STREAM,
    /** What {@code /dial} reads: the plans that it is asked for and the answers of those that it asks. */
    DIAL;

    /** As metrics name it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
