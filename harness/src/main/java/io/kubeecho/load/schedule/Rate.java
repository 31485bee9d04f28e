package io.kubeecho.load.schedule;

/** How many sends a second are due, over time. */
public sealed interface Rate {

    /** The time by which so many sends are due, in seconds from the start; infinite if they never are. */
    double secondsUntil(double sends);

    /** How many sends are due in the first so many seconds. */
    double sendsIn(double seconds);

    /** Sends per second at the start. */
    double atStart();

    /** The most sends per second it ever asks for. */
    double highest();

    /** @param perSecond above 0, at most 10 million */
    static Rate constant(double perSecond) {
        return new Constant(perSecond);
    }

    /**
     * From one rate to another in a straight line, and on at the last.
     *
     * @param from sends per second at the start, 0 or more
     * @param to sends per second at the end, 0 or more; not both 0
     * @param seconds how long the change takes, above 0
     */
    static Rate ramp(double from, double to, double seconds) {
        return new Ramp(from, to, seconds);
    }

    /** The same at any time. */
    record Constant(double perSecond) implements Rate {

        public Constant {
            requireRate(perSecond);
            if (perSecond == 0) {
                throw new IllegalArgumentException("a rate of 0 sends nothing");
            }
        }

        @Override
        public double secondsUntil(double sends) {
            return sends / perSecond;
        }

        @Override
        public double sendsIn(double seconds) {
            return seconds * perSecond;
        }

        @Override
        public double atStart() {
            return perSecond;
        }

        @Override
        public double highest() {
            return perSecond;
        }
    }

    /** A straight line, then level. */
    record Ramp(double from, double to, double seconds) implements Rate {

        public Ramp {
            requireRate(from);
            requireRate(to);
            if (from == 0 && to == 0) {
                throw new IllegalArgumentException("a ramp from 0 to 0 sends nothing");
            }
            if (!(seconds > 0 && seconds < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a ramp takes some time, not " + seconds + " s");
            }
        }

        @Override
        public double secondsUntil(double sends) {
            double inRamp = (from + to) / 2 * seconds;
            if (sends > inRamp) {
                return seconds + (sends - inRamp) / to;
            }
            if (sends <= 0) {
                return 0;
            }
            // the root of from·t + slope·t²/2 = sends, in the form that loses no digits where the slope is small
            double slope = (to - from) / seconds;
            double discriminant = Math.max(0, from * from + 2 * slope * sends);
            return 2 * sends / (from + Math.sqrt(discriminant));
        }

        @Override
        public double sendsIn(double time) {
            double within = Math.min(time, seconds);
            double slope = (to - from) / seconds;
            return from * within + slope * within * within / 2 + to * Math.max(0, time - seconds);
        }

        @Override
        public double atStart() {
            return from;
        }

        @Override
        public double highest() {
            return Math.max(from, to);
        }
    }

    private static void requireRate(double perSecond) {
        if (!(perSecond >= 0 && perSecond <= 1e7)) {
            throw new IllegalArgumentException("a rate lies between 0 and 10 million a second, not at " + perSecond);
        }
    }
}
