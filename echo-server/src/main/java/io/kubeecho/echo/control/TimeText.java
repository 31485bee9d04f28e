package io.kubeecho.echo.control;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as settings and controls write them: a whole number with {@code ms}, {@code s} or {@code m}; without, seconds. */
public final class TimeText {

    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m)?");

    private TimeText() {}

    /** The time that a text says, or empty where it says none. */
    public static Optional<Duration> parse(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(time.group(1));
        String unit = time.group(2);
        return Optional.of(
                "ms".equals(unit)
                        ? Duration.ofMillis(number)
                        : "m".equals(unit) ? Duration.ofMinutes(number) : Duration.ofSeconds(number));
    }

    /** The shortest such text for a time of whole milliseconds. */
    public static String of(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }
}
