package io.kubeecho.load.drive;

import io.kubeecho.load.connection.ConnectionPolicy;
import io.kubeecho.load.connection.Connector;
import io.kubeecho.load.connection.ErrorKind;
import io.kubeecho.load.identity.IdentityRule;
import io.kubeecho.load.measure.Cut;
import io.kubeecho.load.measure.Ending;
import io.kubeecho.load.measure.LoopTally;
import io.kubeecho.load.schedule.SendTimes;
import io.kubeecho.output.PlainText;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's share of a load. The schedule runs on the event loop itself, by Netty's clock: Vert.x's timers have a
 * grain of a millisecond.
 */
@SuppressWarnings("FutureReturnValueIgnored") // tasks of an event loop that is ended as a whole
final class LoadLoop {

    /** So many sends in a row before answers are looked at again. */
    private static final int BATCH = 32;

    private static final long SWEEP_MILLIS = 20;

    /** In the closed model a client that failed tries again after this: refusals come at once. */
    private static final long PAUSE_MILLIS = 10;

    /** Connections that are opened side by side before the start: more overrun a listener's queue. */
    private static final int OPENING = 32;

    private final EventLoop eventLoop;
    private final Connector connector;
    private final LoadPlan plan;
    private final SendTimes times;
    private final boolean closed;
    private final double churnPerNano;
    private final LoopTally tally;
    private final List<LoadClient> clients = new ArrayList<>();
    private final ArrayDeque<LoadClient> idle = new ArrayDeque<>();
    private final Backlog backlog = new Backlog();
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> allSent = new CompletableFuture<>();
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private volatile long zero;
    private volatile int waiting;
    private volatile @Nullable String lastFailure;
    private volatile long threadId;
    private int toOpen;
    private int opening;
    private long next;
    private long closedLeft;
    private boolean sending;
    private boolean started;
    private long replaced;
    private long churnFrom;

    /** @param closedCount how many requests it sends in the closed model */
    LoadLoop(EventLoop eventLoop, Connector connector, LoadPlan plan, SendTimes times, long closedCount) {
        this.eventLoop = eventLoop;
        this.connector = connector;
        this.plan = plan;
        this.tally = new LoopTally(tellsPods(plan));
        this.times = times;
        this.closed = plan.model() instanceof LoadPlan.Closed;
        this.closedLeft = closedCount;
        this.zero = System.nanoTime();
        churnPerNano =
                plan.policy() instanceof ConnectionPolicy.Churn churn ? churn.perSecond() / plan.loops() / 1e9 : 0;
    }

    private static boolean tellsPods(LoadPlan plan) {
        return !plan.identity().equals(IdentityRule.NONE);
    }

    // -- for the thread that runs the load

    void add(LoadClient client) {
        clients.add(client);
    }

    /** Opens the clients' connections before the start, where they are kept. */
    CompletableFuture<Void> openAhead() {
        eventLoop.execute(() -> {
            threadId = Thread.currentThread().getId();
            boolean kept = !(plan.policy() instanceof ConnectionPolicy.PerConnection p && p.requests() == 1);
            if (kept) {
                openSome();
            } else {
                clients.forEach(idle::add);
                opened.complete(null);
            }
        });
        return opened;
    }

    /** Begins to send; {@code zero} of {@link System#nanoTime()} is when what is measured starts. */
    void start(long zero) {
        this.zero = zero;
        eventLoop.execute(() -> {
            sending = true;
            started = true;
            churnFrom = now();
            eventLoop.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
            if (closed) {
                idle.clear();
                clients.forEach(this::askAgain);
            } else {
                next = times.next();
                // a warm-up that begins late has that much less of it, and not a burst
                long late = Math.min(now(), 0);
                while (next < late) {
                    next = times.next();
                }
                tick();
            }
        });
    }

    /** Completes when the last send was due; what it was due for may still wait. */
    CompletableFuture<Void> allSent() {
        return allSent;
    }

    /** Completes when nothing more is sent and nothing is in flight. */
    CompletableFuture<Void> done() {
        return done;
    }

    /** Gives up what waits and what is in flight, at the end of its time: that counts as gone wrong. */
    void giveUp() {
        eventLoop.execute(() -> {
            comeTo(Long.MAX_VALUE - 1);
            endSending();
            while (!backlog.isEmpty()) {
                long intended = backlog.poll();
                tally.failed(intended, intended, now(), ErrorKind.NOT_SENT, "", "every client was busy until the end");
            }
            clients.forEach(LoadClient::giveUp);
            end();
        });
    }

