package io.kubeecho.echo.http;

/** What each byte means in the name of a header field. */
final class NameByte {

    static final byte PLAIN = 0;
    /** nginx reads over a field with such a name ({@code ignore_invalid_headers on}). */
    static final byte IGNORED = 1;

    static final byte COLON = 2;
    /** Control characters and the space; line ends are among them. */
    static final byte FORBIDDEN = 3;

    static final byte[] KINDS = kinds();

    private NameByte() {}

    private static byte[] kinds() {
        byte[] kinds = new byte[256];
        for (int c = 0; c < kinds.length; c++) {
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            kinds[c] = plain ? PLAIN : c <= ' ' || c == 0x7f ? FORBIDDEN : IGNORED;
        }
        kinds[':'] = COLON;
        return kinds;
    }
}
