package io.kubeecho.load.identity;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses as backends write them. */
final class Addresses {

    private static final Pattern WITH_PORT =
            Pattern.compile("(?:(?<v4>\\d{1,3}(?:\\.\\d{1,3}){3})|\\[(?<v6>[0-9a-fA-F:.]+)(?:%\\w+)?])(?::\\d{1,5})?");

    private Addresses() {}

    static String withoutPort(String text) {
        Matcher m = WITH_PORT.matcher(text.strip());
        if (!m.matches()) {
            return text.strip();
        }
        String v4 = m.group("v4");
        return v4 != null ? v4 : m.group("v6");
    }

    /** Whether it is an address with a port and nothing else. */
    static boolean isWithPort(String text) {
        return WITH_PORT.matcher(text).matches() && text.lastIndexOf(':') > text.lastIndexOf(']');
    }
}
