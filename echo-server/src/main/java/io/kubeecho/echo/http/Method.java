package io.kubeecho.echo.http;

/** What of a method matters: nearly every one is echoed. */
enum Method {
    GET,
    /** Echoed without the body. */
    HEAD,
    /** TRACE and CONNECT, which are refused. */
    NOT_ECHOED,
    OTHER;

    /** The method {@code bytes[from .. to)}; methods are case-sensitive (RFC 9110 section 9.1). */
    static Method of(byte[] bytes, int from, int to) {
        return switch (to - from) {
            case 3 -> matches("GET", bytes, from) ? GET : OTHER;
            case 4 -> matches("HEAD", bytes, from) ? HEAD : OTHER;
            case 5 -> matches("TRACE", bytes, from) ? NOT_ECHOED : OTHER;
            case 7 -> matches("CONNECT", bytes, from) ? NOT_ECHOED : OTHER;
            default -> OTHER;
        };
    }

    private static boolean matches(String name, byte[] bytes, int from) {
        for (int i = 0; i < name.length(); i++) {
            if (bytes[from + i] != name.charAt(i)) {
                return false;
            }
        }
        return true;
    }
}
