package io.kubeecho.echo.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The header fields of a complete head as they came, with those that {@link FieldReader} reads over because of their
 * names. Only for requests that need them: an echo is made without.
 */
final class ReceivedFields {

    /**
     * One field.
     *
     * @param name as it was sent
     * @param value without the spaces around it; one character for each byte
     */
    record Field(String name, String value) {}

    private ReceivedFields() {}

    /** The fields of a head that {@link RequestReader} has found complete and sound, in their order. */
    static List<Field> of(RequestHead head) {
        List<Field> fields = new ArrayList<>();
        byte[] bytes = head.bytes();
        int from = afterLine(bytes, head.at(head.lineEnd()), head.at(head.end()));
        while (from < head.at(head.end())) {
            int next = afterLine(bytes, from, head.at(head.end()));
            int to = next - 1;
            while (to > from && bytes[to - 1] == '\r') {
                to--;
            }
            if (to > from) {
                fields.add(field(new String(bytes, from, to - from, StandardCharsets.ISO_8859_1)));
            }
            from = next;
        }
        return fields;
    }

    private static Field field(String line) {
        int colon = line.indexOf(':');
        return colon < 0
                ? new Field(line, "")
                : new Field(line.substring(0, colon), withoutSpacesAround(line.substring(colon + 1)));
    }

    /** Spaces only, as {@link FieldReader} does it, and not tabs. */
    private static String withoutSpacesAround(String value) {
        int from = 0;
        int to = value.length();
        while (from < to && value.charAt(from) == ' ') {
            from++;
        }
        while (to > from && value.charAt(to - 1) == ' ') {
            to--;
        }
        return value.substring(from, to);
    }

    private static int afterLine(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && bytes[at] != '\n') {
            at++;
        }
        return Math.min(at + 1, to);
    }
}
