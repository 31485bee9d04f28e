package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.ByteBudget;
import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.control.Controls;
import io.kubeecho.echo.log.AccessLog;
import io.kubeecho.echo.log.Mishaps;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the connections of one event loop share: the bytes of the read and of the answers at hand, the clock, the counts
 * and the watch over slow clients. Used by that event loop only, so nothing here is locked or allocated for a request.
 */
final class EchoLoop {

    /** Answers of one read are written together, but not more than this at once. */
    static final int WRITE_AT = 32 << 10;

    private static final int OK = Status.OK.code();

    /**
     * Which connections give way to others.
     *
     * @param tight for how long there has been no room: other loops may be slow to close slower ones
     * @param waited how long they have not come on
     * @param idleToo whether those go too that only wait for another request, before any that has only just been opened,
     *     whose first request is on its way
     */
    private record Stage(long tight, long waited, boolean idleToo) {

        static Stage of(long tightMillis, long waitedMillis, boolean idleToo) {
            return new Stage(
                    TimeUnit.MILLISECONDS.toNanos(tightMillis), TimeUnit.MILLISECONDS.toNanos(waitedMillis), idleToo);
        }
    }

    /** The first, and the next ones where there is still no room. */
    private static final List<Stage> STAGES = List.of(
            Stage.of(0, 1000, false),
            Stage.of(2, 100, false),
            Stage.of(4, 10, false),
            Stage.of(50, 10, true),
            Stage.of(500, 0, true));

    /** Looks for each of them: one loop may be a look ahead of another. */
    private static final int ROUNDS = 2;

    private static final long ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long SLOWEST_SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop eventLoop;
    private final String hostname;
    private final Timeouts timeouts;
    private final Resources resources;
    private final @Nullable RequestLog log;
    private final Turns turns;
    private final LoopTraffic traffic = new LoopTraffic();
    private final Answers answers = new Answers();
    private final AnswerRules rules;
    private final AnswerComposer composer;
    private final LoopClock clock;

    private byte[] window = new byte[4 << 10];
    private long now = System.nanoTime();
    /** Whose batch is at hand; nobody else's answers are with its own. */
    private @Nullable OpenConnection batchOf;

    private int answered;
    private boolean closingAfterAnswers;

    /** The first of the open connections, which are linked through themselves. */
    private @Nullable OpenConnection first;

    private boolean sweeping;

    /**
     * Connections that have not come to their first request, since their PROXY header or handshake is not complete, with
     * the time since when; the oldest first.
     */
    private final Map<Channel, Long> awaitingPreface = new LinkedHashMap<>();

    private final AtomicBoolean makingRoom = new AtomicBoolean();
    private long roomSince = ByteBudget.NOT_TIGHT;
    private int roomRound;

    private final List<Promise<Void>> whenEmpty = new ArrayList<>();

