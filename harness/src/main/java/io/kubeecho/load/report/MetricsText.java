package io.kubeecho.load.report;

import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.Move;
import io.kubeecho.load.measure.PodFigures;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A running load in Prometheus' text format, version 0.0.4. */
public final class MetricsText {

    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999, 1};

    private final StringBuilder text = new StringBuilder();

    private MetricsText() {}

    public static String of(Figures figures) {
        return new MetricsText().write(figures);
    }

    private String write(Figures f) {
        type("kube_echo_load_due_total", "counter", "Sends that were due.");
        value("kube_echo_load_due_total", "", f.due());
        type("kube_echo_load_answers_total", "counter", "Answers, by the pod that gave them.");
        for (PodFigures pod : f.pods()) {
            value("kube_echo_load_answers_total", label("pod", pod.pod()), pod.requests());
        }
        type("kube_echo_load_statuses_total", "counter", "Answers, by HTTP status.");
        f.statuses()
                .forEach((status, count) ->
                        value("kube_echo_load_statuses_total", label("status", String.valueOf(status)), count));
        type("kube_echo_load_connections_total", "counter", "Connections that carried what is measured, by pod.");
        for (PodFigures pod : f.pods()) {
            value("kube_echo_load_connections_total", label("pod", pod.pod()), pod.connections());
        }
        type("kube_echo_load_errors_total", "counter", "Requests that went wrong, by kind.");
        f.errors().forEach((kind, n) -> value("kube_echo_load_errors_total", label("kind", kind.text()), n));
        type(
                "kube_echo_load_sent_again_total",
                "counter",
                "Times that a request went out once more, since the target said that it had not processed it.");
        value("kube_echo_load_sent_again_total", "", f.sentAgain());
        type(
                "kube_echo_load_affinity_moves_total",
                "counter",
                "New connections to another pod than the last, by cause.");
        for (Move.Cause cause : Move.Cause.values()) {
            // waiting moves change their cause, which a counter must not: they come when they are settled
            if (cause != Move.Cause.UNDECIDED) {
                long count = f.affinity().count(cause);
                value("kube_echo_load_affinity_moves_total", label("cause", cause.text()), count);
            }
        }
        type("kube_echo_load_rate", "gauge", "Answers a second since the start.");
        value("kube_echo_load_rate", "", f.rate());
        summary("kube_echo_load_response_seconds", "Time from the intended send to the whole answer.", f.response());
        summary("kube_echo_load_service_seconds", "Time from the actual send to the whole answer.", f.service());
        summary("kube_echo_load_send_lag_seconds", "How late the generator came to its sends.", f.lag());
        return text.toString();
    }

    private void summary(String name, String help, Histogram histogram) {
        type(name, "summary", help);
        for (double q : QUANTILES) {
            value(name, label("quantile", String.valueOf(q)), histogram.getValueAtPercentile(q * 100) / 1e9);
        }
        long count = histogram.getTotalCount();
        value(name + "_sum", "", count == 0 ? 0 : histogram.getMean() * count / 1e9);
        value(name + "_count", "", count);
    }

    private void type(String name, String type, String help) {
        text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        text.append("# TYPE ").append(name).append(' ').append(type).append('\n');
    }

    private void value(String name, String labels, long value) {
        text.append(name).append(labels).append(' ').append(value).append('\n');
    }

    private void value(String name, String labels, double value) {
        text.append(name).append(labels).append(String.format(Locale.ROOT, " %.9g\n", value));
    }

    private static String label(String name, String value) {
        Map<String, String> escapes = Map.of("\\", "\\\\", "\n", "\\n", "\"", "\\\"");
        StringBuilder escaped = new StringBuilder();
        value.codePoints().mapToObj(Character::toString).forEach(c -> escaped.append(escapes.getOrDefault(c, c)));
        return "{" + name + "=\"" + escaped + "\"}";
    }
}
