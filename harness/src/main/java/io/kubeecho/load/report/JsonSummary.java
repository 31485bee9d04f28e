package io.kubeecho.load.report;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeecho.load.drive.GeneratorFigures;
import io.kubeecho.load.measure.Affinity;
import io.kubeecho.load.measure.Balance;
import io.kubeecho.load.measure.Figures;
import io.kubeecho.load.measure.IntervalFigures;
import io.kubeecho.load.measure.Move;
import io.kubeecho.load.measure.PodFigures;
import io.kubeecho.load.measure.Quantiles;
import io.kubeecho.load.objective.Judgement;
import io.kubeecho.output.OutputException;
import io.kubeecho.output.PlainText;
import io.kubeecho.output.WholeFile;
import io.kubeecho.page.ClassPathText;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;

/**
 * A load for programs, as {@code load.schema.json} describes it. Times within the run are seconds from the start of what
 * is measured; latencies are nanoseconds.
 */
public final class JsonSummary {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    /** Points of the latency-by-percentile line for each halving of the distance to 100 %. */
    private static final int TICKS = 4;

    private final LoadReport report;
    private final Figures figures;
    private final ObjectNode root = MAPPER.createObjectNode();

    private JsonSummary(LoadReport report) {
        this.report = report;
        this.figures = report.result().figures();
    }

    public static void write(LoadReport report, Path file) throws OutputException {
        // Jackson escapes C0; the escapes of the rest are JSON's too
        WholeFile.write(file, PlainText.ofLines(of(report).toPrettyString() + "\n"));
    }

    /** The schema, draft 2020-12. */
    public static String schema() {
        return ClassPathText.beside(JsonSummary.class, "load.schema.json");
    }

    static ObjectNode of(LoadReport report) {
        return new JsonSummary(report).build();
    }

    private ObjectNode build() {
        root.put("format", "kube-echo load 1");
        root.put("kubeEcho", report.kubeEcho());
        root.put("started", report.result().started().toString());
        ArrayNode targets = root.putArray("targets");
        report.targets().forEach(targets::add);
        ObjectNode settings = root.putObject("settings");
        report.settings().forEach(settings::put);
        root.put("outcome", report.outcome().text());
        root.put("interrupted", report.result().interrupted());
        root.put("seconds", figures.seconds());
        requests(root.putObject("requests"));
        ObjectNode latency = root.putObject("latency");
        distribution(latency.putObject("response"), figures.response());
        distribution(latency.putObject("service"), figures.service());
        quantiles(latency.putObject("connect"), figures.connect());
        pods(root.putArray("pods"));
        connections(root.putObject("connections"));
        affinity(root.putObject("affinity"));
        census(root.putObject("census"));
        root.putObject("longestGap")
                .put("from", figures.longestGap().fromSeconds())
                .put("seconds", figures.longestGap().seconds());
        errorEvents(root.putArray("errorEvents"));
        figures.rollout().ifPresent(r -> RolloutJson.write(r, root.putObject("rollout")));
        figures.intervals().forEach(i -> interval(root.withArray("intervals").addObject(), i));
        root.withArray("intervals");
        objectives(root.putArray("objectives"));
        generator(root.putObject("generator"), report.result().generator());
        return root;
    }

    private void requests(ObjectNode node) {
        node.put("due", figures.due());
        node.put("answered", figures.answered());
        node.put("dueRate", figures.dueRate());
        node.put("rate", figures.rate());
        node.put("sentAgain", figures.sentAgain());
        node.put("bodyBytes", figures.bytes());
        node.put("failed", figures.errorCount());
        node.put("failedShare", figures.errorShare());
        ObjectNode statuses = node.putObject("statuses");
        figures.statuses().forEach((status, count) -> statuses.put(String.valueOf(status), count));
        ObjectNode errors = node.putObject("errors");
        figures.errors().forEach((kind, count) -> errors.put(kind.text(), count));
    }

    private static void distribution(ObjectNode node, Histogram histogram) {
        quantiles(node, Quantiles.of(histogram));
        ArrayNode points = node.putArray("percentiles");
        histogram
                .percentiles(TICKS)
                .forEach(p ->
                        points.addArray().add(p.getPercentileLevelIteratedTo()).add(p.getValueIteratedTo()));
    }

    private static void quantiles(ObjectNode node, Quantiles q) {
        node.put("count", q.count());
        node.put("mean", q.mean());
        node.put("p50", q.p50());
        node.put("p75", q.p75());
        node.put("p90", q.p90());
        node.put("p95", q.p95());
        node.put("p99", q.p99());
        node.put("p99.9", q.p999());
        node.put("p99.99", q.p9999());
        node.put("max", q.max());
    }

