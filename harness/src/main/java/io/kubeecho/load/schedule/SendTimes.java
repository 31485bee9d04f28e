package io.kubeecho.load.schedule;

/** The send times of one event loop, in order. Not for several threads. */
@FunctionalInterface
public interface SendTimes {

    /** What {@link #next()} returns when there are no more. */
    long NONE = Long.MAX_VALUE;

    /** Nanoseconds from the start of what is measured, negative during warm-up; never less than the one before. */
    long next();
}
