package io.kubeecho.hostile.attack;

/** A port of the server under attack. Each server has a loopback address of its own, so that the ports can be fixed. */
public enum Door {
    HTTP(18_080),
    TLS(18_443),
    H2C(18_082),
    MANAGEMENT(19_180);

    private final int port;

    Door(int port) {
        this.port = port;
    }

    /** Its number. */
    public int port() {
        return port;
    }
}
