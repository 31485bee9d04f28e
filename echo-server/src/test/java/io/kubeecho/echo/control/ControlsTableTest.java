package io.kubeecho.echo.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the table in the documentation that of the code: {@code -Dsettings.write=true} writes it. */
class ControlsTableTest {

    private static final Path PAGE = Path.of("..", "docs", "controls.md");
    private static final String BEGIN = "<!-- controls: this table is written by ControlsTableTest -->\n";
    private static final String END = "<!-- end of controls -->\n";

    @Test
    void thePageHasEveryControlAsItIs() throws IOException {
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
        return "| query | header | values | what |\n|---|---|---|---|\n"
                + Stream.of(Control.values())
                        .map(control -> "| `" + control.as(Asked.Place.QUERY) + "` | `"
                                + control.as(Asked.Place.HEADER) + "` | " + control.takes() + " | "
                                + control.meaning() + " |\n")
                        .collect(Collectors.joining());
    }
}
