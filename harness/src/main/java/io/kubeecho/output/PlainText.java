package io.kubeecho.output;

/**
 * Text that came from elsewhere, such as a pod's name in an answer, made harmless: a terminal does not obey it, lines stay
 * lines, and every character can be written in UTF-8 and XML. What could do harm stands there as an escape,
 * {@code \u001b}, which is how JSON and Java write it.
 *
 * <p>Harmful are control characters (C0, DEL and C1: ECMA-48 has escape sequences begin with ESC and with C1's CSI), halves
 * of surrogate pairs, which UTF-8 cannot have, what XML 1.0 forbids, line and paragraph separators, and the controls of
 * bidirectional text, which let a line read as another one.
 */
public final class PlainText {

    private PlainText() {}

    /** Made harmless within a line: line breaks and tabs are escaped too. */
    public static String inLine(String text) {
        return escaped(text, false);
    }

    /** Made harmless, with its line breaks; of JSON that is JSON of the same meaning. */
    public static String ofLines(String text) {
        return escaped(text, true);
    }

    /** With escapes for nothing but halves of surrogate pairs, so that UTF-8 can hold it. */
    static String encodable(String text) {
        StringBuilder made = null;
        for (int i = 0; i < text.length(); i++) {
            if (isHalf(text, i)) {
                made = made == null ? new StringBuilder(text.length() + 16).append(text, 0, i) : made;
                escape(text.charAt(i), made);
            } else if (made != null) {
                made.append(text.charAt(i));
            }
        }
        return made == null ? text : made.toString();
    }

    private static String escaped(String text, boolean keepLines) {
        StringBuilder made = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean harmful = !(keepLines && c == '\n') && (isHarmful(c) || isHalf(text, i));
            if (harmful) {
                made = made == null ? new StringBuilder(text.length() + 16).append(text, 0, i) : made;
                escape(c, made);
            } else if (made != null) {
                made.append(c);
            }
        }
        return made == null ? text : made.toString();
    }

    private static boolean isHarmful(char c) {
        return c < ' '
                || (c >= 0x7f && c <= 0x9f)
                || c == 0x061c
                || c == 0x200e
                || c == 0x200f
                || (c >= 0x2028 && c <= 0x202e)
                || (c >= 0x2066 && c <= 0x2069)
                || c == 0xfeff
                || c >= 0xfffe;
    }

    private static boolean isHalf(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }

    private static void escape(char c, StringBuilder to) {
        to.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
            to.append(Character.forDigit((c >> shift) & 0xf, 16));
        }
    }
}
