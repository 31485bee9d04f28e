package io.kubeecho.load.measure;

/**
 * How a load ended, in seconds from the start of what is measured.
 *
 * @param sending until when sends were due: with the last one's time, until the next one would have been
 * @param lastAnswer when the last answer came, of any status; 0 if none did
 * @param lastOutcome when the last send was answered or given up: after that nothing was to be expected of the target
 */
public record Ending(double sending, double lastAnswer, double lastOutcome) {

    /** What is known of one part of a load and of another: the later of each. */
    public Ending or(Ending other) {
        return new Ending(
                Math.max(sending, other.sending),
                Math.max(lastAnswer, other.lastAnswer),
                Math.max(lastOutcome, other.lastOutcome));
    }

    /** The same, by a clock that began so many seconds earlier. */
    public Ending later(double seconds) {
        return new Ending(sending + seconds, lastAnswer + seconds, lastOutcome + seconds);
    }
}
