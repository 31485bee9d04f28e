package io.kubeecho.load.report;

import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.output.OutputException;
import io.kubeecho.output.PlainText;
import io.kubeecho.output.WholeFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeSet;

/** The series of intervals, one line each: latencies in milliseconds, one column for each kind of error and each pod. */
public final class CsvSeries {

    private static final String FIXED = "from_s,to_s,due,answered,rate,connections,moves,violations,errors,"
            + "response_p50_ms,response_p90_ms,response_p99_ms,response_max_ms,"
            + "service_p50_ms,service_p99_ms,lag_p99_ms";

    private CsvSeries() {}

    public static void write(LoadReport report, Path file) throws OutputException {
        WholeFile.write(file, of(report.result().figures().intervals()));
    }

    static String of(List<IntervalFigures> intervals) {
        TreeSet<ErrorKind> kinds = new TreeSet<>();
        TreeSet<String> pods = new TreeSet<>();
        intervals.forEach(i -> {
            kinds.addAll(i.errors().keySet());
            pods.addAll(i.requestsByPod().keySet());
        });
        StringBuilder csv = new StringBuilder(FIXED);
        kinds.forEach(kind -> csv.append(",error_").append(kind.text()));
        pods.forEach(pod -> csv.append(',').append(quoted("pod_" + (pod.isEmpty() ? "(does not say)" : pod))));
        csv.append('\n');
        for (IntervalFigures i : intervals) {
            csv.append(String.format(
                    Locale.ROOT,
                    "%.3f,%.3f,%d,%d,%.1f,%d,%d,%d,%d,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f",
                    i.fromSeconds(),
                    i.toSeconds(),
                    i.due(),
                    i.answered(),
                    i.rate(),
                    i.connections(),
                    i.moves(),
                    i.violations(),
                    i.errorCount(),
                    i.response().p50() / 1e6,
                    i.response().p90() / 1e6,
                    i.response().p99() / 1e6,
                    i.response().max() / 1e6,
                    i.service().p50() / 1e6,
                    i.service().p99() / 1e6,
                    i.lag().p99() / 1e6));
            kinds.forEach(kind ->
                    csv.append(',').append(Objects.requireNonNullElse(i.errors().get(kind), 0L)));
            pods.forEach(pod -> csv.append(',')
                    .append(Objects.requireNonNullElse(i.requestsByPod().get(pod), 0L)));
            csv.append('\n');
        }
        return csv.toString();
    }

    /** A backend chooses its name, so it may hold anything. */
    static String quoted(String text) {
        return text.matches("[A-Za-z0-9_.:()-]*")
                ? text
                : "\"" + PlainText.inLine(text).replace("\"", "\"\"") + "\"";
    }
}
