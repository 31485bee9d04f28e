package io.kubeecho.hostile.client;

/** What a client has got for a request so far. */
sealed interface Got {

    /** A part of its answer, or of a refusal. */
    record Part() implements Got {}

    /**
     * Its answer, to the last byte.
     *
     * @param closing whether it says that the connection ends with it
     */
    record Answer(boolean closing) implements Got {}

    /** A refusal for want of memory or room, such as 503. */
    record Refusal() implements Got {}

    /**
     * Anything else.
     *
     * @param what for people, on one line
     */
    record Wrong(String what) implements Got {}
}
