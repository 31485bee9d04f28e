package io.kubeecho.echo.control;

/**
 * What may be asked of a server, and what it asks of itself.
 *
 * @param byRequest whether requests may ask for anything
 * @param standing the controls of every request, written like a query without {@code kube-echo.}; empty for none. What
 *     a request asks for comes before them
 * @param caps how far either may go
 */
public record ControlSettings(boolean byRequest, String standing, Caps caps) {

    /** Requests may ask for what {@link Caps#defaults()} allows, and the server asks for nothing. */
    public static ControlSettings defaults() {
        return new ControlSettings(true, "", Caps.defaults());
    }

    public ControlSettings withByRequest(boolean allowed) {
        return new ControlSettings(allowed, standing, caps);
    }

    public ControlSettings withStanding(String controls) {
        return new ControlSettings(byRequest, controls, caps);
    }

    public ControlSettings withCaps(Caps newCaps) {
        return new ControlSettings(byRequest, standing, newCaps);
    }

    /**
     * What the server asks of itself, read.
     *
     * @throws IllegalArgumentException with one sentence, if that is wrong
     */
    public Controls standingControls() {
        return read(standing);
    }

    /**
     * Controls that the operator gives, written as {@link #standing}.
     *
     * @throws IllegalArgumentException with one sentence, if they are wrong
     */
    public Controls read(String controls) {
        Reading reading = new ControlReader(caps).read(Asked.ofSetting(controls));
        if (reading instanceof Reading.Wrong wrong) {
            throw new IllegalArgumentException(wrong.sentence());
        }
        return ((Reading.Read) reading).controls();
    }
}
