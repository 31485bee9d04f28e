package io.kubeecho.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {

    /** Refuses every byte, as a disk does that is full. */
    private static final Path FULL = Path.of("/dev/full");

    @TempDir
    private Path folder;

    @Test
    void what_cannot_be_written_leaves_what_was_there_and_nothing_else() throws IOException {
        Path file = Files.writeString(folder.resolve("load.json"), "of an earlier load");
        assertThatThrownBy(() -> WholeFile.write(file, out -> {
                    out.write("half of a".getBytes(StandardCharsets.UTF_8));
                    out.flush();
                    throw new IOException("No space left on device");
                }))
                .isInstanceOf(OutputException.class)
                .hasMessage("cannot write " + file + ": No space left on device");
        assertThat(file).hasContent("of an earlier load");
        assertThat(inFolder()).containsExactly("load.json");
    }

    @Test
    void a_disk_that_is_full_is_told_with_the_file_and_the_reason() throws IOException {
        Path file = folder.resolve("load.json");
        // the part that is written first goes to the full disk
        Files.createSymbolicLink(folder.resolve(".load.json.part"), FULL);
        assertThatThrownBy(() -> WholeFile.write(file, "x".repeat(100_000)))
                .isInstanceOf(OutputException.class)
                .hasMessage("cannot write " + file + ": No space left on device");
        assertThat(inFolder()).isEmpty();
    }

    @Test
    void a_small_file_too_is_known_to_be_written_before_it_is_there() throws IOException {
        Path file = folder.resolve("load.txt");
        Files.createSymbolicLink(folder.resolve(".load.txt.part"), FULL);
        assertThatThrownBy(() -> WholeFile.write(file, "x")).hasMessageContaining("No space left on device");
        assertThat(inFolder()).isEmpty();
    }

    @Test
    void a_file_is_there_when_it_is_committed_and_not_before() throws IOException {
        Path file = folder.resolve("load.hlog");
        try (WholeFile whole = WholeFile.open(file)) {
            whole.write("one".getBytes(StandardCharsets.UTF_8));
            whole.flush();
            assertThat(file).doesNotExist();
            whole.commit();
            assertThat(file).hasContent("one");
        }
        assertThat(inFolder()).containsExactly("load.hlog");
    }

    @Test
    void what_is_not_committed_is_gone() throws IOException {
        try (WholeFile whole = WholeFile.open(folder.resolve("load.hlog"))) {
            whole.write(1);
        }
        assertThat(inFolder()).isEmpty();
    }

    @Test
    void a_folder_that_is_not_there_is_told() {
        Path file = folder.resolve("none/load.txt");
        assertThatThrownBy(() -> WholeFile.write(file, "x"))
                .hasMessage("cannot write " + file + ": No such file or directory");
    }

    @Test
    void half_a_surrogate_pair_is_written_as_an_escape() throws IOException {
        Path file = folder.resolve("load.txt");
        WholeFile.write(file, "a\ud800b\n");
        assertThat(file).hasContent("a\\ud800b\n");
    }

    private Stream<String> inFolder() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(f -> f.getFileName().toString()).toList().stream();
        }
    }
}
