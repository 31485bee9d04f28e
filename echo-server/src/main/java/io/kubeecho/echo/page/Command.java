package io.kubeecho.echo.page;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/** What a viewer may ask of the page, for all who watch. */
sealed interface Command {

    Duration SHORTEST_INTERVAL = Duration.ofMillis(200);
    Duration LONGEST_INTERVAL = Duration.ofSeconds(60);

    /**
     * Makes no more connections, or goes on.
     *
     * @param target by its place in the setting, from 0; empty for all
     */
    record Pause(boolean paused, Optional<Integer> target) implements Command {}

    /** One connection to each target that is paused. */
    record Once() implements Command {}

    /** The time from the start of one connection to the next, {@link #SHORTEST_INTERVAL} to {@link #LONGEST_INTERVAL}. */
    record Interval(Duration interval) implements Command {

        public Interval {
            if (interval.compareTo(SHORTEST_INTERVAL) < 0 || interval.compareTo(LONGEST_INTERVAL) > 0) {
                throw new IllegalArgumentException("an interval is %d to %d ms, not %d"
                        .formatted(SHORTEST_INTERVAL.toMillis(), LONGEST_INTERVAL.toMillis(), interval.toMillis()));
            }
        }
    }

    /** Forgets what was seen so far. */
    record StartOver() implements Command {}

    /**
     * Reads a command.
     *
     * @param targets how many there are
     * @throws IllegalArgumentException if it is none; the message says why
     */
    static Command read(String json, int targets) {
        try {
            JsonObject object = new JsonObject(json);
            String name = object.getString("do", "");
            return switch (name) {
                case "pause", "resume" -> new Pause(name.equals("pause"), target(object, targets));
                case "once" -> new Once();
                case "interval" -> new Interval(Duration.ofMillis(object.getInteger("millis", 0)));
                case "start over" -> new StartOver();
                default ->
                    throw new IllegalArgumentException(
                            "'do' is one of pause, resume, once, interval and start over, not '" + name + "'");
            };
        } catch (DecodeException | ClassCastException e) {
            // not the reason of the JSON library, which depends on what else is on the class path and may have several
            // lines
            throw new IllegalArgumentException("this is no command, which is a JSON object with 'do'", e);
        }
    }

    private static Optional<Integer> target(JsonObject object, int targets) {
        Optional<Integer> target = Optional.ofNullable(object.getInteger("target"));
        target.filter(index -> index < 0 || index >= targets).ifPresent(index -> {
            throw new IllegalArgumentException("there is no target " + index + ", but " + targets + " from 0");
        });
        return target;
    }
}
