package io.kubeecho.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code kube-echo serve}: the echo server as its image runs it, until a signal ends the process. */
@Command(name = "serve", description = "Runs the echo server; its flags are those of the image (serve --help).")
final class ServeCommand implements Callable<Integer> {

    // picocli adds to it
    @Unmatched
    private final List<String> args = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException {
        OptionalInt ended = io.kubeecho.echo.Main.run("kube-echo serve", args);
        if (ended.isEmpty()) {
            // to return would be to exit; the server's own shutdown hook decides the exit code
            Thread.currentThread().join();
        }
        return ended.orElseThrow();
    }
}
