package io.kubeecho.hostile.run;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * What the JVM in the container says of itself, such as its thread dumps, in a file. On its standard output they would wait
 * for whoever takes the access log, and while a dump waits all of its threads stand still.
 */
final class VmLog implements AutoCloseable {

    /** Where the container has the folder. */
    static final String IN_CONTAINER = "/vm";

    private static final String FILE = "vm.log";

    /** For the JVM. */
    static final String OPTIONS = "-XX:+UnlockDiagnosticVMOptions -XX:-DisplayVMOutput -XX:+LogVMOutput -XX:LogFile="
            + IN_CONTAINER + "/" + FILE;

    private static final int LOOK_MILLIS = 100;

    private final Path folder;
    private final Thread reader;

    private VmLog(Path folder, Consumer<String> lines) {
        this.folder = folder;
        reader = new Thread(() -> read(lines), "vm log");
        reader.setDaemon(true);
    }

    /** @param lines takes each as soon as it is whole */
    static VmLog begin(Consumer<String> lines) throws IOException {
        // the container has a user of its own
        Path folder = Files.createTempDirectory("hostile-vm-");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        VmLog log = new VmLog(folder, lines);
        log.reader.start();
        return log;
    }

    Path folder() {
        return folder;
    }

    /** What it has said until now of why it ends; its own options and its dumps have errors in their names. */
    List<String> errors() throws IOException {
        Path file = folder.resolve(FILE);
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith("Terminating") || line.startsWith("Error"))
                    .toList();
        }
    }

    private void read(Consumer<String> lines) {
        try {
            while (!Files.exists(folder.resolve(FILE))) {
                Thread.sleep(LOOK_MILLIS);
            }
            try (InputStream log = Files.newInputStream(folder.resolve(FILE))) {
                follow(log, lines);
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void follow(InputStream log, Consumer<String> lines) throws IOException, InterruptedException {
        byte[] piece = new byte[64 << 10];
        StringBuilder line = new StringBuilder();
        while (true) {
            int length = log.read(piece);
            for (char each : new String(piece, 0, Math.max(0, length), StandardCharsets.ISO_8859_1).toCharArray()) {
                if (each == '\n') {
                    lines.accept(line.toString());
                    line.setLength(0);
                } else {
                    line.append(each);
                }
            }
            if (length <= 0) {
                Thread.sleep(LOOK_MILLIS);
            }
        }
    }

    @Override
    public void close() {
        reader.interrupt();
        try {
            reader.join();
            Files.deleteIfExists(folder.resolve(FILE));
            Files.deleteIfExists(folder);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
