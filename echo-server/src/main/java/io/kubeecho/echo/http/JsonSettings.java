package io.kubeecho.echo.http;

import java.util.List;
import java.util.Locale;

/**
 * What the JSON form may show.
 *
 * @param credentials whether the values of fields such as Authorization and Cookie are shown
 * @param environment the names of the environment variables that are shown
 */
public record JsonSettings(boolean credentials, List<String> environment) {

    public JsonSettings {
        environment = List.copyOf(environment);
        for (String name : environment) {
            if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '=')) {
                throw new IllegalArgumentException("these are not names of variables with commas between them");
            }
            if (isSecret(name)) {
                throw new IllegalArgumentException("by its name " + name + " is a secret");
            }
        }
    }

    /** Neither credentials nor any of the environment. */
    public static JsonSettings defaults() {
        return new JsonSettings(false, List.of());
    }

    public JsonSettings withCredentials(boolean shown) {
        return new JsonSettings(shown, environment);
    }

    public JsonSettings withEnvironment(List<String> names) {
        return new JsonSettings(credentials, names);
    }

    /** Whether the value of a header field of this name stays hidden. */
    boolean hides(String fieldName) {
        return !credentials && isSecret(fieldName);
    }

    private static boolean isSecret(String name) {
        String lower = name.toLowerCase(Locale.ROOT).replace('_', '-');
        return SECRET.stream().anyMatch(lower::contains);
    }

    /** Authorization, Proxy-Authorization, Cookie, X-Api-Key, X-Auth-Token, X-Amz-Security-Token and their like. */
    private static final List<String> SECRET = List.of(
            "authorization", "cookie", "password", "passwd", "secret", "token", "api-key", "apikey", "credential");
}