    /** Drops what waits and what is in flight, ended early: nobody is to blame for that. */
    void abandon() {
        eventLoop.execute(() -> {
            comeTo(now());
            if (!backlog.isEmpty() || idle.size() < clients.size()) {
                tally.outcomesUntil(now());
            }
            endSending();
            end();
        });
    }

    /** What was due by then was due, whether or not this event loop has come to it. */
    private void comeTo(long time) {
        while (!closed && started && next <= time) {
            tally.due(next, now());
            backlog.add(next);
            next = times.next();
        }
    }

    private void end() {
        clients.forEach(LoadClient::close);
        done.complete(null);
    }

    /** What was recorded since the last cut. */
    CompletableFuture<Cut> cut() {
        CompletableFuture<Cut> cut = new CompletableFuture<>();
        eventLoop.execute(() -> cut.complete(tally.cut()));
        return cut;
    }

    /** How it ended; sends were due until the next one would have been. */
    CompletableFuture<Ending> ending() {
        CompletableFuture<Ending> ending = new CompletableFuture<>();
        eventLoop.execute(() -> ending.complete(tally.ending(next / 1e9)));
        return ending;
    }

    /** How many sends are due and wait for a client, about now. */
    int waiting() {
        return waiting;
    }

    /** What went wrong last, if anything did. */
    Optional<String> lastFailure() {
        return Optional.ofNullable(lastFailure);
    }

    /** The event loop's thread, once it has begun. */
    long threadId() {
        return threadId;
    }

    // -- for the clients, on the event loop

    LoopTally tally() {
        return tally;
    }

    Connector connector() {
        return connector;
    }

    /** Nanoseconds from the start of what is measured, negative before it. */
    long now() {
        return System.nanoTime() - zero;
    }

    /** Whether one more connection is to be replaced by now; says so once for each. */
    boolean takeChurn() {
        if (replaced < (now() - churnFrom) * churnPerNano) {
            replaced++;
            return true;
        }
        return false;
    }

    void openedAhead(LoadClient client) {
        idle.add(client);
        opening--;
        openSome();
    }

    void answered(LoadClient client, long intended) {
        free(client);
    }

    void failed(LoadClient client, long intended, ErrorKind kind, String detail) {
        lastFailure = kind.text() + ": " + PlainText.inLine(detail);
        if (closed && sending) {
            eventLoop.schedule(() -> free(client), PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } else {
            free(client);
        }
    }

    private void free(LoadClient client) {
        if (closed && sending) {
            askAgain(client);
            return;
        }
        dropUnsentWarmup();
        if (!backlog.isEmpty()) {
            client.begin(backlog.poll());
        } else {
            idle.addLast(client);
            finishIfIdle();
        }
    }

    /** What the warm-up could not send counts for nothing, and must not stand before what is measured. */
    private void dropUnsentWarmup() {
        if (!backlog.isEmpty() && backlog.peek() < 0 && now() >= 0) {
            while (!backlog.isEmpty() && backlog.peek() < 0) {
                backlog.poll();
            }
        }
    }

    private void askAgain(LoadClient client) {
        long now = now();
        boolean measured = now >= 0;
        if (now >= plan.model().duration().toNanos() || (measured && closedLeft == 0)) {
            idle.addLast(client);
            endSending();
            return;
        }
        if (measured) {
            closedLeft--;
        }
        tally.due(now, now);
        client.begin(now);
    }

    private void openSome() {
        while (toOpen < clients.size() && opening < OPENING) {
            opening++;
            clients.get(toOpen++).openAhead();
        }
        if (opening == 0 && toOpen == clients.size()) {
            opened.complete(null);
        }
    }

    private void tick() {
        if (!sending) {
            return;
        }
        int batch = 0;
        long now = now();
        while (next <= now) {
            if (batch++ == BATCH) {
                eventLoop.execute(this::tick);
                return;
            }
            tally.due(next, now);
            LoadClient client = idle.pollFirst();
            if (client != null) {
                client.begin(next);
            } else {
                backlog.add(next);
            }
            next = times.next();
            now = now();
        }
        if (next == SendTimes.NONE) {
            endSending();
        } else {
            eventLoop.schedule(this::tick, next - now, TimeUnit.NANOSECONDS);
        }
    }

    private void endSending() {
        sending = false;
        allSent.complete(null);
        finishIfIdle();
    }

    private void finishIfIdle() {
        if (!sending && backlog.isEmpty() && idle.size() == clients.size()) {
            done.complete(null);
        }
    }

    private void sweep() {
        long now = now();
        long timeout = plan.timeout().toNanos();
        clients.forEach(client -> client.expire(now, timeout));
        waiting = backlog.size();
    }
}
