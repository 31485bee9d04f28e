package io.kubeecho.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/** Texts that lie beside the classes, such as pages and schemas. */
public final class ClassPathText {

    private ClassPathText() {}

    /** The file of this name beside a class, in UTF-8. */
    public static String beside(Class<?> type, String file) {
        try (InputStream in = Objects.requireNonNull(type.getResourceAsStream(file), file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
