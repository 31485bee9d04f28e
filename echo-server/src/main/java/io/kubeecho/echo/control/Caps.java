package io.kubeecho.echo.control;

import java.time.Duration;

/**
 * How far controls may go.
 *
 * @param time of a delay, and of the sending of a body; more than zero
 * @param size of a body, in bytes, from 1 to 1 GiB
 */
public record Caps(Duration time, int size) {

    /** Beyond this a body would overflow the counters of what is on its way. */
    public static final int MOST_BYTES = 1 << 30;

    public Caps {
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("the longest delay must be more than zero, but is " + time);
        }
        if (size < 1 || size > MOST_BYTES) {
            throw new IllegalArgumentException("the largest body must be 1 to " + MOST_BYTES + " bytes, not " + size);
        }
    }

    /** 10 s, and as much as a request body may have: 1 MiB. */
    public static Caps defaults() {
        return new Caps(Duration.ofSeconds(10), 1 << 20);
    }

    public Caps withTime(Duration longest) {
        return new Caps(longest, size);
    }

    public Caps withSize(int largest) {
        return new Caps(time, largest);
    }
}
