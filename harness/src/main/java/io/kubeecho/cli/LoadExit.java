package io.kubeecho.cli;

import io.kubeecho.load.objective.Judgement;
import io.kubeecho.load.report.Judgements;
import io.kubeecho.load.report.LoadReport;
import io.kubeecho.output.PlainText;
import java.io.PrintWriter;

/** What a load's outcome makes of the exit code, with a line that says why where it is not the target's doing. */
final class LoadExit {

    private LoadExit() {}

    static int code(LoadReport report, PrintWriter err) {
        return switch (report.outcome()) {
            case PASSED -> ExitCode.CONFORMS;
            case MISSED -> ExitCode.FAILED;
            case GENERATOR_LIMIT -> {
                err.println("kube-echo: the generator itself was the limit: "
                        + String.join("; ", report.result().generator().limits()));
                yield ExitCode.INCONCLUSIVE;
            }
            case UNMEASURED -> {
                report.judgements().stream()
                        .filter(j -> j.verdict() == Judgement.Verdict.NOT_MEASURED)
                        .findFirst()
                        .ifPresent(j -> err.println("kube-echo: the objective "
                                + j.objective().text() + " could not be measured"
                                + (j.measured().isPresent() ? ": " + Judgements.measured(j) : "")));
                yield ExitCode.INCONCLUSIVE;
            }
            case UNREACHABLE -> {
                err.println("kube-echo: not one answer came; the last failure was "
                        + PlainText.inLine(report.result().lastFailure().orElse("none")));
                yield ExitCode.NO_LAB;
            }
        };
    }
}
