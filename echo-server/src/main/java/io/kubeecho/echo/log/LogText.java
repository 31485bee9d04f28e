package io.kubeecho.echo.log;

import io.kubeecho.echo.bytes.ByteSink;

/**
 * Text as nginx writes it into a log ({@code log_format … escape=default}): a double quote, a backslash and every byte
 * outside of printable ASCII becomes {@code \xXX}, so that nothing a client sends can end a field or a line.
 */
public final class LogText {

    private static final byte[] HEX = ByteSink.ascii("0123456789ABCDEF");

    private LogText() {}

    /** Appends {@code bytes[from .. to)}, escaped. */
    public static void append(ByteSink out, byte[] bytes, int from, int to) {
        int plainFrom = from;
        for (int i = from; i < to; i++) {
            byte c = bytes[i];
            if (c < ' ' || c == '"' || c == '\\' || c == 0x7f) {
                out.append(bytes, plainFrom, i);
                out.append('\\').append('x').append(HEX[(c >> 4) & 0xf]).append(HEX[c & 0xf]);
                plainFrom = i + 1;
            }
        }
        out.append(bytes, plainFrom, to);
    }
}
