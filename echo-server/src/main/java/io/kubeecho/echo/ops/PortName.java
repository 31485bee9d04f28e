package io.kubeecho.echo.ops;

import java.util.Locale;

/** A port as metrics name it: by what is spoken, since its number is anybody's choice. */
enum PortName {
    HTTP,
    PROXY,
    TLS,
    H2C,
    TCP;

    /** The label that has it. */
    static final String LABEL = "port";

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
