package io.kubeecho.load.report;

import static java.util.stream.Collectors.joining;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.rollout.EndpointChange;
import io.kubeecho.load.rollout.Rollout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The changes of a Service's endpoints as people read them in a terminal, with what the load saw of each. */
final class RolloutText {

    /** More changes are left to the other forms. */
    private static final int MOST_CHANGES = 60;

    private final Rollout rollout;
    private final StringBuilder text = new StringBuilder();

    private RolloutText(Rollout rollout) {
        this.rollout = rollout;
    }

    static String of(Rollout rollout, Figures.Gap gap) {
        return new RolloutText(rollout).write(gap);
    }

    private String write(Figures.Gap gap) {
        line("");
        line(
                "ROLLOUT      %s: %d ready at first, %d at last; %s",
                rollout.service(),
                rollout.readyAtFirst(),
                rollout.readyAtLast(),
                rollout.changes().isEmpty()
                        ? "nothing changed"
                        : rollout.changes().size() + " changes of endpoints");
        if (!rollout.changes().isEmpty()) {
            table();
            total();
            gap(gap);
        }
        RolloutNotes.of(rollout).forEach(note -> line("note         %s", note));
        line("");
        return text.toString();
    }

    private void table() {
        int width = Math.max(
                8,
                rollout.changes().stream()
                        .limit(MOST_CHANGES)
                        .mapToInt(c -> c.change().endpoint().name().length())
                        .max()
                        .orElse(0));
        String row = "%8s  %-11s  %-" + width + "s  %s";
        line(row, "at", "change", "endpoint", "what was seen");
        rollout.changes().stream().limit(MOST_CHANGES).forEach(seen -> {
            EndpointChange change = seen.change();
            List<String> what = what(seen);
            line(
                    row,
                    (change.uncertain() ? "~" : "") + second(change.atNanos()),
                    change.kind().text(),
                    change.endpoint().name(),
                    what.isEmpty() ? "" : what.get(0));
            what.stream().skip(1).forEach(more -> line(row, "", "", "", more));
        });
        if (rollout.changes().size() > MOST_CHANGES) {
            line(
                    "%8s  and %d more, which load-changes.csv has",
                    "...", rollout.changes().size() - MOST_CHANGES);
        }
    }

    private static List<String> what(Rollout.Seen seen) {
        List<String> what = new ArrayList<>();
        if (seen.errors().count() > 0) {
            what.add(kinds(seen.errors().byKind()) + ", "
                    + after(seen.errors().firstNanos(), seen.errors().lastNanos()));
        }
        seen.firstConnection().ifPresent(first -> what.add("first connection after " + delay(first)));
        Rollout.Stale stale = seen.stale();
        stale.lastConnection()
                .ifPresent(last -> what.add(some(stale.connections(), "new connection")
                        + (stale.connections() == 1 ? "" : ", the last") + " after " + delay(last)));
        stale.lastAnswer().ifPresent(last -> what.add("last answer after " + delay(last)));
        return what;
    }

    private void total() {
        line(
                "errors       %s%s; %s elsewhere",
                rollout.errorCount() == 0 ? "none" : kinds(rollout.errors()),
                String.format(
                        Locale.ROOT,
                        " within %s after a change",
                        Words.time(rollout.grace().toNanos())),
                rollout.errorsElsewhere().isEmpty() ? "none" : kinds(rollout.errorsElsewhere()));
        line(
                "stale        %s to endpoints that were gone%s; %s in all from them",
                some(rollout.staleConnections(), "new connection"),
                rollout.staleConnections() == 0 ? "" : ", up to " + delay(rollout.longestStaleNanos()) + " after",
                some(rollout.staleAnswers(), "answer"));
    }

    private static String some(long count, String what) {
        return Words.count(count) + " " + what + (count == 1 ? "" : "s");
    }

    private void gap(Figures.Gap gap) {
        rollout.gapAfter().ifPresent(index -> {
            EndpointChange change = rollout.changes().get(index).change();
            line(
                    "gap          the longest, %s, began %s %s %s",
                    Words.time(Math.round(gap.seconds() * 1e9)),
                    beside(Math.round(gap.fromSeconds() * 1e9) - change.atNanos()),
                    change.endpoint().name(),
                    switch (change.kind()) {
                        case ADDED -> "was added";
                        case READY -> "became ready";
                        case NOT_READY -> "ceased to be ready";
                        case TERMINATING -> "began to terminate";
                        case REMOVED -> "was removed";
                    });
        });
    }

    private static String beside(long nanos) {
        return nanos < 0 ? delay(-nanos) + " before" : delay(nanos) + " after";
    }

    private static String kinds(Map<ErrorKind, Long> counts) {
        return counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(e -> Words.count(e.getValue()) + " " + e.getKey().text())
                .collect(joining(", "));
    }

    private static String after(long first, long last) {
        return last - first < 10_000_000 ? beside(last) : delay(first) + " to " + delay(last) + " after";
    }

    /** Nobody's clock here is worth more than a millisecond. */
    private static String delay(long nanos) {
        return nanos < 0
                ? "-" + delay(-nanos)
                : nanos < 999_500_000 ? Math.round(nanos / 1e6) + " ms" : Words.time(nanos);
    }

    private static String second(long nanos) {
        return String.format(Locale.ROOT, "%.1fs", nanos / 1e9);
    }

    private void line(String format, Object... values) {
        text.append(String.format(Locale.ROOT, format, values).stripTrailing()).append('\n');
    }
}
