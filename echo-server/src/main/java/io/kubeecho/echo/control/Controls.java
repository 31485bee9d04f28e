package io.kubeecho.echo.control;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * What is asked for, each within its cap; what is empty was not asked for.
 *
 * @param status 200 to 599
 * @param delay before the answer
 * @param size of the body, in bytes
 * @param chunked whether the body comes in chunks
 * @param bodyTime over which the body is spread
 * @param fields to answer with, in this order
 * @param close whether the connection ends with the answer
 * @param fault how a request fails that does
 * @param faultRate how many of the requests fail, 0 to 1
 * @param seed from which it follows which of them
 * @param failFirst how many requests fail before all others succeed
 * @param key of the requests that are counted together
 */
public record Controls(
        Optional<Format> format,
        OptionalInt status,
        Optional<Duration> delay,
        OptionalInt size,
        Optional<Boolean> chunked,
        Optional<Duration> bodyTime,
        List<ResponseField> fields,
        Optional<Boolean> close,
        Optional<Fault> fault,
        Optional<Double> faultRate,
        OptionalLong seed,
        OptionalInt failFirst,
        Optional<String> key) {

    private static final Controls NONE = new ControlsDraft().finish();

    public Controls {
        fields = List.copyOf(fields);
    }

    /** Nothing is asked for. */
    public static Controls none() {
        return NONE;
    }

    /** Whether nothing is asked for. */
    @SuppressWarnings("ReferenceEquality")
    public boolean isNone() {
        // by identity first: a record's own comparison is linked when it is first used, which a start need not wait for
        return this == NONE || equals(NONE);
    }

    /** These without what decides whether a request fails, and how. */
    public Controls withoutFaults() {
        return new Controls(
                format,
                status,
                delay,
                size,
                chunked,
                bodyTime,
                fields,
                close,
                Optional.empty(),
                Optional.empty(),
                OptionalLong.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    /** These, and where they ask for nothing, the others. */
    public Controls over(Controls others) {
        if (isNone()) {
            return others;
        }
        return new Controls(
                format.or(others::format),
                status.isPresent() ? status : others.status,
                delay.or(others::delay),
                size.isPresent() ? size : others.size,
                chunked.or(others::chunked),
                bodyTime.or(others::bodyTime),
                fields.isEmpty() ? others.fields : fields,
                close.or(others::close),
                fault.or(others::fault),
                faultRate.or(others::faultRate),
                seed.isPresent() ? seed : others.seed,
                failFirst.isPresent() ? failFirst : others.failFirst,
                key.or(others::key));
    }
}
