package io.kubeecho.cli;

import io.kubeecho.lab.LabException;
import io.kubeecho.output.OutputException;
import io.kubeecho.output.PlainText;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

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
            "4:the lab, or the port to serve on, could not be had",
            "5:the report could not be written",
            "6:no FAIL, and something that the run made could not be removed"
        })
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                // a value may begin with @, and a file's words are no arguments
                .setExpandAtFiles(false)
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
            err.println(line(exception.getMessage() + suggestion(exception) + "; see '"
                    + command.getCommandSpec().qualifiedName() + " --help'"));
            return ExitCode.USAGE;
        };
    }

    private static IExecutionExceptionHandler failureInOneLine() {
        return (exception, command, parsed) -> {
            if (exception instanceof LabException) {
                tell(command.getErr(), exception);
                return ExitCode.NO_LAB;
            }
            if (exception instanceof OutputException) {
                command.getErr().println(line(exception.getMessage()));
                return ExitCode.NO_REPORT;
            }
            if (exception instanceof IOException) {
                command.getErr().println(line("cannot write the report: " + exception));
                return ExitCode.NO_REPORT;
            }
            throw exception;
        };
    }

    /** A complaint, made harmless: what a cluster answers may be in it. */
    static String line(@Nullable String complaint) {
        return "kube-echo: " + PlainText.inLine(String.valueOf(complaint));
    }

    /** A failure, and what else failed on the way out. */
    static void tell(PrintWriter err, Throwable failure) {
        err.println(line(failure.getMessage()));
        for (Throwable also : failure.getSuppressed()) {
            err.println(line("also, " + also.getMessage()));
        }
        err.flush();
    }

    private static String suggestion(ParameterException exception) {
        if (!(exception instanceof UnmatchedArgumentException unmatched)
                || unmatched.getUnmatched().isEmpty()) {
            return "";
        }
        String typed = unmatched.getUnmatched().get(0);
        CommandSpec command = exception.getCommandLine().getCommandSpec();
        return typed.startsWith("-")
                ? Suggestion.phrase(typed.split("=", 2)[0], command.optionsMap().keySet())
                : Suggestion.phrase(typed, command.subcommands().keySet());
    }
}
