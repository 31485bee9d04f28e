package io.kubeecho.echo.log;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a request is written into the access log. */
public enum LogFormat {
    /** nginx's {@code main}, to the byte. */
    NGINX,
    /** One JSON object a line. */
    JSON;

    /** As it is set. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The format of a setting, or empty where there is none of that name. */
    public static Optional<LogFormat> of(String text) {
        return Arrays.stream(values())
                .filter(format -> format.text().equals(text))
                .findFirst();
    }
}
