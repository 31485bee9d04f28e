package io.kubeecho.cli;

import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.evidence.Verdict;
import io.kubeecho.lab.Lab;
import io.kubeecho.report.TextReport;
import io.kubeecho.scenario.Catalogue;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import picocli.CommandLine.Help.Ansi;

/** A line for each scenario while the run goes on; coloured on a terminal. For any thread. */
final class Progress {

    private final PrintWriter out;
    private final int total;
    private final Set<String> underWay = new LinkedHashSet<>();
    private int ended;

    Progress(PrintWriter out, int total) {
        this.out = out;
        this.total = total;
    }

    void labReady(Lab.Description lab, Duration took) {
        TextReport.simulation(lab).ifPresent(out::println);
        out.printf("the lab is ready after %s%n", TextReport.seconds(took));
        out.flush();
    }

    synchronized void started(Catalogue.Item scenario) {
        underWay.add(scenario.id());
        showUnderWay();
    }

    /** In the line that the next one takes the place of. */
    private void showUnderWay() {
        if (Ansi.AUTO.enabled() && !underWay.isEmpty()) {
            out.printf("\u001b[K[%d/%d] %s …\r", ended, total, String.join(", ", underWay));
            out.flush();
        }
    }

    synchronized void ended(ScenarioResult result) {
        ended++;
        underWay.remove(result.id());
        String clear = Ansi.AUTO.enabled() ? "\u001b[K" : "";
        out.printf(
                "%s[%d/%d] %-9s  %s  %s, %s%n",
                clear,
                ended,
                total,
                result.id(),
                coloured(result.verdict()),
                result.title(),
                TextReport.seconds(result.took()));
        out.flush();
        showUnderWay();
    }

    private static String coloured(Verdict verdict) {
        String style = switch (verdict) {
            case PASS -> "green";
            case FAIL -> "bold,red";
            case INCONCLUSIVE -> "yellow";
            case SKIP, KNOWN_DEVIATION, INFO -> "cyan";
        };
        return Ansi.AUTO.string("@|%s %-15s|@".formatted(style, TextReport.word(verdict)));
    }
}
