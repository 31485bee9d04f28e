package io.kubeecho.load.connection;

import io.kubeecho.load.address.Target;

/** Opens connections, each on the event loop that asks for it. */
public interface Connector {

    /**
     * Opens a connection; what becomes of it is told to {@code events}.
     *
     * @param source the address literal to connect from; empty leaves the choice to the kernel's routes
     */
    void connect(Target target, String source, ConnectionEvents events);
}
