package io.kubeecho.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeecho.evidence.Cell;
import io.kubeecho.evidence.Estimate;
import io.kubeecho.evidence.Phase;
import io.kubeecho.evidence.Programming;
import io.kubeecho.evidence.ScenarioResult;
import io.kubeecho.output.WholeFile;
import io.kubeecho.page.DataPage;
import io.kubeecho.probe.Observation;
import io.kubeecho.probe.Observation.Answered;
import io.kubeecho.probe.Observation.Misunderstood;
import io.kubeecho.probe.Observation.Unanswered;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A run as one page: the verdicts, what each rests on, and every connection as a box in the colour of the pod that
 * answered it, so that the evidence can be looked at and not only believed.
 */
public final class HtmlReport {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private HtmlReport() {}

    public static void write(RunReport report, Path file) throws IOException {
        WholeFile.write(file, of(report));
    }

    static String of(RunReport report) {
        ObjectNode page = JSON.objectNode();
        page.put("kubeEcho", report.kubeEcho());
        page.put("lab", report.lab().lab());
        page.put("simulation", TextReport.simulation(report.lab()).orElse(""));
        page.put("dataPlane", report.lab().dataPlane());
        page.put("version", report.lab().version());
        page.put("timeout", millis(report.timing().affinityTimeout()));
        // a string, since a script's numbers do not hold every seed
        page.put("seed", Long.toString(report.seed()));
        page.put("started", report.started().toString());
        page.put("took", millis(report.took()));
        ArrayNode results = page.putArray("results");
        report.results().forEach(r -> results.add(result(r)));
        return DataPage.of(HtmlReport.class, "page.html", page);
    }

    private static ObjectNode result(ScenarioResult result) {
        ObjectNode node = JSON.objectNode();
        node.put("id", result.id());
        node.put("title", result.title());
        node.put("verdict", TextReport.word(result.verdict()));
        node.put("expected", result.expected());
        node.put("seen", result.seen());
        node.put("meaning", result.meaning());
        node.put("took", millis(result.took()));
        node.put("connections", result.connections());
        ArrayNode thresholds = node.putArray("thresholds");
        result.thresholds().forEach(t -> thresholds.add(t.reason()));
        ArrayNode programming = node.putArray("programming");
        result.findings().programming().forEach(p -> programming.add(programming(p)));
        ArrayNode estimates = node.putArray("estimates");
        result.findings().estimates().forEach(e -> estimates.add(estimate(e)));
        ArrayNode cells = node.putArray("cells");
        result.findings().cells().forEach(c -> cells.add(cell(c)));
        ArrayNode phases = node.putArray("phases");
        result.phases().forEach(p -> phases.add(phase(p)));
        return node;
    }

    private static ObjectNode programming(Programming programming) {
        return JSON.objectNode()
                .put("change", programming.change())
                .put("atLeast", millis(programming.atLeast()))
                .put("atMost", millis(programming.atMost()))
                .put("deadline", millis(programming.deadline()))
                .put("lastBreach", programming.lastBreach());
    }

    private static ObjectNode estimate(Estimate estimate) {
        return JSON.objectNode()
                .put("what", estimate.what())
                .put("value", estimate.value())
                .put("lower", estimate.lower())
                .put("upper", estimate.upper())
                .put("unit", estimate.unit())
                .put("confidence", estimate.confidence());
    }

    private static ObjectNode cell(Cell cell) {
        return JSON.objectNode()
                .put("client", cell.client())
                .put("clientNode", cell.clientNode())
                .put("way", cell.way())
                .put("entryNode", cell.entryNode())
                .put("endpoint", cell.endpoint())
                .put("tried", cell.tried())
                .put("broken", cell.broken());
    }

    private static ObjectNode phase(Phase phase) {
        Map<String, List<Observation>> entries = new LinkedHashMap<>();
        phase.observations()
                .forEach(o -> entries.computeIfAbsent(o.entry(), name -> new ArrayList<>())
                        .add(o));
        ObjectNode node = JSON.objectNode();
        node.put("name", phase.name());
        node.put("took", millis(phase.took()));
        node.put("connections", phase.observations().size());
        ArrayNode rows = node.putArray("entries");
        entries.forEach((name, visits) -> rows.add(entry(name, visits)));
        return node;
    }

    /** Times are milliseconds after the entry's first connection: a client's clock is comparable with itself only. */
    private static ObjectNode entry(String name, List<Observation> visits) {
        long first = visits.get(0).startedNanos();
        visits.sort(Comparator.comparingLong(o -> o.startedNanos() - first));
        long earliest = visits.get(0).startedNanos();
        ObjectNode node = JSON.objectNode();
        node.put("name", name);
        node.put("from", visits.get(0).clientAddress());
        ArrayNode boxes = node.putArray("visits");
        visits.forEach(o -> boxes.add(visit(o, (o.startedNanos() - earliest) / 1e6)));
        return node;
    }

    /** {@code [at, pod, address seen]} of an answer; {@code [at, null, what came instead]} otherwise. */
    private static ArrayNode visit(Observation visit, double at) {
        ArrayNode box = JSON.arrayNode().add(Math.round(at * 10) / 10.0);
        if (visit.result() instanceof Answered answer) {
            return box.add(answer.line().from()).add(answer.line().clientIp());
        }
        return box.addNull().add(instead(visit.result()));
    }

    private static String instead(Observation.Result result) {
        return result instanceof Unanswered none
                ? none.failure().name().toLowerCase(Locale.ROOT).replace('_', ' ')
                : "status " + ((Misunderstood) result).status();
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }
}
