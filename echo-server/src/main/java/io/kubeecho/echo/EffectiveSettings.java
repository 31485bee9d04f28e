package io.kubeecho.echo;

import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.log.LogText;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;

/** What a server was set to, for whoever reads its log. */
final class EffectiveSettings {

    private EffectiveSettings() {}

    /** One line: the settings that differ from their defaults, by variable, wherever they came from. */
    static String line(EchoConfig config) {
        EchoConfig defaults = EchoConfig.defaults();
        String changed = Arrays.stream(Setting.values())
                .filter(setting -> !setting.value(config).equals(setting.value(defaults)))
                .map(setting -> setting.variable() + "=" + quoted(setting.value(config)))
                .collect(Collectors.joining(" "));
        return changed.isEmpty() ? "settings: all are the defaults" : "settings: " + changed;
    }

    /** Whatever is in a value, it stays one value in one line. */
    private static String quoted(String value) {
        if (value.matches("[!-~&&[^\"\\\\]]+")) {
            return value;
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        ByteSink text = new ByteSink(64);
        LogText.append(text, bytes, 0, bytes.length);
        return '"' + text.toString() + '"';
    }
}
