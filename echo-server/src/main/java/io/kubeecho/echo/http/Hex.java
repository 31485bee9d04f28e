package io.kubeecho.echo.http;

/** Hexadecimal digits, as percent-encodings and chunk sizes have them. */
final class Hex {

    private Hex() {}

    /** The value of a digit, or -1 where it is none; -1 stays negative however it is shifted or joined with another. */
    static int digit(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int lower = c | 0x20;
        return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    }
}
