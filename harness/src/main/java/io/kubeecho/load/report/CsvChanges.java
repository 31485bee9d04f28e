package io.kubeecho.load.report;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.rollout.EndpointChange;
import io.kubeecho.load.rollout.Rollout;
import io.kubeecho.output.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.TreeSet;

/** The changes of a Service's endpoints, one line each: times in seconds, one column for each kind of error. */
public final class CsvChanges {

    private static final String FIXED = "at_s,not_before_s,change,endpoint,address,node,first_connection_s,"
            + "stale_connections,last_stale_connection_s,stale_answers,last_stale_answer_s";

    private CsvChanges() {}

    /** Without a watch there is no such file: one that an earlier load left would be taken for this one's. */
    public static void write(LoadReport report, Path file) throws IOException {
        if (report.result().figures().rollout().isPresent()) {
            WholeFile.write(file, of(report.result().figures().rollout().get()));
        } else {
            Files.deleteIfExists(file);
        }
    }

    static String of(Rollout rollout) {
        TreeSet<ErrorKind> kinds = new TreeSet<>();
        rollout.changes().forEach(c -> kinds.addAll(c.errors().byKind().keySet()));
        StringBuilder csv = new StringBuilder(FIXED);
        kinds.forEach(kind -> csv.append(",error_").append(kind.text()));
        csv.append('\n');
        for (Rollout.Seen seen : rollout.changes()) {
            EndpointChange change = seen.change();
            csv.append(String.join(
                    ",",
                    seconds(OptionalLong.of(change.atNanos())),
                    seconds(OptionalLong.of(change.notBeforeNanos())),
                    change.kind().text(),
                    CsvSeries.quoted(change.endpoint().name()),
                    CsvSeries.quoted(change.endpoint().address()),
                    CsvSeries.quoted(change.endpoint().node()),
                    seconds(seen.firstConnection()),
                    String.valueOf(seen.stale().connections()),
                    seconds(seen.stale().lastConnection()),
                    String.valueOf(seen.stale().answers()),
                    seconds(seen.stale().lastAnswer())));
            kinds.forEach(kind -> csv.append(',')
                    .append(Objects.requireNonNullElse(seen.errors().byKind().get(kind), 0L)));
            csv.append('\n');
        }
        return csv.toString();
    }

    private static String seconds(OptionalLong nanos) {
        return nanos.isEmpty() ? "" : String.format(Locale.ROOT, "%.3f", nanos.getAsLong() / 1e9);
    }
}
