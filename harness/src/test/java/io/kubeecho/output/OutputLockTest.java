package io.kubeecho.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputLockTest {

    @TempDir
    private Path folder;

    @Test
    void a_folder_is_one_runs_until_it_ends() throws IOException {
        Path out = folder.resolve("new/report");
        try (OutputLock first = OutputLock.take(out, "load")) {
            assertThat(first).isNotNull();
            assertThatThrownBy(() -> OutputLock.take(out, "load"))
                    .isInstanceOf(OutputException.class)
                    .hasMessage("another run is writing its reports to the folder " + out
                            + "; wait for it, or choose another with --out");
        }
        OutputLock.take(out, "load").close();
        assertThat(out).isEmptyDirectory();
    }

    @Test
    void runs_of_other_kinds_have_files_of_their_own() throws IOException {
        try (OutputLock load = OutputLock.take(folder, "load");
                OutputLock verify = OutputLock.take(folder, "verify")) {
            assertThat(load).isNotSameAs(verify);
        }
    }

    /** Nobody has to remove it by hand. */
    @Test
    void what_a_run_that_was_killed_left_is_in_nobodys_way() throws IOException {
        Files.createFile(folder.resolve(".load.lock"));
        OutputLock.take(folder, "load").close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void another_process_keeps_it_and_gives_it_back_when_it_is_killed() throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        folder.toString())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(other.inputReader().readLine()).isEqualTo("held");
            assertThatThrownBy(() -> OutputLock.take(folder, "load")).hasMessageContaining("another run");
        } finally {
            other.destroyForcibly();
        }
        assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
        OutputLock.take(folder, "load").close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void a_hyphen_is_no_folder() {
        assertThatThrownBy(() -> OutputLock.take(Path.of("-"), "report"))
                .hasMessage("reports go to a folder, which '-' is not; name one with --out");
        assertThat(Path.of("-")).doesNotExist();
    }

    @Test
    void a_folder_that_cannot_be_made_is_told() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> OutputLock.take(file, "load"))
                .isInstanceOf(OutputException.class)
                .hasMessageStartingWith("cannot write to the folder " + file);
    }

    /** Holds a folder until it is killed. */
    static final class Holder {
        public static void main(String[] args) throws Exception {
            try (OutputLock lock = OutputLock.take(Path.of(args[0]), "load")) {
                System.out.println(lock == null ? "none" : "held");
                Thread.sleep(60_000);
            }
        }
    }
}
