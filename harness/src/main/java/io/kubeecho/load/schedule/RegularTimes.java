package io.kubeecho.load.schedule;

/** Every {@code step}-th send of a rate, each computed from its index. */
final class RegularTimes implements SendTimes {

    private final Rate rate;
    private final int step;
    private long index;

    RegularTimes(Rate rate, int first, int step) {
        this.rate = rate;
        this.index = first;
        this.step = step;
    }

    @Override
    public long next() {
        double seconds = rate.secondsUntil((double) index);
        index += step;
        return Nanos.of(seconds);
    }
}
