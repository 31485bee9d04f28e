package io.kubeecho.echo.control;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as settings and controls write them: bytes, or a whole number with {@code KiB} or {@code MiB}. */
public final class SizeText {

    private static final Pattern SIZE = Pattern.compile("([0-9]{1,10})(KiB|MiB)?");

    private SizeText() {}

    /** The bytes that a text says, or empty where it says none. */
    public static OptionalLong parse(String text) {
        Matcher size = SIZE.matcher(text);
        if (!size.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(size.group(1));
        String unit = size.group(2);
        return OptionalLong.of("KiB".equals(unit) ? number << 10 : "MiB".equals(unit) ? number << 20 : number);
    }

    /** The shortest such text. */
    public static String of(long bytes) {
        if (bytes > 0 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + "MiB";
        }
        return bytes > 0 && bytes % (1 << 10) == 0 ? (bytes >> 10) + "KiB" : String.valueOf(bytes);
    }
}
