package io.kubeecho.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** {@code kube-echo serve}: the echo server as its image runs it. */
@Command(name = "serve", description = "Runs the echo server; its flags are those of the image (serve --help).")
final class ServeCommand implements Runnable {

    @Unmatched
    private List<String> args = List.of();

    @Override
    public void run() {
        io.kubeecho.echo.Main.main(args.toArray(String[]::new));
    }
}
