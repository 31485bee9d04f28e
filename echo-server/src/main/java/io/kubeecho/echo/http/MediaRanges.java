package io.kubeecho.echo.http;

/** The media ranges of an Accept field (RFC 9110 section 12.5.1). */
final class MediaRanges {

    private static final String JSON = "application/json";

    private MediaRanges() {}

    /** Whether {@code bytes[from .. to)} names {@code application/json} and nothing else; parameters are read over. */
    static boolean areJson(byte[] bytes, int from, int to) {
        if (to - from < JSON.length() || (bytes[from] | 0x20) != 'a') {
            return false;
        }
        int rangeFrom = from;
        for (int i = from; i <= to; i++) {
            if (i == to || bytes[i] == ',') {
                if (!isJson(bytes, rangeFrom, i)) {
                    return false;
                }
                rangeFrom = i + 1;
            }
        }
        return true;
    }

    private static boolean isJson(byte[] bytes, int from, int to) {
        int typeFrom = from;
        while (typeFrom < to && isBlank(bytes[typeFrom])) {
            typeFrom++;
        }
        int typeTo = typeFrom;
        while (typeTo < to && bytes[typeTo] != ';') {
            typeTo++;
        }
        while (typeTo > typeFrom && isBlank(bytes[typeTo - 1])) {
            typeTo--;
        }
        return AsciiText.is(bytes, typeFrom, typeTo, JSON);
    }

    private static boolean isBlank(byte c) {
        return c == ' ' || c == '\t';
    }
}
