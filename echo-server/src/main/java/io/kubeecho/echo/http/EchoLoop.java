package io.kubeecho.echo.http;

import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.control.Controls;
import io.kubeecho.echo.log.AccessLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
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
    private static final long SLOWEST_SWEEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop eventLoop;
    private final String hostname;
    private final Timeouts timeouts;
    private final @Nullable RequestLog log;
    private final LoopTraffic traffic = new LoopTraffic();
    private final Answers answers = new Answers();
    private final AnswerRules rules;
    private final AnswerComposer composer;
    private final LoopClock clock;

    private byte[] window = new byte[4 << 10];
    private long now = System.nanoTime();
    private boolean inBatch;
    private int answered;
    private boolean closingAfterAnswers;

    /** The first of the open connections, which are linked through themselves. */
    private @Nullable OpenConnection first;

    private boolean sweeping;

    /** Connections that have not come to their first request: their PROXY header or handshake is not complete. */
    private final Set<Channel> awaitingPreface = new HashSet<>();

    private final List<Promise<Void>> whenEmpty = new ArrayList<>();

    EchoLoop(
            EventLoop eventLoop,
            String hostname,
            ConnectionLimits limits,
            AnswerRules rules,
            @Nullable AccessLog accessLog) {
        this.eventLoop = eventLoop;
        this.hostname = hostname;
        timeouts = Timeouts.of(limits);
        this.rules = rules;
        composer = new AnswerComposer(rules);
        clock = new LoopClock(now);
        log = accessLog == null ? null : new RequestLog(accessLog, clock, rules.instance());
        answers.setDate(clock.httpDate());
    }

    EventLoop eventLoop() {
        return eventLoop;
    }

    LoopTraffic traffic() {
        return traffic;
    }

    Timeouts timeouts() {
        return timeouts;
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

    void beginBatch() {
        if (inBatch) {
            return;
        }
        inBatch = true;
        now = System.nanoTime();
        if (clock.ticks(now)) {
            answers.setDate(clock.httpDate());
        }
    }

    /** Ends a batch whose answers have been written. */
    void endBatch() {
        inBatch = false;
        if (answered > 0) {
            traffic.countTime(System.nanoTime() - now, answered);
            answered = 0;
            flushLog();
        }
    }

    /** Forgets the batch, after a failure. */
    void abandonBatch() {
        inBatch = false;
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
    void lose(Caller caller, RequestHead head, int limit, Status status) {
        beginBatch();
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

    /** Takes the answers into a buffer for the socket, or null where there are none. */
    @Nullable
    ByteBuf takeAnswers(ByteBufAllocator allocator) {
        ByteSink bytes = answers.bytes();
        if (bytes.isEmpty()) {
            return null;
        }
        ByteBuf buffer = allocator.directBuffer(bytes.size());
        buffer.writeBytes(bytes.array(), 0, bytes.size());
        bytes.clear();
        return buffer;
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
        awaitingPreface.add(channel);
        channel.closeFuture().addListener(closed -> awaitPrefaceNoMore(channel));
    }

    void awaitPrefaceNoMore(Channel channel) {
        if (awaitingPreface.remove(channel)) {
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
        List.copyOf(awaitingPreface).forEach(Channel::close);
    }

    /** Netty tells of a closed channel later, so that none is removed meanwhile. */
    private void forEach(Consumer<OpenConnection> action) {
        for (OpenConnection connection = first; connection != null; connection = connection.next) {
            action.accept(connection);
        }
    }

    private void sweepLater() {
        long pause = Math.min(SLOWEST_SWEEP_NANOS, timeouts.shortest() / 4 + 1);
        var unused = eventLoop.schedule(this::sweep, pause, TimeUnit.NANOSECONDS);
    }

    /** Ends the connections whose time is over: one timer for a loop instead of one for each connection. */
    private void sweep() {
        long time = System.nanoTime();
        forEach(connection -> {
            if (time - connection.deadline() >= 0) {
                connection.expire();
            }
        });
        if (first == null) {
            sweeping = false;
        } else {
            sweepLater();
        }
    }
}
