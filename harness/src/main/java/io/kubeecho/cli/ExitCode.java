package io.kubeecho.cli;

import io.kubeecho.evidence.Verdict;
import io.kubeecho.report.RunReport;

/** What the process tells its caller. */
final class ExitCode {

    /** Nothing but PASS, SKIP, KNOWN-DEVIATION and INFO. */
    static final int CONFORMS = 0;

    /** At least one FAIL, whatever else. */
    static final int FAILED = 1;

    /** The command line, or a file that it names, is wrong. */
    static final int USAGE = 2;

    /** No FAIL, and at least one scenario that could say nothing. */
    static final int INCONCLUSIVE = 3;

    /** The lab could not be had: nothing was tested. */
    static final int NO_LAB = 4;

    /** The report could not be written; what was seen is on the terminal. */
    static final int NO_REPORT = 5;

    /** No FAIL, and something that the run made could not be removed. */
    static final int NOT_REMOVED = 6;

    private ExitCode() {}

    static int of(RunReport report) {
        if (report.count(Verdict.FAIL) > 0) {
            return FAILED;
        }
        return report.count(Verdict.INCONCLUSIVE) > 0 ? INCONCLUSIVE : CONFORMS;
    }
}
