package io.kubeecho.cli;

import io.kubeecho.lab.LabException;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;

/** The {@code kube-echo} command. */
@Command(
        name = "kube-echo",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "An HTTP echo backend for Kubernetes, and a harness that finds out what a cluster's Services do.",
        subcommands = {
            VerifyCommand.class,
            LoadCommand.class,
            ReportCommand.class,
            ListCommand.class,
            ServeCommand.class,
            CleanupCommand.class
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:nothing but PASS, SKIP, KNOWN-DEVIATION and INFO",
            "1:at least one FAIL",
            "2:wrong usage",
            "3:inconclusive",
            "4:the lab, or the port to serve on, could not be had"
        })
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(usageInOneLine())
                .setExecutionExceptionHandler(failureInOneLine())
                // a crash says nothing about the data plane, and 1 would say that it FAILed
                .setExitCodeExceptionMapper(crash -> ExitCode.INCONCLUSIVE)
                .registerConverter(java.time.Duration.class, new DurationConverter());
    }

    private static IParameterExceptionHandler usageInOneLine() {
        return (exception, args) -> {
            CommandLine command = exception.getCommandLine();
            PrintWriter err = command.getErr();
            err.println("kube-echo: " + exception.getMessage() + "; see '"
                    + command.getCommandSpec().qualifiedName() + " --help'");
            return ExitCode.USAGE;
        };
    }

    private static IExecutionExceptionHandler failureInOneLine() {
        return (exception, command, parsed) -> {
            if (exception instanceof LabException) {
                command.getErr().println("kube-echo: " + exception.getMessage());
                for (Throwable also : exception.getSuppressed()) {
                    command.getErr().println("kube-echo: also, " + also.getMessage());
                }
                return ExitCode.NO_LAB;
            }
            if (exception instanceof IOException) {
                command.getErr().println("kube-echo: cannot write the report: " + exception);
                return ExitCode.USAGE;
            }
            throw exception;
        };
    }
}
