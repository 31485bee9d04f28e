package io.kubeecho.echo;

import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the table in the documentation that of the code: {@code -Dsettings.write=true} writes it. */
class SettingsTableTest {

    private static final GuideTable TABLE = new GuideTable(
            "echo-server.md",
            "<!-- settings: this table is written by SettingsTableTest -->",
            "<!-- end of settings -->");

    @Test
    void thePageHasEverySettingAsItIs() throws IOException {
        TABLE.holdTo(table());
    }

    private static String table() {
        Stream<String> rows = Stream.of(Setting.values())
                .map(setting -> "| `" + setting.variable() + "` | `" + setting.flag() + "` | " + setting.meaning()
                        + " | " + setting.takes() + " | " + setting.defaultValue() + " |\n");
        return "| variable | flag | what | values | default |\n|---|---|---|---|---|\n"
                + rows.collect(Collectors.joining());
    }
}
