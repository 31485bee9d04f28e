package io.kubeecho.echo.http;

/** What each byte means in a request target. */
final class TargetByte {

    static final byte PLAIN = 0;
    /** A dot or a percent sign: {@link PathRule} has to look at the path. */
    static final byte NEEDS_CHECK = 1;
    /** A question mark or a number sign: what follows is no path. */
    static final byte ENDS_PATH = 2;

    static final byte SPACE = 3;
    static final byte CR = 4;
    static final byte LF = 5;
    static final byte FORBIDDEN = 6;

    static final byte[] KINDS = kinds();

    private TargetByte() {}

    private static byte[] kinds() {
        byte[] kinds = new byte[256];
        for (int c = 0; c < ' '; c++) {
            kinds[c] = FORBIDDEN;
        }
        kinds[0x7f] = FORBIDDEN;
        kinds[' '] = SPACE;
        kinds['\r'] = CR;
        kinds['\n'] = LF;
        kinds['.'] = NEEDS_CHECK;
        kinds['%'] = NEEDS_CHECK;
        kinds['?'] = ENDS_PATH;
        kinds['#'] = ENDS_PATH;
        return kinds;
    }
}
