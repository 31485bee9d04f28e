package io.kubeecho.echo.control;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** {@link Controls} while they are being read. */
final class ControlsDraft {

    Optional<Format> format = Optional.empty();
    OptionalInt status = OptionalInt.empty();
    Optional<Duration> delay = Optional.empty();
    OptionalInt size = OptionalInt.empty();
    Optional<Boolean> chunked = Optional.empty();
    Optional<Duration> bodyTime = Optional.empty();
    final List<ResponseField> fields = new ArrayList<>();
    Optional<Boolean> close = Optional.empty();
    Optional<Fault> fault = Optional.empty();
    Optional<Double> faultRate = Optional.empty();
    OptionalLong seed = OptionalLong.empty();
    OptionalInt failFirst = OptionalInt.empty();
    Optional<String> key = Optional.empty();

    Controls finish() {
        return new Controls(
                format, status, delay, size, chunked, bodyTime, fields, close, fault, faultRate, seed, failFirst, key);
    }
}
