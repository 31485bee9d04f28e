package io.kubeecho.hostile.attack;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The bytes of an HTTP/1 head, field by field, and not necessarily an end. */
final class Head {

    /** With its name just within the 8 KiB that a server such as nginx lets a field have. */
    static final int LARGE_FIELD = 8_000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Head(String requestLine) {
        line(requestLine + " HTTP/1.1");
        line("Host: hostile.test");
    }

    Head line(String line) {
        bytes.writeBytes((line + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** Adds so many fields of about 8 KB whose values are this byte over and over. */
    Head largeFields(int count, int filler) {
        byte[] value = new byte[LARGE_FIELD];
        Arrays.fill(value, (byte) filler);
        for (int i = 0; i < count; i++) {
            line("X-Filler-" + i + ": " + new String(value, StandardCharsets.ISO_8859_1));
        }
        return this;
    }

    byte[] unfinished() {
        return bytes.toByteArray();
    }

    byte[] finished() {
        line("");
        return bytes.toByteArray();
    }
}
