package io.kubeecho.hostile.attack;

/** One way to make a server hold memory, time or sockets for a client that is not going to give them back. */
public interface Attack {

    /** What the command line and the tables call it: lower case, hyphens. */
    String name();

    /** What each connection does, for the tables. */
    String does();

    /** Which port it goes to. */
    Door door();

    /** What each connection sends first; the same array each time, which nobody changes. */
    byte[] opening();

    /** What each connection does from then on. */
    default Then then() {
        return new Then.Silence();
    }

    /** Whether what the server sends is taken off the socket. */
    default boolean reads() {
        return false;
    }
}
