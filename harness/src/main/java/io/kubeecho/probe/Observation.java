package io.kubeecho.probe;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.kubeecho.dial.Failure;

/**
 * One new connection: when, from where, and what came of it.
 *
 * @param entry the affinity entry it belongs to, which names client, Service and front end
 * @param client the client's name
 * @param clientAddress the address it connects from
 * @param startedNanos by the client's monotonic clock: comparable with the same client's observations only
 * @param endedNanos by the same clock, when the answer was complete or the attempt had failed
 */
public record Observation(
        String entry, String client, String clientAddress, long startedNanos, long endedNanos, Result result) {

    /** What came of a connection. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Answered.class, name = "answered"),
        @JsonSubTypes.Type(value = Misunderstood.class, name = "misunderstood"),
        @JsonSubTypes.Type(value = Unanswered.class, name = "unanswered")
    })
    public sealed interface Result {}

    /**
     * An echo pod answered.
     *
     * @param localPort the client's own port, different for every connection
     */
    public record Answered(long establishedNanos, int localPort, EchoLine line) implements Result {}

    /** Something answered, and it was not an echo pod. */
    public record Misunderstood(int status, String body) implements Result {}

    /**
     * Nothing answered.
     *
     * @param connected whether the connection was established before it failed
     */
    public record Unanswered(boolean connected, Failure failure, String detail) implements Result {}
}
