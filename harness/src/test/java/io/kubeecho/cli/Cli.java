package io.kubeecho.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** What a command line left behind. */
record Cli(int exitCode, String out, String err) {

    static Cli run(String... args) {
        return run(Main.commandLine(), args);
    }

    static Cli run(CommandLine command, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = command.setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
        return new Cli(exitCode, out.toString(), err.toString());
    }
}
