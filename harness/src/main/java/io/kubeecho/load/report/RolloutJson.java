package io.kubeecho.load.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.rollout.Endpoint;
import io.kubeecho.load.rollout.EndpointChange;
import io.kubeecho.load.rollout.EndpointState;
import io.kubeecho.load.rollout.Rollout;
import java.util.Comparator;
import java.util.Map;

/** The changes of a Service's endpoints for programs; times are seconds. */
final class RolloutJson {

    private RolloutJson() {}

    static void write(Rollout rollout, ObjectNode node) {
        node.put("service", rollout.service());
        node.put("grace", rollout.grace().toMillis() / 1e3);
        node.put("readyAtFirst", rollout.readyAtFirst());
        node.put("readyAtLast", rollout.readyAtLast());
        ArrayNode first = node.putArray("first");
        rollout.first().entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<Endpoint, EndpointState> e) ->
                                e.getKey().name())
                        .thenComparing(e -> e.getKey().address()))
                .forEach(e -> endpoint(e.getKey(), first.addObject())
                        .put("state", e.getValue().text()));
        ArrayNode changes = node.putArray("changes");
        rollout.changes().forEach(seen -> change(seen, changes.addObject()));
        errors(rollout.errors(), node.putObject("errors"));
        errors(rollout.errorsElsewhere(), node.putObject("errorsElsewhere"));
        node.put("staleConnections", rollout.staleConnections());
        node.put("staleAnswers", rollout.staleAnswers());
        node.put("longestStale", rollout.longestStaleNanos() / 1e9);
        rollout.gapAfter().ifPresent(index -> node.put("gapAfter", index));
        ArrayNode breaks = node.putArray("breaks");
        rollout.breaks().forEach(b -> {
            ObjectNode each = breaks.addObject().put("from", b.fromNanos() / 1e9);
            if (b.toNanos() != Long.MAX_VALUE) {
                each.put("to", b.toNanos() / 1e9);
            }
        });
        ArrayNode strangers = node.putArray("strangers");
        rollout.strangers().forEach(strangers::add);
        ArrayNode notes = node.putArray("notes");
        RolloutNotes.of(rollout).forEach(notes::add);
    }

    private static void change(Rollout.Seen seen, ObjectNode node) {
        EndpointChange change = seen.change();
        node.put("at", change.atNanos() / 1e9);
        if (change.uncertain()) {
            node.put("notBefore", change.notBeforeNanos() / 1e9);
        }
        node.put("change", change.kind().text());
        endpoint(change.endpoint(), node);
        errors(seen.errors().byKind(), node.putObject("errors"));
        if (seen.errors().count() > 0) {
            node.put("firstError", seen.errors().firstNanos() / 1e9);
            node.put("lastError", seen.errors().lastNanos() / 1e9);
        }
        seen.firstConnection().ifPresent(first -> node.put("firstConnection", first / 1e9));
        node.put("staleConnections", seen.stale().connections());
        seen.stale().lastConnection().ifPresent(last -> node.put("lastStaleConnection", last / 1e9));
        node.put("staleAnswers", seen.stale().answers());
        seen.stale().lastAnswer().ifPresent(last -> node.put("lastStaleAnswer", last / 1e9));
    }

    private static ObjectNode endpoint(Endpoint endpoint, ObjectNode node) {
        return node.put("endpoint", endpoint.name())
                .put("address", endpoint.address())
                .put("node", endpoint.node());
    }

    private static void errors(Map<ErrorKind, Long> counts, ObjectNode node) {
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .forEach(e -> node.put(e.getKey().text(), e.getValue()));
    }
}
