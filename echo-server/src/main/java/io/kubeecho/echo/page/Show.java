package io.kubeecho.echo.page;

import io.kubeecho.dial.Dialer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * One show for all who watch: the rows of the targets, and the viewers. Connections are made only while there is a viewer.
 * Methods are for any thread; everything runs on one context.
 */
final class Show {

    /** A room with a projector, and a few who follow on their own screens. */
    static final int MOST_VIEWERS = 8;

    private static final Duration FIRST_INTERVAL = Duration.ofSeconds(1);

    /** Less than the management port's idle timeout, and soon enough to notice who has gone away silently. */
    private static final Duration HEARTBEAT = Duration.ofSeconds(10);

    /** One who watches. */
    interface Viewer {

        void send(Event event);
    }

    /**
     * Something that happened.
     *
     * @param name what the page's script calls it; empty for a sign of life, which it does not see
     */
    record Event(String name, JsonObject data) {}

    private final Vertx vertx;
    private final Context context;
    private final String client;
    private final List<Row> rows;
    private final Set<Viewer> viewers = new LinkedHashSet<>();
    private Cast cast = new Cast();
    private Duration interval = FIRST_INTERVAL;
    private Optional<Long> heartbeat = Optional.empty();

    /** @param client the name of this pod, which is the client of every connection */
    Show(Vertx vertx, String client, List<Target> targets) {
        this.vertx = vertx;
        this.client = client;
        context = vertx.getOrCreateContext();
        Dialer dialer = new Dialer(vertx, Optional.empty());
        rows = targets.stream()
                .map(target -> new Row(context, dialer, target, FIRST_INTERVAL, this::tell))
                .toList();
    }

    int targets() {
        return rows.size();
    }

    /**
     * Lets somebody watch; the first event is how everything stands.
     *
     * @param admitted is told whether there was room
     */
    void enter(Viewer viewer, Consumer<Boolean> admitted) {
        context.runOnContext(v -> {
            if (viewers.size() == MOST_VIEWERS) {
                admitted.accept(false);
                return;
            }
            viewers.add(viewer);
            admitted.accept(true);
            viewer.send(standing());
            if (viewers.size() == 1) {
                heartbeat = Optional.of(vertx.setPeriodic(
                        HEARTBEAT.toMillis(),
                        id -> context.runOnContext(due -> tell(new Event("", new JsonObject())))));
                rows.forEach(row -> row.wanted(true));
            }
        });
    }

    void leave(Viewer viewer) {
        context.runOnContext(v -> {
            if (viewers.remove(viewer) && viewers.isEmpty()) {
                heartbeat.ifPresent(vertx::cancelTimer);
                heartbeat = Optional.empty();
                rows.forEach(row -> row.wanted(false));
            }
        });
    }

    void obey(Command command) {
        context.runOnContext(v -> carryOut(command));
    }

    private void carryOut(Command command) {
        if (command instanceof Command.Pause pause) {
            pause.target()
                    .map(index -> Stream.of(rows.get(index)))
                    .orElseGet(rows::stream)
                    .forEach(row -> row.pause(pause.paused()));
            tell(new Event("controls", controls()));
        } else if (command instanceof Command.Interval change) {
            interval = change.interval();
            rows.forEach(row -> row.interval(interval));
            tell(new Event("controls", controls()));
        } else if (command instanceof Command.StartOver) {
            cast = new Cast();
            rows.forEach(Row::startOver);
            tell(standing());
        } else {
            rows.forEach(Row::once);
        }
    }

    private void tell(Row row, Visit visit) {
        tell(new Event(
                "visit",
                ShowJson.tally(row.tally(), cast)
                        .put("target", rows.indexOf(row))
                        .put("visit", ShowJson.visit(visit, cast))));
    }

    private void tell(Event event) {
        // a copy, since one that cannot take it leaves
        List.copyOf(viewers).forEach(viewer -> viewer.send(event));
    }

    private Event standing() {
        JsonArray all = new JsonArray();
        for (Row row : rows) {
            JsonObject json = ShowJson.tally(row.tally(), cast)
                    .put("label", row.target().label())
                    .put("address", row.target().address())
                    .put("recent", ShowJson.recent(row.tally(), cast));
            row.sinceLast().ifPresent(since -> json.put("sinceLast", since.toMillis()));
            all.add(json);
        }
        return new Event("show", controls().put("client", client).put("targets", all));
    }

    private JsonObject controls() {
        JsonArray paused = new JsonArray();
        rows.forEach(row -> paused.add(row.paused()));
        return new JsonObject().put("interval", interval.toMillis()).put("paused", paused);
    }
}
