package io.kubeecho.hostile.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Another program, run to its end. */
final class Command {

    private Command() {}

    /**
     * What it says.
     *
     * @throws IOException when it fails, with what it said
     */
    static String said(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + all);
        }
        return all;
    }

    /** The same. */
    static String said(String... command) throws IOException, InterruptedException {
        return said(List.of(command));
    }
}
