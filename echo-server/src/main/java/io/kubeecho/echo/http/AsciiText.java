package io.kubeecho.echo.http;

/** Comparing bytes with ASCII texts, without regard to case, and reading numbers from them. */
final class AsciiText {

    private AsciiText() {}

    /** Whether {@code bytes[from .. to)} is this text, which is in lower case. */
    static boolean is(byte[] bytes, int from, int to, String lowerCase) {
        return to - from == lowerCase.length() && startsWith(bytes, from, lowerCase);
    }

    /** Whether this text, which is in lower case, is anywhere in {@code bytes[from .. to)}. */
    static boolean contains(byte[] bytes, int from, int to, String lowerCase) {
        for (int i = from; i + lowerCase.length() <= to; i++) {
            if (startsWith(bytes, i, lowerCase)) {
                return true;
            }
        }
        return false;
    }

    private static boolean startsWith(byte[] bytes, int from, String lowerCase) {
        for (int i = 0; i < lowerCase.length(); i++) {
            byte c = bytes[from + i];
            if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lowerCase.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** With {@code A} to {@code Z} in lower case and every other character as it is. */
    static String lowerCase(String text) {
        StringBuilder lower = new StringBuilder(text);
        for (int i = 0; i < lower.length(); i++) {
            char c = lower.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                lower.setCharAt(i, (char) (c | 0x20));
            }
        }
        return lower.toString();
    }

    /** The number in {@code bytes[from .. to)}, or -1 where that is empty, not of digits only or more than a long. */
    static long decimal(byte[] bytes, int from, int to) {
        if (from == to) {
            return -1;
        }
        long number = 0;
        for (int i = from; i < to; i++) {
            int digit = bytes[i] - '0';
            if (digit < 0 || digit > 9 || number > (Long.MAX_VALUE - digit) / 10) {
                return -1;
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
