package io.kubeecho.hostile.attack;

import java.time.Duration;

/** What a hostile connection does after its first bytes. */
public sealed interface Then {

    /** Nothing, for as long as it is let. */
    record Silence() implements Then {}

    /**
     * Sends more.
     *
     * @param every how long each connection waits in between
     * @param bytes what it sends each time
     */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record Again(Duration every, byte[] bytes) implements Then {}

    /** Is reset by the client at once. */
    record Reset() implements Then {}
}
