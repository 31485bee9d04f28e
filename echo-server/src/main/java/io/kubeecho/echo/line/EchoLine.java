package io.kubeecho.echo.line;

import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.http.AddressText;
import io.netty.buffer.ByteBuf;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;

/**
 * The line as an answer to text: {@code Host=_  Path=text  From=pod  ClientIP=peer  XFF=}.
 *
 * <p>The path is the text with {@code %XX} for each byte that could end a field or a line or could be no byte of a URI's
 * path: those outside of printable ASCII, the space and the percent sign. An empty text is {@code /}.
 */
final class EchoLine {

    private static final byte[] BEFORE_PATH = ByteSink.ascii("Host=_  Path=");
    private static final byte[] ROOT = {'/'};
    private static final byte[] HEX = ByteSink.ascii("0123456789ABCDEF");

    private final byte[] afterPath;

    /**
     * What does not change from line to line.
     *
     * @param hostname what {@code From=} says
     */
    EchoLine(String hostname, InetAddress peer) {
        afterPath = ("  From=" + hostname + "  ClientIP=" + AddressText.of(peer) + "  XFF=\n")
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Whether bytes have the beginning of a line of this kind in them, in upper or lower case: an answer of an echo, or what
     * another kind of echo has made of one.
     */
    static boolean isIn(ByteBuf bytes) {
        int last = bytes.writerIndex() - BEFORE_PATH.length;
        for (int at = bytes.readerIndex(); at <= last; at++) {
            int same = 0;
            while (same < BEFORE_PATH.length && lower(bytes.getByte(at + same)) == lower(BEFORE_PATH[same])) {
                same++;
            }
            if (same == BEFORE_PATH.length) {
                return true;
            }
        }
        return false;
    }

    private static int lower(byte c) {
        return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
    }

    /**
     * Appends the line.
     *
     * @param text without its line end
     * @param mostPath how many bytes the path may have; what would be beyond is left out
     */
    void append(ByteBuf out, ByteBuf text, int mostPath) {
        out.writeBytes(BEFORE_PATH);
        if (text.isReadable()) {
            appendPath(out, text, mostPath);
        } else {
            out.writeBytes(ROOT);
        }
        out.writeBytes(afterPath);
    }

    private static void appendPath(ByteBuf out, ByteBuf text, int mostPath) {
        int left = mostPath;
        for (int i = text.readerIndex(); i < text.writerIndex(); i++) {
            byte c = text.getByte(i);
            boolean plain = c > ' ' && c < 0x7f && c != '%';
            left -= plain ? 1 : 3;
            if (left < 0) {
                return;
            }
            if (plain) {
                out.writeByte(c);
            } else {
                out.writeByte('%').writeByte(HEX[(c >> 4) & 0xf]).writeByte(HEX[c & 0xf]);
            }
        }
    }

    /** The text before the line end, LF or CR LF, if it ends with one. */
    static ByteBuf withoutLineEnd(ByteBuf text) {
        int end = text.writerIndex();
        if (end > text.readerIndex() && text.getByte(end - 1) == '\n') {
            end--;
            if (end > text.readerIndex() && text.getByte(end - 1) == '\r') {
                end--;
            }
        }
        return text.slice(text.readerIndex(), end - text.readerIndex());
    }
}
