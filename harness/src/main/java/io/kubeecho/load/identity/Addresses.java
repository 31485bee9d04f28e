package io.kubeecho.load.identity;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;

/** Addresses as backends write them. */
final class Addresses {

    private static final Pattern WITH_PORT =
            Pattern.compile("(?:(\\d{1,3}(?:\\.\\d{1,3}){3})|\\[([0-9a-fA-F:.]+)(?:%\\w+)?\\])(?::\\d{1,5})?");

    private static final int V4 = 1;
    private static final int V6 = 2;

    private Addresses() {}

    static String withoutPort(String text) {
        Matcher m = WITH_PORT.matcher(text.strip());
        if (!m.matches()) {
            return text.strip();
        }
        String v4 = m.group(V4);
        return v4 != null ? v4 : m.group(V6);
    }

    /** Whether it is an address with a port and nothing else. */
    static boolean isWithPort(String text) {
        return WITH_PORT.matcher(text).matches() && text.lastIndexOf(':') > text.lastIndexOf(']');
    }
}
