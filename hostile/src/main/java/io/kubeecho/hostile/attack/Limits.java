package io.kubeecho.hostile.attack;

/**
 * How far one attack goes.
 *
 * @param connections how many it keeps open
 * @param rate how many it opens in a second, until it has opened so many
 * @param again how many it opens in a second from then on, in the place of those that the server has closed
 * @param bytesPerSecond how much of first bytes it sends in a second at most
 */
public record Limits(int connections, int rate, int again, long bytesPerSecond) {

    /** At most this many new connections in a second, so that the client leaves the server its processors. */
    public int ratePerSecond(long opened, int openingBytes) {
        int wanted = opened < connections ? rate : again;
        return (int) Math.max(1, Math.min(wanted, bytesPerSecond / Math.max(1, openingBytes)));
    }

    /** What is left for each of so many attacks that one machine makes at once. */
    public Limits sharedBy(int attacks) {
        return new Limits(
                Math.max(1, connections / attacks),
                Math.max(1, rate / attacks),
                Math.max(1, again / attacks),
                Math.max(1, bytesPerSecond / attacks));
    }
}
