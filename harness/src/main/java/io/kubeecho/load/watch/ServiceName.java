package io.kubeecho.load.watch;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Service, as it is written on a command line.
 *
 * @param namespace empty for the kubeconfig's
 */
public record ServiceName(Optional<String> namespace, String name) {

    private static final String LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?";
    private static final Pattern NAME = Pattern.compile("(?:(" + LABEL + ")/)?(" + LABEL + ")");

    /** @throws IllegalArgumentException if it is neither {@code NAME} nor {@code NAMESPACE/NAME} */
    public static ServiceName of(String text) {
        Matcher m = NAME.matcher(text);
        if (!m.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a Service such as echo or default/echo");
        }
        return new ServiceName(Optional.ofNullable(m.group(1)), m.group(2));
    }
}
