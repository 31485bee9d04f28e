package io.kubeecho.echo.log;

import io.kubeecho.echo.bytes.ByteSink;
import java.util.HexFormat;

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

    /**
     * Text of any origin as one line of printable ASCII: what is none of it, such as line ends, control characters (C0 and
     * C1), U+2028 and halves of surrogate pairs, becomes <code>&#92;uXXXX</code>.
     *
     * @param most characters, of which the last are dots where the text has more
     */
    public static String printable(String text, int most) {
        StringBuilder out = new StringBuilder(Math.min(text.length(), most));
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = c >= ' ' && c < 0x7f && c != '\\';
            if (out.length() + (plain ? 1 : 6) > most - 3) {
                return out.append("...").toString();
            }
            if (plain) {
                out.append(c);
            } else {
                out.append("\\u").append(HexFormat.of().withUpperCase().toHexDigits(c));
            }
        }
        return out.toString();
    }
}
