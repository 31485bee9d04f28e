package io.kubeecho.echo.page;

import io.kubeecho.dial.DialPlan;
import io.kubeecho.dial.Dialed;
import io.kubeecho.dial.Dialer;
import io.vertx.core.Context;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** The connections to one target, one at a time, while they are wanted. Confined to one context. */
final class Row {

    /** For establishing, and again for the answer: beyond it the audience reads "timeout". */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Context context;
    private final Dialer dialer;
    private final Target target;
    private final BiConsumer<Row, Visit> seen;
    private Tally tally = new Tally();
    private boolean wanted;
    private boolean paused;
    private Duration interval;
    private boolean connecting;
    private Optional<Long> timer = Optional.empty();
    private Optional<Long> lastStart = Optional.empty();

    /** @param seen takes every visit when it is over */
    Row(Context context, Dialer dialer, Target target, Duration interval, BiConsumer<Row, Visit> seen) {
        this.context = context;
        this.dialer = dialer;
        this.target = target;
        this.interval = interval;
        this.seen = seen;
    }

    Target target() {
        return target;
    }

    Tally tally() {
        return tally;
    }

    boolean paused() {
        return paused;
    }

    /** Since the latest connection was started; empty before the first. */
    Optional<Duration> sinceLast() {
        return lastStart.map(start -> Duration.ofNanos(System.nanoTime() - start));
    }

    /** Whether anybody watches. */
    void wanted(boolean now) {
        wanted = now;
        schedule();
    }

    void pause(boolean now) {
        paused = now;
        schedule();
    }

    void interval(Duration now) {
        interval = now;
        schedule();
    }

    /** The strip begins anew; the time since the last connection does not, since the Service has not forgotten it. */
    void startOver() {
        tally = new Tally();
    }

    /** One connection although it is paused, unless the latest began less than the shortest interval ago. */
    void once() {
        if (paused && wanted && !connecting && untilDue(Command.SHORTEST_INTERVAL) <= 0) {
            connect();
        }
    }

    private void schedule() {
        timer.ifPresent(id -> context.owner().cancelTimer(id));
        timer = Optional.empty();
        if (!wanted || paused || connecting) {
            return;
        }
        long millis = untilDue(interval);
        if (millis <= 0) {
            connect();
        } else {
            timer = Optional.of(context.owner().setTimer(millis, id -> context.runOnContext(fired -> whenDue(id))));
        }
    }

    private void whenDue(long id) {
        // a timer may have fired while it was being cancelled
        if (timer.filter(current -> current == id).isPresent()) {
            schedule();
        }
    }

    /** Rounded up, so that a connection is never early. */
    private long untilDue(Duration after) {
        return lastStart
                .map(start -> -Math.floorDiv(System.nanoTime() - start - after.toNanos(), NANOS_PER_MILLI))
                .orElse(0L);
    }

    private void connect() {
        connecting = true;
        Optional<Long> before = lastStart;
        lastStart = Optional.of(System.nanoTime());
        Tally counted = tally;
        DialPlan plan = new DialPlan(
                List.of(new DialPlan.Sequence(target.label(), target.host(), target.port(), List.of(Duration.ZERO))),
                PATIENCE,
                PATIENCE);
        dialer.dial(plan).onSuccess(attempts -> context.runOnContext(done -> over(attempts.get(0), before, counted)));
    }

    private void over(Dialed attempt, Optional<Long> before, Tally counted) {
        connecting = false;
        lastStart = Optional.of(attempt.startedNanos());
        Visit visit = Visit.of(attempt, before.map(start -> Duration.ofNanos(attempt.startedNanos() - start)));
        // one that began before the strip was cleared belongs to the old strip
        if (counted == tally) {
            tally.add(visit);
            seen.accept(this, visit);
        }
        schedule();
    }
}
