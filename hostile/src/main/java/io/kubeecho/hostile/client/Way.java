package io.kubeecho.hostile.client;

import io.kubeecho.hostile.attack.Door;

/** How a good client asks. */
public enum Way {
    /** HTTP/1.1, on connections that are kept. */
    KEPT("HTTP/1.1, kept", Door.HTTP),
    /** HTTP/1.1, on a new connection for each request. */
    NEW("HTTP/1.1, new", Door.HTTP),
    /** HTTP/1.1 over TLS, on connections that are kept for a while. */
    TLS("TLS", Door.TLS),
    /** HTTP/2 by prior knowledge, on one connection. */
    H2C("h2c", Door.H2C);

    private final String text;
    private final Door door;

    Way(String text, Door door) {
        this.text = text;
        this.door = door;
    }

    /** For people. */
    public String text() {
        return text;
    }

    Door door() {
        return door;
    }
}
