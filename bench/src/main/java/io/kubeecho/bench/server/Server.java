package io.kubeecho.bench.server;

import java.util.List;
import java.util.Map;

/**
 * How a server is started.
 *
 * @param name for tables
 * @param command starts it in the foreground
 * @param environment added to the benchmark's own
 * @param port the one on 127.0.0.1 that it will answer on
 * @param log where its standard output goes
 */
public record Server(String name, List<String> command, Map<String, String> environment, int port, Output log) {

    /** The port with TLS of a server that has one is so much above its own. */
    public static final int TLS_ABOVE = 2;

    /** The port for HTTP/2 without TLS likewise. */
    public static final int H2C_ABOVE = 3;

    /** The standard output of a server. */
    public enum Output {
        /** Thrown away by the kernel. */
        NOWHERE,
        /** A pipe that another process reads, as a container runtime does. */
        PIPE
    }

    public Server {
        command = List.copyOf(command);
        environment = Map.copyOf(environment);
    }

    public String url() {
        return "http://127.0.0.1:" + port + "/";
    }
}
