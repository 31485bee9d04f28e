package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the table in the documentation that of the code: {@code -Dsettings.write=true} writes it. */
class SettingsTableTest {

    private static final Path PAGE = Path.of("..", "docs", "echo-server.md");
    private static final String BEGIN = "<!-- settings: this table is written by SettingsTableTest -->\n";
    private static final String END = "<!-- end of settings -->\n";

    @Test
    void thePageHasEverySettingAsItIs() throws IOException {
        String page = Files.readString(PAGE);
        int from = page.indexOf(BEGIN) + BEGIN.length();
        int to = page.indexOf(END);
        assertThat(from).as("the place of the table").isBetween(BEGIN.length(), to);
        if (Boolean.getBoolean("settings.write")) {
            Files.writeString(PAGE, page.substring(0, from) + table() + page.substring(to));
        } else {
            assertThat(page.substring(from, to)).isEqualTo(table());
        }
    }

    private static String table() {
        Stream<String> rows = Stream.of(Setting.values())
                .map(setting -> "| `" + setting.variable() + "` | `" + setting.flag() + "` | " + setting.meaning()
                        + " | " + setting.takes() + " | " + setting.defaultValue() + " |\n");
        return "| variable | flag | what | values | default |\n|---|---|---|---|---|\n"
                + rows.collect(Collectors.joining());
    }
}
