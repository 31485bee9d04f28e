package io.kubeecho.echo.control;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** What can be asked for: the table in the documentation is this one. */
public enum Control {
    FORMAT("format", "line or json", "the form of the echo") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            draft.format = Optional.of(
                    switch (asked.value()) {
                        case "line" -> Format.LINE;
                        case "json" -> Format.JSON;
                        default -> throw notAValue();
                    });
        }
    },
    STATUS("status", "200 to 599", "the status of the answer") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            draft.status = OptionalInt.of(number(asked.value(), 200, 599));
        }
    },
    DELAY("delay", "a time such as 150ms or 2s", "how long to wait before answering") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            draft.delay = Optional.of(time(asked.value(), caps));
        }
    },
    SIZE(
            "size",
            "bytes, such as 500, 64KiB or 1MiB",
            "how long the body is: the echo is cut off or filled up; JSON can only be filled up") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            long size = SizeText.parse(asked.value()).orElseThrow(this::notAValue);
            if (size > caps.size()) {
                throw new WrongValue("is at most " + SizeText.of(caps.size()) + " here");
            }
            draft.size = OptionalInt.of((int) size);
        }
    },
    CHUNKED("chunked", "on or off", "whether the body comes in chunks, without Content-Length") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            draft.chunked = Optional.of(onOrOff(asked.value()));
        }
    },
    BODY_TIME("body-time", "a time such as 150ms or 2s", "over how long the body is spread, after the header") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            draft.bodyTime = Optional.of(time(asked.value(), caps));
        }
    },
    HEADER(
            "header",
            "a field such as X-Name: value",
            "a header field of the answer; may be given " + ControlReader.MOST_FIELDS + " times") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            if (draft.fields.size() == ControlReader.MOST_FIELDS) {
                throw new WrongValue("is given more than " + ControlReader.MOST_FIELDS + " times");
            }
            try {
                draft.fields.add(ResponseField.of(asked.place(), asked.value()));
            } catch (IllegalArgumentException e) {
                throw new WrongValue(String.valueOf(e.getMessage()));
            }
        }
    },
    CLOSE("close", "on or off", "whether the connection ends with the answer") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            draft.close = Optional.of(onOrOff(asked.value()));
        }
    },
    FAULT(
            "fault",
            "400 to 599, reset or close",
            "how a request fails: with that status (503 unless said), or with its connection reset or closed and no"
                    + " answer; every request, unless one of the next two is given") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            draft.fault = Optional.of(
                    switch (asked.value()) {
                        case "reset" -> new Fault.Reset();
                        case "close" -> new Fault.Closed();
                        default -> new Fault.Answered(number(asked.value(), 400, 599));
                    });
        }
    },
    FAULT_RATE("fault-rate", "0 to 1, such as 0.1", "how many of the requests fail") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            if (!asked.value().matches("0(\\.[0-9]{1,9})?|1(\\.0{1,9})?")) {
                throw notAValue();
            }
            draft.faultRate = Optional.of(Double.valueOf(asked.value()));
        }
    },
    FAIL_FIRST("fail-first", "0 to 1000000", "how many requests of a key fail before all others succeed") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            draft.failFirst = OptionalInt.of(number(asked.value(), 0, 1_000_000));
        }
    },
    SEED(
            "seed",
            "a whole number of at most 18 digits",
            "which requests the rate lets fail: the same ones of each key with the same seed") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            if (!asked.value().matches("[0-9]{1,18}")) {
                throw notAValue();
            }
            draft.seed = OptionalLong.of(Long.parseLong(asked.value()));
        }
    },
    KEY("key", "1 to 64 letters, digits, dots, hyphens and underscores", "which requests are counted together") {
        @Override
        void take(Asked asked, ControlsDraft draft, Caps caps) {
            if (!asked.value().matches("[A-Za-z0-9._-]{1,64}")) {
                throw notAValue();
            }
            draft.key = Optional.of(asked.value());
        }
    };

    private final String control;
    private final String takes;
    private final String meaning;

    Control(String control, String takes, String meaning) {
        this.control = control;
        this.takes = takes;
        this.meaning = meaning;
    }

    /** Which values it takes, for a reader. */
    public String takes() {
        return takes;
    }

    /** What it does, for a reader. */
    public String meaning() {
        return meaning;
    }

    /** Its name at a place. */
    public String as(Asked.Place place) {
        return switch (place) {
            case SETTING -> control;
            case QUERY -> Asked.QUERY_PREFIX + control;
            case HEADER ->
                Arrays.stream((Asked.HEADER_PREFIX + control).split("-", -1))
                        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
                        .collect(Collectors.joining("-"));
        };
    }

    static Optional<Control> of(String name) {
        return Arrays.stream(values())
                .filter(control -> control.control.equals(name))
                .findFirst();
    }

    /** Puts a value where it belongs, or throws {@link WrongValue}. */
    abstract void take(Asked asked, ControlsDraft draft, Caps caps);

    WrongValue notAValue() {
        return new WrongValue("is not " + takes);
    }

    int number(String value, int least, int most) {
        if (!value.matches("[0-9]{1,7}")) {
            throw notAValue();
        }
        int number = Integer.parseInt(value);
        if (number < least || number > most) {
            throw notAValue();
        }
        return number;
    }

    boolean onOrOff(String value) {
        return switch (value) {
            case "on" -> true;
            case "off" -> false;
            default -> throw notAValue();
        };
    }

    Duration time(String value, Caps caps) {
        Duration time = TimeText.parse(value).orElseThrow(this::notAValue);
        if (time.compareTo(caps.time()) > 0) {
            throw new WrongValue("is at most " + TimeText.of(caps.time()) + " here");
        }
        return time;
    }

    /** What is wrong with a value, to follow the control's name; never any of the value itself. */
    static final class WrongValue extends RuntimeException {

        private static final long serialVersionUID = 1;

        WrongValue(String message) {
            super(message, null, false, false);
        }

        String sentence() {
            return String.valueOf(getMessage());
        }
    }
}
