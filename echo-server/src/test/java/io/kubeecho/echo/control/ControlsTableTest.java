package io.kubeecho.echo.control;

import io.kubeecho.echo.GuideTable;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Keeps the table in the documentation that of the code: {@code -Dsettings.write=true} writes it. */
class ControlsTableTest {

    private static final GuideTable TABLE = new GuideTable(
            "controls.md", "<!-- controls: this table is written by ControlsTableTest -->", "<!-- end of controls -->");

    @Test
    void thePageHasEveryControlAsItIs() throws IOException {
        TABLE.holdTo(table());
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
