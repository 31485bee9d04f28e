package io.kubeecho.echo.page;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** What the page's script reads; times are milliseconds. */
final class ShowJson {

    private ShowJson() {}

    static JsonObject visit(Visit visit, Cast cast) {
        JsonObject json = new JsonObject().put("took", visit.took().toMillis());
        visit.gap().ifPresent(gap -> json.put("gap", gap.toMillis()));
        Visit.Outcome outcome = visit.outcome();
        if (outcome instanceof Visit.Answered answered) {
            return json.put("pod", answered.pod())
                    .put("number", cast.number(answered.pod()))
                    .put("seen", answered.seen())
                    .put("own", answered.own())
                    .put("kept", answered.kept());
        }
        if (outcome instanceof Visit.Unnamed unnamed) {
            return json.put("failure", "no echo pod: HTTP " + unnamed.status());
        }
        return json.put("failure", ((Visit.Failed) outcome).failure().name().toLowerCase(Locale.ROOT));
    }

    static JsonObject tally(Tally tally, Cast cast) {
        JsonArray pods = new JsonArray();
        for (Tally.PodCount count : tally.pods()) {
            pods.add(new JsonObject()
                    .put("pod", count.last().pod())
                    .put("number", cast.number(count.last().pod()))
                    .put("seen", count.last().seen())
                    .put("kept", count.last().kept())
                    .put("connections", count.connections()));
        }
        return new JsonObject().put("pods", pods).put("run", tally.run()).put("unanswered", tally.unanswered());
    }

    static JsonArray recent(Tally tally, Cast cast) {
        JsonArray visits = new JsonArray();
        tally.recent().forEach(visit -> visits.add(visit(visit, cast)));
        return visits;
    }

    static JsonObject target(Target target) {
        return new JsonObject().put("label", target.label()).put("address", target.address());
    }
}
