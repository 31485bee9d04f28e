package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.tls.TlsLayer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameAdapter;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.handler.codec.http2.ReadOnlyHttp2Headers;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection of HTTP/2 to an echo port.
 *
 * <p>What is said here about requests and answers is how they are framed. A request is read by {@link RequestReader} from
 * the lines that {@link Http2Head} makes of it, and an answer is made as for HTTP/1 and taken apart by {@link Http2Answer}:
 * there is one place for each rule, whichever version a client speaks.
 *
 * <p>Memory is bounded by {@link #MOST_QUEUED} bytes of bodies that are with Netty, {@link #MOST_KEPT} bytes of answers
 * that wait their turn, and by not reading while the client does not read (RFC 9113 section 10.5); that of all connections
 * by the server's budget.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in channelInactive
final class Http2EchoConnection extends OpenConnection {

    /** Bytes of bodies that were written and have not left; further answers wait until there are fewer. */
    private static final int MOST_QUEUED = 128 << 10;

    /** Bytes of answers that wait; further requests are refused in a way that says they may be sent again. */
    private static final int MOST_KEPT = 256 << 10;

    /**
     * In bytes, beyond that of any connection: Netty's objects for one of HTTP/2, with the tables of HPACK full on both
     * sides. An estimate, rounded up.
     */
    static final int OWN_COST = 22 << 10;

    /** In bytes: a stream's objects, Netty's and ours. */
    static final int STREAM_COST = 1 << 10;

    private final Optional<TlsLayer> tls;
    private final Http2Frames frames;
    private final RequestReader reader = RequestReader.ofHttp2();
    private final ByteSink text = new ByteSink(512);
    private final ByteSink piece = new ByteSink(256);
    private final Map<Integer, EchoStream> open = new HashMap<>();
    private final long number;
    private final byte[] clientAddress;
    private final byte[] middle;

    private @Nullable ChannelHandlerContext framing;
    private int requests;
    private int queued;
    private int kept;
    private boolean paused;
    private boolean ending;
    private boolean endsInput;

    /** Since when nobody has asked anything. */
    private long idleSince = System.nanoTime();

    /** When the client has last read something that waited for it. */
    private long progress;

    private Http2EchoConnection(EchoLoop loop, Channel channel, Optional<TlsLayer> tls) {
        super(loop, channel);
        this.tls = tls;
        clientAddress = ByteSink.ascii(AddressText.of(((InetSocketAddress) channel.remoteAddress()).getAddress()));
        middle = Answers.middle(loop.hostname(), clientAddress);
        number = loop.nextConnection();
        frames = Http2Frames.to(
                new Listener(), streamId -> step(() -> refuseTooLarge(streamId)), this::fail, this::later);
    }

    /**
     * Takes over a channel for the event loop of {@code loop}.
     *
     * @param tls what the bytes come through, on a port where they come through it
     */
    static void open(EchoLoop loop, Channel channel, Optional<TlsLayer> tls) {
        Http2EchoConnection connection = new Http2EchoConnection(loop, channel, tls);
        channel.pipeline().addLast(connection.frames, connection);
    }

    // -- who it is

    @Override
    public byte[] clientAddress() {
        return clientAddress;
    }

    @Override
    public byte[] middle() {
        return middle;
    }

    @Override
    public ConnectionFacts facts() {
        return new ConnectionFacts(
                number,
                requests,
                (InetSocketAddress) channel.remoteAddress(),
                (InetSocketAddress) channel.localAddress(),
                Optional.empty(),
                tls.isPresent() ? Optional.of(tls.get().facts()) : Optional.empty());
    }

    @Override
    public long batchBegan() {
        return loop.now();
    }

    EventLoop eventLoop() {
        return channel.eventLoop();
    }

    // -- what Netty tells

    @Override
    void opened() {
        framing = channel.pipeline().context(frames);
        frames.connection().addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                step(() -> forget(stream.id()));
            }
        });
        frames.encoder()
                .flowController()
                .listener(stream -> step(() -> {
                    EchoStream waiting = open.get(stream.id());
                    if (waiting != null) {
                        waiting.writable();
                    }
                }));
        account();
    }

    @Override
    void received(ByteBuf input) {
        throw new IllegalStateException("bytes past the frames");
    }

    @Override
    void receivedAll() {
        account();
        loop.endBatch();
        readOrNot();
        if (endsInput && !frames.areWaiting()) {
            drain();
        }
    }

    /** A client that does not read is not read from, or its requests would pile up as answers; nor one that awaits its turn. */
    private void readOrNot() {
        reading(!paused && !frames.areWaiting());
    }

    @Override
    void writabilityChanged() {
        progress = System.nanoTime();
        paused = !channel.isWritable();
        readOrNot();
        if (!paused) {
            wake();
        }
    }

    @Override
    void inputEnds() {
        if (loop.isInBatch(this) || frames.areWaiting()) {
            // the close_notify of TLS comes with what was sent before it, which is answered first
            endsInput = true;
        } else {
            channel.close();
        }
    }

    @Override
    void closed() {
        frames.forgetWaiting();
        List.copyOf(open.keySet()).forEach(this::forget);
    }

    // -- what it holds

    @Override
    void account() {
        long answers = queued + kept + unsent();
        long requested = frames.kept() + (long) open.size() * STREAM_COST + OWN_COST;
        if (!hold(answers > 0 ? Holding.ANSWER : Holding.STREAM, answers + requested)) {
            giveWay();
        }
    }

    @Override
    long waitingSince() {
        if (queued > 0 || paused) {
            return progress;
        }
        long oldest = idleSince;
        for (EchoStream stream : open.values()) {
            if (stream.began() - oldest < 0) {
                oldest = stream.began();
            }
        }
        return oldest;
    }

    @Override
    boolean isBusy() {
        return requests == 0 || !open.isEmpty() || queued > 0 || paused || frames.kept() > 0;
    }

    private final class Listener extends Http2FrameAdapter {

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx, int streamId, Http2Headers headers, int padding, boolean endOfStream) {
            step(() -> {
                EchoStream known = open.get(streamId);
                if (known == null) {
                    take(streamId, headers, endOfStream);
                } else if (endOfStream) {
                    // trailers, which say nothing here
                    endBody(known);
                }
            });
        }

        @Override
        public void onHeadersRead(
                ChannelHandlerContext ctx,
                int streamId,
                Http2Headers headers,
                int streamDependency,
                short weight,
                boolean exclusive,
                int padding,
                boolean endOfStream) {
            onHeadersRead(ctx, streamId, headers, padding, endOfStream);
        }

        @Override
        public int onDataRead(ChannelHandlerContext ctx, int streamId, ByteBuf data, int padding, boolean endOfStream) {
            step(() -> {
                EchoStream known = open.get(streamId);
                if (known != null) {
                    if (endOfStream) {
                        endBody(known);
                    } else {
                        known.awaitBody(System.nanoTime());
                    }
                }
            });
            return data.readableBytes() + padding;
        }
    }

    // -- a request

    private void take(int streamId, Http2Headers headers, boolean endOfStream) {
        if (kept > MOST_KEPT) {
            reset(streamId, Http2Error.REFUSED_STREAM);
            return;
        }
        if (!hold(Holding.STREAM, queued + kept + unsent() + (open.size() + 1L) * STREAM_COST + OWN_COST)) {
            reset(streamId, Http2Error.REFUSED_STREAM);
            return;
        }
        loop.beginBatch(this);
        requests++;
        idleSince = loop.now();
        EchoStream stream = new EchoStream(this, frames.connection().stream(streamId), loop.timeouts());
        open.put(streamId, stream);
        if (!endOfStream) {
            stream.awaitBody(loop.now());
        }
        answer(stream, headers);
        if (requests >= loop.timeouts().requests() || loop.closingAfterAnswers()) {
            drain();
        }
        forgetIfOver(stream);
    }

    private void answer(EchoStream stream, Http2Headers headers) {
        RequestHead head = reader.head();
        reader.reset();
        Refusal refusal = Http2Head.write(text, headers);
        if (refusal != null) {
            head.isAt(text.array(), 0);
        } else if (reader.read(text.array(), 0, text.size()) != RequestReader.Progress.COMPLETE) {
            refusal = reader.refusal();
        } else if (head.contentLength() > EchoConnection.MAX_BODY) {
            refusal = Refusal.BODY_TOO_LARGE;
        }
        if (refusal == null && head.expectsContinue() && stream.bodyComes()) {
            writeContinue(stream.id());
        }
        if (refusal != null) {
            loop.refuse(this, head, text.size(), refusal);
            sendAnswers(stream, fits());
        } else if (loop.mayReplyOtherwise(head)) {
            reply(stream, head);
        } else {
            echo(stream, head);
        }
    }

    private void reply(EchoStream stream, RequestHead head) {
        Reply reply = loop.reply(this, head, false);
        if (reply instanceof Reply.Plain) {
            echo(stream, head);
            return;
        }
        if (reply instanceof Reply.NoMemory) {
            loop.refuse(this, head, 0, Refusal.NO_MEMORY);
            sendAnswers(stream, fits() && !stream.bodyComes());
            return;
        }
        loop.account(this, head, reply);
        if (stream.bodyComes()) {
            stream.hold(reply);
        } else {
            send(stream, reply);
        }
    }

    private void echo(EchoStream stream, RequestHead head) {
        switch (head.condition()) {
            case HOLDS -> loop.echo(this, head, false);
            case NOT_MODIFIED -> loop.notModified(this, head, false);
            case FAILED -> loop.refuse(this, head, 0, Refusal.PRECONDITION);
        }
        sendAnswers(stream, fits() && !stream.bodyComes());
    }

    /**
     * Sends what was added to the answers of the loop, which is one.
     *
     * @param atOnce or when the body has come, and the client can take it
     */
    private void sendAnswers(EchoStream stream, boolean atOnce) {
        ByteSink answer = loop.answers().bytes();
        int headEnd = Http2Answer.headEnd(answer);
        if (atOnce) {
            boolean hasBody = headEnd < answer.size();
            writeHead(stream.id(), answer, headEnd, !hasBody && stream.mayEnd());
            if (hasBody) {
                writeData(stream.id(), answer, headEnd, stream.mayEnd());
            }
        } else {
            ByteSink head = new ByteSink(headEnd).append(answer.array(), 0, headEnd);
            int length = answer.size() - headEnd;
            ByteSink body = new ByteSink(length).append(answer.array(), headEnd, answer.size());
            Reply kept = new Reply.Composed(
                    Status.OK.code(),
                    head,
                    new Reply.Body(body, Reply.Body.Filling.SPACES, length, true),
                    false,
                    false,
                    0,
                    0);
            if (stream.bodyComes()) {
                stream.hold(kept);
            } else {
                stream.reply(kept);
            }
        }
        answer.clear();
    }

    private void send(EchoStream stream, Reply reply) {
        if (reply instanceof Reply.Composed composed && composed.atOnce() && fits()) {
            stream.begin(composed);
            for (int i = 0; i < composed.pieces(); i++) {
                stream.piece(composed, i);
            }
            replied(stream, reply);
        } else {
            stream.reply(reply);
        }
    }

    /** A reply has been written whole; or, of one that cuts off, its time has come. */
    void replied(EchoStream stream, Reply reply) {
        if (reply instanceof Reply.CutOff cutOff) {
            if (cutOff.reset()) {
                reset(stream.id(), Http2Error.INTERNAL_ERROR);
            } else {
                // it names this request among those that were seen, so that none sends it again unasked
                frames.goAway(
                        framing(),
                        frames.connection().remote().lastStreamCreated(),
                        Http2Error.NO_ERROR.code(),
                        channel.alloc().buffer(0),
                        framing().newPromise());
                flush();
                close();
            }
            return;
        }
        if (reply instanceof Reply.Composed composed && composed.close()) {
            drain();
        }
        forgetIfOver(stream);
    }

    private void endBody(EchoStream stream) {
        boolean owed = stream.endBody();
        Reply held = stream.takeHeld();
        if (owed) {
            writeEnd(stream.id());
        } else if (held != null) {
            send(stream, held);
        }
        forgetIfOver(stream);
    }

    private void forgetIfOver(EchoStream stream) {
        if (stream.isOver()) {
            forget(stream.id());
        }
    }

    private void forget(int streamId) {
        EchoStream stream = open.remove(streamId);
        if (stream != null) {
            stream.cancel();
            idleSince = System.nanoTime();
        }
    }

    /** Answers in fields alone a request whose fields were too many to be kept. */
    private void refuseTooLarge(int streamId) {
        loop.beginBatch(this);
        requests++;
        reader.reset();
        text.clear();
        reader.head().isAt(text.array(), 0);
        loop.refuse(this, reader.head(), 0, Refusal.HEAD_TOO_LARGE);
        ByteSink answer = loop.answers().bytes();
        writeHead(streamId, answer, Http2Answer.headEnd(answer), true);
        answer.clear();
    }

    // -- what is written

    /** Whether an answer can be written at once. */
    private boolean fits() {
        return queued < MOST_QUEUED && channel.isWritable();
    }

    boolean isWritable(Http2Stream stream) {
        return fits() && frames.encoder().flowController().isWritable(stream);
    }

    /** @param to where the head in {@code lines} ends */
    void writeHead(int streamId, ByteSink lines, int to, boolean endOfStream) {
        frames.encoder()
                .writeHeaders(
                        framing(),
                        streamId,
                        Http2Answer.fields(lines, to),
                        0,
                        endOfStream,
                        framing().newPromise())
                .addListener(this::written);
    }

    /** Says that the body may come (RFC 9110 section 10.1.1), ahead of the answer, which does not end its stream. */
    private void writeContinue(int streamId) {
        frames.encoder()
                .writeHeaders(
                        framing(),
                        streamId,
                        ReadOnlyHttp2Headers.serverHeaders(false, HttpResponseStatus.CONTINUE.codeAsText()),
                        0,
                        false,
                        framing().newPromise())
                .addListener(this::written);
    }

    /** What could not be written for want of memory leaves the client with half an answer, and with other tables than ours. */
    private void written(Future<?> writing) {
        Throwable cause = writing.cause();
        if (!isAborted() && (cause instanceof Error || cause instanceof RuntimeException)) {
            fail(cause);
        }
    }

    void writeData(int streamId, Reply.Composed reply, int number, boolean endOfStream) {
        reply.appendData(piece, number);
        writeData(streamId, piece, 0, endOfStream);
        piece.clear();
    }

    private void writeEnd(int streamId) {
        writeData(streamId, piece, 0, true);
    }

    private void writeData(int streamId, ByteSink bytes, int from, boolean endOfStream) {
        int length = bytes.size() - from;
        ByteBuf buffer = channel.alloc().directBuffer(length);
        buffer.writeBytes(bytes.array(), from, length);
        if (queued == 0) {
            progress = System.nanoTime();
        }
        queued += length;
        frames.encoder()
                .writeData(
                        framing(), streamId, buffer, 0, endOfStream, framing().newPromise())
                .addListener(sent -> {
                    progress = System.nanoTime();
                    boolean wasFull = queued >= MOST_QUEUED;
                    queued -= length;
                    written(sent);
                    if (wasFull && queued < MOST_QUEUED) {
                        step(this::wake);
                    }
                });
    }

    void flush() {
        frames.flush(framing());
        account();
    }

    private ChannelFuture reset(int streamId, Http2Error error) {
        ChannelFuture sent =
                frames.resetStream(framing(), streamId, error.code(), framing().newPromise());
        flush();
        return sent;
    }

    private void wake() {
        List.copyOf(open.values()).forEach(EchoStream::writable);
    }

    /** Counts bytes of answers that wait; less than 0 of those that do not any longer. */
    void keeps(int bytes) {
        kept += bytes;
    }

    private ChannelHandlerContext framing() {
        return java.util.Objects.requireNonNull(framing, "not in a pipeline");
    }

    // -- patience

    @Override
    long deadline() {
        long now = System.nanoTime();
        long soonest = connectionDeadline(now);
        for (EchoStream stream : open.values()) {
            long deadline = stream.deadline();
            if (!stream.isOver() && deadline - soonest < 0) {
                soonest = deadline;
            }
        }
        return soonest;
    }

    /** When the connection as a whole has been slow for too long; PINGs do not keep it open. */
    private long connectionDeadline(long now) {
        Timeouts timeouts = loop.timeouts();
        if (queued > 0 || paused) {
            return progress + timeouts.send();
        }
        if (!open.isEmpty()) {
            return now + timeouts.keepAlive();
        }
        return idleSince + (requests == 0 ? timeouts.head() : timeouts.keepAlive());
    }

    @Override
    void expire() {
        long now = System.nanoTime();
        if (now - connectionDeadline(now) >= 0) {
            if (queued > 0 || paused || ending) {
                close();
            } else {
                drain();
            }
            return;
        }
        for (EchoStream stream : List.copyOf(open.values())) {
            if (!stream.isOver() && now - stream.deadline() >= 0) {
                if (stream.bodyComes()) {
                    // answered all the same, and the rest of the body is not waited for (RFC 9113 section 8.1)
                    endBody(stream);
                    flush();
                    if (stream.isOver()) {
                        reset(stream.id(), Http2Error.NO_ERROR);
                    }
                } else {
                    reset(stream.id(), Http2Error.CANCEL);
                }
            }
        }
    }

    /** Says goodbye, and closes when the requests so far have been answered and their bodies have come. */
    @Override
    void drain() {
        if (!ending) {
            ending = true;
            channel.close();
        }
    }
}