    private void pods(ArrayNode array) {
        for (PodFigures pod : figures.pods()) {
            ObjectNode node = array.addObject();
            node.put("pod", pod.pod());
            node.put("requests", pod.requests());
            node.put("share", pod.share());
            node.put("connections", pod.connections());
            node.put("errors", pod.errors());
            node.put("firstSeen", pod.firstSeen());
            node.put("lastSeen", pod.lastSeen());
            quantiles(node.putObject("response"), pod.response());
        }
    }

    private void connections(ObjectNode node) {
        node.put("used", figures.connectionsUsed());
        node.put("opened", figures.connections());
        node.put("closedByTarget", figures.closedByTarget());
        ObjectNode evenness = node.putObject("evenness");
        if (figures.balance() instanceof Balance.Measured m) {
            evenness.put("of", m.draw().plural());
            evenness.put("count", m.count());
            evenness.put("chiSquared", m.test().chiSquared());
            evenness.put("degreesOfFreedom", m.test().degrees());
            evenness.put("pValue", m.test().pValue());
            evenness.put("cramersV", m.cramersV());
            if (Double.isFinite(m.maxToMin())) {
                evenness.put("maxToMin", m.maxToMin());
            }
        } else if (figures.balance() instanceof Balance.Refused refused) {
            evenness.put("refused", refused.why());
        }
    }

    private void affinity(ObjectNode node) {
        Affinity.Findings f = figures.affinity();
        node.put("expected", report.affinity().expected());
        node.put("timeout", report.affinity().timeout().toMillis() / 1e3);
        node.put("sources", f.sources());
        node.put("repeatedConnections", f.revisits());
        if (f.sharedSources() > 0) {
            node.put("sharedSources", f.sharedSources());
        }
        ObjectNode counts = node.putObject("moves");
        for (Move.Cause cause : Move.Cause.values()) {
            counts.put(cause.text(), f.count(cause));
        }
        ArrayNode events = node.putArray("events");
        f.moves()
                .forEach(m -> events.addObject()
                        .put("at", m.atNanos() / 1e9)
                        .put("gap", m.gapNanos() / 1e9)
                        .put("source", m.source())
                        .put("seenAs", m.seenAddress())
                        .put("from", m.from())
                        .put("to", m.to())
                        .put("cause", m.cause().text()));
    }

    private void census(ObjectNode node) {
        node.put("connections", figures.census().connections());
        node.put("preserved", figures.census().preserved());
        node.put("unsaid", figures.census().unsaid());
        ArrayNode rows = node.putArray("rows");
        figures.census()
                .rows()
                .forEach(r -> rows.addObject()
                        .put("sentFrom", r.sentFrom())
                        .put("seenAs", r.seenAs())
                        .put("connections", r.connections()));
    }

    private void errorEvents(ArrayNode array) {
        figures.errorEvents()
                .forEach(e -> array.addObject()
                        .put("at", e.atNanos() / 1e9)
                        .put("kind", e.kind().text())
                        .put("pod", e.pod())
                        .put("detail", e.detail()));
    }

    private static void interval(ObjectNode node, IntervalFigures i) {
        node.put("from", i.fromSeconds());
        node.put("to", i.toSeconds());
        node.put("due", i.due());
        node.put("answered", i.answered());
        node.put("connections", i.connections());
        node.put("moves", i.moves());
        node.put("violations", i.violations());
        ObjectNode errors = node.putObject("errors");
        i.errors().forEach((kind, count) -> errors.put(kind.text(), count));
        quantiles(node.putObject("response"), i.response());
        quantiles(node.putObject("service"), i.service());
        node.put("lagP99", i.lag().p99());
        ObjectNode pods = node.putObject("requestsByPod");
        i.requestsByPod().forEach(pods::put);
    }

    private void objectives(ArrayNode array) {
        for (Judgement j : report.judgements()) {
            ObjectNode node = array.addObject();
            node.put("objective", j.objective().text());
            node.put("verdict", Judgements.word(j));
            node.put("wanted", j.objective().wanted());
            j.measured().ifPresent(value -> node.put("measured", value));
            j.atMost().ifPresent(value -> node.put("atMost", value));
        }
    }

    private static void generator(ObjectNode node, GeneratorFigures g) {
        quantiles(node.putObject("lag"), g.lag());
        quantiles(node.putObject("jitter"), g.jitter());
        node.put("busiestLoop", g.busiestLoop());
        node.put("processCpuSeconds", g.processCpuSeconds());
        if (g.machineBusy() >= 0) {
            node.put("machineBusy", g.machineBusy());
        }
        node.put("gcSeconds", g.gcSeconds());
        node.put("mostWaiting", g.mostWaiting());
        node.put("wasTheLimit", g.wasTheLimit());
        ArrayNode limits = node.putArray("limits");
        g.limits().forEach(limits::add);
        ArrayNode notes = node.putArray("notes");
        g.notes().forEach(notes::add);
    }
}