    EchoLoop(
            EventLoop eventLoop,
            String hostname,
            ConnectionLimits limits,
            AnswerRules rules,
            Resources resources,
            @Nullable AccessLog accessLog) {
        this.eventLoop = eventLoop;
        turns = new Turns(eventLoop);
        this.hostname = hostname;
        timeouts = Timeouts.of(limits);
        this.rules = rules;
        clock = new LoopClock(now);
        log = accessLog == null ? null : new RequestLog(accessLog, clock, rules.instance());
        answers.setDate(clock.httpDate());
        this.resources = resources;
        composer = new AnswerComposer(rules, resources.budget());
        resources.budget().whenTight(this::makeRoomSoon);
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    Turns turns() {
        return turns;
    }

    LoopTraffic traffic() {
        return traffic;
    }

    Timeouts timeouts() {
        return timeouts;
    }

    ByteBudget budget() {
        return resources.budget();
    }

    Mishaps mishaps() {
        return resources.mishaps();
    }

    /** Of what is read and written. */
    ByteBufAllocator allocator() {
        return resources.allocator();
    }

    String hostname() {
        return hostname;
    }

    /** The time at which this batch began, of {@link System#nanoTime()}. */
    long now() {
        return now;
    }

    /** Whether every answer is to be its connection's last. */
    boolean closingAfterAnswers() {
        return closingAfterAnswers;
    }

    void closeAfterAnswers() {
        closingAfterAnswers = true;
    }

    /** Has every answer follow these controls, whatever is asked for; or, if they are none, no longer. */
    void override(Controls controls) {
        composer.override(controls);
    }

    /** The number of a new connection. */
    long nextConnection() {
        return rules.nextConnection();
    }

    // -- a batch: what one connection has sent, and the answers to it

    /** Begins a connection's batch, unless that is at hand. */
    void beginBatch(OpenConnection connection) {
        if (batchOf == connection) {
            return;
        }
        if (batchOf != null) {
            // it has not come to its end, and its answers are no others' business
            batchOf.fail(new IllegalStateException("a batch that was not ended"));
        }
        batchOf = connection;
        now = System.nanoTime();
        if (clock.ticks(now)) {
            answers.setDate(clock.httpDate());
        }
    }

    /** Whether this connection's batch is at hand. */
    boolean isInBatch(OpenConnection connection) {
        return batchOf == connection;
    }

    /** Ends a batch whose answers have been written. */
    void endBatch() {
        batchOf = null;
        if (answered > 0) {
            int count = answered;
            answered = 0;
            traffic.countTime(System.nanoTime() - now, count);
            flushLog();
        }
    }

    /** Forgets a connection's batch, if that is at hand, after a failure: its answers and its lines in the log. */
    void abandonBatch(OpenConnection connection) {
        if (batchOf != connection) {
            return;
        }
        batchOf = null;
        answered = 0;
        answers.bytes().clear();
        if (log != null) {
            log.clear();
        }
    }

    /** An array of at least this length, for the bytes of one read; valid until the next call. */
    byte[] window(int length) {
        if (window.length < length) {
            window = new byte[Math.max(length, 2 * window.length)];
        }
        return window;
    }

    Answers answers() {
        return answers;
    }

    void echo(Caller caller, RequestHead head, boolean close) {
        answers.addEcho(head, caller.middle(), close);
        account(caller, head, 0, OK, answers.bodyBytesSent(), LogTiming.THIS_BATCH);
    }

    /** Whether a request may get anything but {@link #echo}. */
    boolean mayReplyOtherwise(RequestHead head) {
        return composer.concerns(head);
    }

    Reply reply(Caller caller, RequestHead head, boolean close) {
        return composer.compose(head, caller.middle(), caller.clientAddress(), caller.facts(), clock.httpDate(), close);
    }

    /** Accounts for a reply; adds it to the answers if it is sent in one go, and tells whether it was. */
    boolean send(Caller caller, RequestHead head, Reply reply) {
        account(caller, head, reply);
        if (reply instanceof Reply.Composed answer && answer.atOnce()) {
            answers.addComposed(answer);
            return true;
        }
        return false;
    }

    /** Accounts for a reply that its caller sends. */
    void account(Caller caller, RequestHead head, Reply reply) {
        if (reply instanceof Reply.Composed answer) {
            LogTiming timing = answer.atOnce() ? LogTiming.THIS_BATCH : LogTiming.UNKNOWN;
            account(caller, head, 0, answer.status(), answer.body().length(), timing);
        } else {
            account(caller, head, 0, Status.CUT_OFF.code(), 0, LogTiming.UNKNOWN);
        }
    }

    void notModified(Caller caller, RequestHead head, boolean close) {
        answers.addNotModified(head, clock.httpDate(), close);
        account(caller, head, 0, Status.NOT_MODIFIED.code(), 0, LogTiming.THIS_BATCH);
    }

    /** @param limit of {@link LogLine#append} */
    void refuse(Caller caller, RequestHead head, int limit, Refusal refusal) {
        answers.addRefusal(head, refusal, clock.httpDate());
        account(caller, head, limit, refusal.status().code(), answers.bodyBytesSent(), LogTiming.THIS_BATCH);
    }

    /** Accounts for a request that gets no answer, because its client was gone or too slow. */
    void lose(OpenConnection caller, RequestHead head, int limit, Status status) {
        beginBatch(caller);
        account(caller, head, limit, status.code(), 0, LogTiming.UNKNOWN);
        endBatch();
    }

    private void account(Caller caller, RequestHead head, int limit, int status, int bodyBytes, LogTiming timing) {
        traffic.countRequest(Protocol.of(head), status);
        answered++;
        if (log != null) {
            log.add(caller, head, limit, status, bodyBytes, timing);
        }
    }

    /** Takes the answers into a buffer for the socket, or null where there are none; they are gone, come what may. */
    @Nullable
    ByteBuf takeAnswers(ByteBufAllocator allocator) {
        ByteSink bytes = answers.bytes();
        if (bytes.isEmpty()) {
            return null;
        }
        try {
            ByteBuf buffer = allocator.directBuffer(bytes.size());
            buffer.writeBytes(bytes.array(), 0, bytes.size());
            return buffer;
        } finally {
            bytes.clear();
        }
    }

    private void flushLog() {
        if (log != null) {
            log.flush();
        }
    }

    // -- the open connections

    void add(OpenConnection connection) {
        traffic.countAccepted();
        OpenConnection second = first;
        connection.next = second;
        if (second != null) {
            second.previous = connection;
        }
        first = connection;
        if (!sweeping) {
            sweeping = true;
            sweepLater();
        }
    }

    void remove(OpenConnection connection) {
        traffic.countClosed();
        OpenConnection previous = connection.previous;
        OpenConnection next = connection.next;
        if (previous == null) {
            first = next;
        } else {
            previous.next = next;
        }
        if (next != null) {
            next.previous = previous;
        }
        connection.next = null;
        connection.previous = null;
        tellIfEmpty();
    }

    /** Knows of a connection until what comes before its first request is complete, or it is closed. */
    void awaitPreface(Channel channel) {
        awaitingPreface.put(channel, System.nanoTime());
        channel.closeFuture().addListener(closed -> awaitPrefaceNoMore(channel));
    }

    void awaitPrefaceNoMore(Channel channel) {
        if (awaitingPreface.remove(channel) != null) {
            tellIfEmpty();
        }
    }

    /**
     * Closes the connections that wait for a request, and the others when they have been answered.
     *
     * @param timeout after which all are closed
     * @param empty completed when none is left, of which there must be no new ones
     */
    void drain(Duration timeout, Promise<Void> empty) {
        closingAfterAnswers = true;
        closeAwaitingPreface();
        forEach(OpenConnection::drain);
        var unused = eventLoop.schedule(() -> forEach(OpenConnection::close), timeout.toNanos(), TimeUnit.NANOSECONDS);
        await(empty);
    }

    /** Closes every connection at once; as {@link #drain} otherwise. */
    void close(Promise<Void> empty) {
        closeAwaitingPreface();
        forEach(OpenConnection::close);
        await(empty);
    }

    private void await(Promise<Void> empty) {
        whenEmpty.add(empty);
        tellIfEmpty();
    }

    private void tellIfEmpty() {
        if (first == null && awaitingPreface.isEmpty()) {
            whenEmpty.forEach(Promise::tryComplete);
            whenEmpty.clear();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // that it is closed is told by awaitPrefaceNoMore
    private void closeAwaitingPreface() {
        List.copyOf(awaitingPreface.keySet()).forEach(Channel::close);
    }

    /** Netty tells of a closed channel later, so that none is removed meanwhile. */
    private void forEach(Consumer<OpenConnection> action) {
        for (OpenConnection connection = first; connection != null; connection = connection.next) {
            try {
                action.accept(connection);
            } catch (Throwable e) {
                connection.fail(e);
            }
        }
    }

    private void sweepLater() {
        long pause = Math.min(SLOWEST_SWEEP_NANOS, timeouts.shortest() / 4 + 1);
        var unused = eventLoop.schedule(this::sweep, pause, TimeUnit.NANOSECONDS);
    }

    /**
     * Ends the connections whose time is over: one timer for a loop instead of one for each connection. What has left
     * meanwhile without anybody being told, as the last of an answer does, is no longer counted.
     */
    private void sweep() {
        try {
            long time = System.nanoTime();
            forEach(connection -> {
                if (time - connection.deadline() >= 0) {
                    connection.expire();
                }
                connection.account();
            });
        } finally {
            if (first == null) {
                sweeping = false;
            } else {
                sweepLater();
            }
        }
    }

    // -- where connections hold more than there is

    /** A connection that can be closed so that others are served. */
    private record Holder(long since, Runnable giveWay) {}

    /** For any thread. */
    private void makeRoomSoon() {
        if (makingRoom.compareAndSet(false, true)) {
            try {
                eventLoop.execute(this::makeRoom);
            } catch (RejectedExecutionException ended) {
                makingRoom.set(false);
            }
        }
    }

    /**
     * Closes connections until there is room, the ones first that have not come on for the longest time: those that hold
     * something for their clients, or have never asked for anything; then also those that wait for another request, as
     * nginx does where it has no connection left.
     *
     * <p>Other event loops and other ports do the same at the same time. So that the slowest of them all go first, all
     * begin with those that have waited for a second, and go on to others a moment later if there is still no room.
     */
    private void makeRoom() {
        boolean goesOn = false;
        try {
            long since = budget().tightSince();
            if (since != roomSince) {
                roomSince = since;
                roomRound = 0;
            }
            if (since != ByteBudget.NOT_TIGHT && budget().excess() > 0) {
                closeSlowest(STAGES.get(Math.min(roomRound++ / ROUNDS, stageAt(System.nanoTime() - since))));
                goesOn = budget().excess() > 0;
            }
        } catch (Throwable e) {
            mishaps().count(e);
        }
        if (goesOn) {
            var unused = eventLoop.schedule(this::makeRoom, ROUND_NANOS, TimeUnit.NANOSECONDS);
        } else {
            makingRoom.set(false);
        }
    }

    private static int stageAt(long tightFor) {
        int stage = 0;
        while (stage + 1 < STAGES.size() && tightFor >= STAGES.get(stage + 1).tight()) {
            stage++;
        }
        return stage;
    }

    private void closeSlowest(Stage stage) {
        long time = System.nanoTime();
        List<Holder> holders = new ArrayList<>();
        awaitingPreface.forEach((channel, since) -> {
            if (time - since >= stage.waited()) {
                holders.add(new Holder(since, () -> reset(channel)));
            }
        });
        forEach(connection -> {
            long since = connection.waitingSince();
            if ((stage.idleToo() || connection.isBusy()) && time - since >= stage.waited()) {
                holders.add(new Holder(since, connection::giveWay));
            }
        });
        holders.sort(Comparator.comparing(Holder::since, (a, b) -> Long.signum(a - b)));
        for (Holder slowest : holders) {
            if (budget().excess() == 0) {
                return;
            }
            slowest.giveWay.run();
        }
    }

    private void reset(Channel channel) {
        budget().countClosed(Holding.TLS);
        Acceptor.reset(channel);
    }
}
