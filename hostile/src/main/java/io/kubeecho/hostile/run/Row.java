package io.kubeecho.hostile.run;

import io.kubeecho.hostile.attack.Counts;
import io.kubeecho.hostile.client.Tally;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An outcome as text: lines for a terminal, and a row of a table in Markdown. */
final class Row {

    private static final double MIB = 1 << 20;
    private static final String HEADER = """
        | attack | s | connections: most open, opened | server | peak, own MiB | asked | answered | refused, lost, late | wrong | p50, p99, max ms | p99 without | loops asleep | what the server says | |
        |---|--:|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|---|---|
        """;

    private Row() {}

    static String table(List<Outcome> outcomes) {
        return HEADER + outcomes.stream().map(Row::of).collect(Collectors.joining());
    }

    private static String of(Outcome outcome) {
        Tally beside = outcome.beside();
        Seen seen = outcome.seen();
        return text(
                "| `%s` | %.0f | %s | %s | %s | %,d | %.2f %% | %,d, %,d, %,d | %d | %.1f, %.1f, %.0f | %.1f | %d of"
                        + " %,d | %s | %s |%n",
                outcome.scenario().name(),
                outcome.seconds(),
                connections(outcome.counts()),
                state(seen),
                memory(seen),
                beside.asked(),
                100 * beside.share(),
                beside.refusals(),
                beside.losses(),
                beside.lateOnes(),
                outcome.wrong(),
                beside.millis(50),
                beside.millis(99),
                beside.mostMillis(),
                outcome.calm().millis(99),
                seen.asleep(),
                seen.dumps(),
                reasons(outcome.reasons()),
                Requirements.broken(outcome).isEmpty() ? "kept" : "**broken**");
    }

    /** For a terminal, while the rest is running. */
    static String said(Outcome outcome) {
        Tally beside = outcome.beside();
        return text(
                """
                %s: %s in %.0f s
                  server   %s, %s MiB at most and of its own; loops asleep in %d of %d looks; says: %s
                  client   %.2f %% of %d answered (%d refused, %d lost, %d late), %d wrong
                  latency  p50 %.1f, p99 %.1f, max %.0f ms; without the attack p50 %.1f, p99 %.1f, max %.0f ms
                """,
                outcome.scenario().name(),
                outcome.counts().stream().map(Counts::toString).collect(Collectors.joining("; ")),
                outcome.seconds(),
                state(outcome.seen()),
                memory(outcome.seen()),
                outcome.seen().asleep(),
                outcome.seen().dumps(),
                reasons(outcome.reasons()),
                100 * beside.share(),
                beside.asked(),
                beside.refusals(),
                beside.losses(),
                beside.lateOnes(),
                outcome.wrong(),
                beside.millis(50),
                beside.millis(99),
                beside.mostMillis(),
                outcome.calm().millis(50),
                outcome.calm().millis(99),
                outcome.calm().mostMillis());
    }

    private static String connections(List<Counts> counts) {
        long most = counts.stream().mapToLong(Counts::most).sum();
        long opened = counts.stream().mapToLong(Counts::opened).sum();
        return text("%,d, %,d", most, opened);
    }

    private static String state(Seen seen) {
        return seen.end()
                .map(end -> text(
                        "%s after %.1f s",
                        end.how().oomKilled() || seen.kills() > 0 ? "**killed**" : "**ended**", end.seconds()))
                .orElse(seen.deafProbes() > 0 ? "**deaf**" : "lives");
    }

    private static String memory(Seen seen) {
        return text("%.0f, %.0f", seen.peak() / MIB, seen.anonymous() / MIB);
    }

    private static String reasons(Map<String, Long> reasons) {
        return reasons.isEmpty()
                ? "nothing"
                : reasons.entrySet().stream()
                        .map(reason -> text("%s %,d", reason.getKey(), reason.getValue()))
                        .collect(Collectors.joining("; "));
    }

    private static String text(String format, Object... arguments) {
        return String.format(Locale.ROOT, format, arguments);
    }
}
