package io.kubeecho.echo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A table of a guide that is made from the code, between two lines of the page: {@code -Dsettings.write=true} writes it.
 *
 * @param page a file's name in the folder of the guides
 * @param begin the line before it, without its end
 * @param end the line after it, likewise
 */
public record GuideTable(String page, String begin, String end) {

    /** Asserts that the page has this table, or writes it there. */
    public void holdTo(String table) throws IOException {
        Path file = Path.of("..", "docs", page);
        String text = Files.readString(file);
        int from = text.indexOf(begin + "\n") + begin.length() + 1;
        int to = text.indexOf(end + "\n");
        assertThat(from).as("the place of the table").isBetween(begin.length() + 1, to);
        if (Boolean.getBoolean("settings.write")) {
            Files.writeString(file, text.substring(0, from) + table + text.substring(to));
        } else {
            assertThat(text.substring(from, to)).isEqualTo(table);
        }
    }
}
