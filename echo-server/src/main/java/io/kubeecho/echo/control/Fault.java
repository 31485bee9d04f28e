package io.kubeecho.echo.control;

/** How a request fails. */
public sealed interface Fault {

    /**
     * The echo comes with this status.
     *
     * @param code 400 to 599
     */
    record Answered(int code) implements Fault {}

    /** Nothing is answered, and the connection is reset (TCP RST). */
    record Reset() implements Fault {}

    /** Nothing is answered, and the connection is closed (TCP FIN). */
    record Closed() implements Fault {}
}
