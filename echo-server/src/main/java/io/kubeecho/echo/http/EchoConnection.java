package io.kubeecho.echo.http;

import io.kubeecho.echo.budget.Holding;
import io.kubeecho.echo.bytes.ByteSink;
import io.kubeecho.echo.proxy.ProxyHeader;
import io.kubeecho.echo.tls.TlsLayer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DuplexChannel;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection to the echo port.
 *
 * <p>The requests that came in one read are answered in one write. Bytes are copied out of the read buffer into an
 * array of the event loop's and answers are made in another one; a connection keeps bytes of its own only while a
 * request head has come in part, or while its client does not read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close shows in channelInactive
final class EchoConnection extends OpenConnection {

    /** nginx's {@code client_max_body_size}. */
    static final long MAX_BODY = 1 << 20;

    private static final byte[] NOTHING = {};

    private enum Phase {
        /** Waiting for a request or within its head. */
        HEAD,
        /** Within a body, the request not yet answered: perhaps the body's end comes with this very read. */
        BODY_BEFORE_ANSWER,
        /** Within a body whose request has been answered. */
        BODY,
        /** The last answer has been given; what still comes is thrown away, so that no reset overtakes the answer. */
        ENDING
    }

    private final RequestReader reader = new RequestReader();
    private final Optional<ProxyHeader> proxyHeader;
    private final Optional<TlsLayer> tls;
    private final long number;
    private final byte[] clientAddress;
    private final byte[] middle;

    private Phase phase = Phase.HEAD;
    private @Nullable BodySkipper body;
    private int requests;
    private boolean lastRequest;
    /** The answer to a request that was sound is a refusal all the same, after which the connection ends. */
    private boolean refused;

    private boolean lingers;
    /** Line ends have come where a request was to begin, and nothing else. */
    private boolean emptyLines;

    private boolean inputEnded;
    private boolean endsInput;
    private boolean endAnnounced;
    private boolean outputEnded;
    /** The client does not read its answers, or has to wait for one, so its requests are not read either. */
    private boolean paused;

    /** The reply that is under way, if it takes its time. */
    private @Nullable PacedReply paced;

    private boolean drains;

    private byte[] held = NOTHING;
    private int heldFrom;
    private int heldTo;

    private long deadline;
    /** Whether answers that cost more than an echo have taken the time of a turn. */
    private boolean hadShare;

    private long waitingSince = System.nanoTime();
    private long phaseBegan;
    private boolean phaseTimed;

    /**
     * For the event loop of {@code loop}; whoever makes it adds it to the channel's pipeline.
     *
     * @param proxyHeader what came before the first request, on a port where a header of the PROXY protocol does
     * @param tls what the bytes come through, on a port where they come through it
     */
    EchoConnection(EchoLoop loop, Channel channel, Optional<ProxyHeader> proxyHeader, Optional<TlsLayer> tls) {
        super(loop, channel);
        this.proxyHeader = proxyHeader;
        this.tls = tls;
        InetSocketAddress client = proxyHeader
                .flatMap(ProxyHeader::addresses)
                .map(ProxyHeader.Addresses::source)
                .orElseGet(() -> (InetSocketAddress) channel.remoteAddress());
        clientAddress = ByteSink.ascii(AddressText.of(client.getAddress()));
        middle = Answers.middle(loop.hostname(), clientAddress);
        number = loop.nextConnection();
        deadline = System.nanoTime() + loop.timeouts().head();
    }

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
                proxyHeader,
                tls.isPresent() ? Optional.of(tls.get().facts()) : Optional.empty());
    }

    @Override
    public long batchBegan() {
        return loop.now();
    }

    @Override
    long deadline() {
        // a reply that takes its time moves it on with each step
        return paced == null ? deadline : paced.nextStep() + loop.timeouts().send();
    }

    @Override
    void expire() {
        if (phase == Phase.HEAD && reader.begun()) {
            lose(Status.REQUEST_TIMEOUT);
        }
        channel.close();
    }

    @Override
    void drain() {
        drains = true;
        if (phase == Phase.HEAD && !reader.begun() && !paused) {
            closeAfterWrites();
        }
    }

    @Override
    long waitingSince() {
        return waitingSince;
    }

    @Override
    boolean isBusy() {
        return requests == 0 || phase != Phase.HEAD || reader.begun() || paused;
    }

    // -- what Netty tells

    @Override
    void opened() {
        // a client may close its side after the request and still wait for the answer
        channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
    }

    @Override
    void received(ByteBuf input) {
        if (phase == Phase.ENDING) {
            return;
        }
        int length = input.readableBytes();
        if (paused || heldTo > heldFrom) {
            hold(input, length);
            if (!paused) {
                process(held, heldFrom, heldTo);
            }
        } else {
            byte[] window = loop.window(length);
            input.readBytes(window, 0, length);
            process(window, 0, length);
        }
    }

    @Override
    void receivedAll() {
        // nothing was read when the read brought no more than the PROXY header
        loop.beginBatch(this);
        endBatch();
        if (endsInput && !paused) {
            endsInput = false;
            endOfInput();
        }
    }

    @Override
    void writabilityChanged() {
        if (paused && channel.isWritable()) {
            if (paced != null) {
                paced.writable();
            } else {
                // later: this may be called from within a write
                channel.eventLoop().execute(() -> step(this::resume));
            }
        }
    }

    @Override
    void inputEnds() {
        inputEnded = true;
        if (loop.isInBatch(this)) {
            // the close_notify of TLS comes with what was sent before it, which is answered first
            endsInput = true;
        } else if (!paused) {
            endOfInput();
        }
    }

    @Override
    void closed() {
        if (paced != null) {
            paced.cancel();
        }
        release();
    }

    // -- a batch

    /** Answers the requests in {@code bytes[from .. to)} and keeps the beginning of one that is incomplete. */
    private void process(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && phase != Phase.ENDING) {
            if (loop.answers().bytes().size() >= EchoLoop.WRITE_AT && !writeAnswers()) {
                pause();
                break;
            }
            if (phase != Phase.HEAD) {
                at = readBody(bytes, at, to);
                if (paced != null) {
                    pause();
                    break;
                }
                continue;
            }
            if (!reader.begun()) {
                at = RequestReader.skipEmptyLines(bytes, at, to);
                if (at == to) {
                    emptyLines = true;
                    break;
                }
            }
            RequestReader.Progress progress = reader.read(bytes, at, to);
            if (progress == RequestReader.Progress.MORE) {
                break;
            }
            requests++;
            at = progress == RequestReader.Progress.COMPLETE
                    ? takeRequest(bytes, at + reader.consumed(), to)
                    : refuse(reader.refusal(), bytes, at + reader.consumed(), to);
            if (paced != null || (hadShare && at < to && phase == Phase.HEAD)) {
                pause();
                break;
            }
        }
        keep(bytes, phase == Phase.ENDING ? to : at, to);
    }

    /** Takes a request whose head ends before {@code bytes[from]}, and returns where the next one begins. */
    private int takeRequest(byte[] bytes, int from, int to) {
        RequestHead head = reader.head();
        lastRequest = !head.persistent() || requests >= loop.timeouts().requests() || loop.closingAfterAnswers();
        if (head.contentLength() > MAX_BODY) {
            return refuse(Refusal.BODY_TOO_LARGE, bytes, from, to);
        }
        if (head.expectsContinue()) {
            loop.answers().addContinue();
        }
        if (!head.hasBody()) {
            answer();
            endRequest(from < to);
            return from;
        }
        BodySkipper skipper = beginBody(head);
        switch (skipper.skip(bytes, from, to)) {
            case DONE -> {
                answer();
                endRequest(skipper.end() < to);
                return skipper.end();
            }
            case MALFORMED -> {
                loop.refuse(this, head, to, Refusal.CHUNKS);
                end(true);
            }
            case MORE -> {
                head.isAt(Arrays.copyOfRange(bytes, head.at(0), from), 0);
                phase = Phase.BODY_BEFORE_ANSWER;
            }
        }
        return to;
    }

    /** Reads on in a body, and returns where the next request begins. */
    private int readBody(byte[] bytes, int from, int to) {
        BodySkipper skipper = Objects.requireNonNull(body, "a body was begun");
        switch (skipper.skip(bytes, from, to)) {
            case DONE -> {
                if (phase == Phase.BODY_BEFORE_ANSWER) {
                    answer();
                }
                endRequest(skipper.end() < to);
                return skipper.end();
            }
            case MALFORMED -> {
                if (phase == Phase.BODY_BEFORE_ANSWER) {
                    loop.refuse(this, reader.head(), 0, Refusal.CHUNKS);
                }
                end(true);
            }
            case MORE -> {}
        }
        return to;
    }

    private BodySkipper beginBody(RequestHead head) {
        BodySkipper skipper = body;
        if (skipper == null) {
            skipper = new BodySkipper();
            body = skipper;
        }
        if (head.chunked()) {
            skipper.beginChunks();
        } else {
            skipper.beginLength(head.contentLength());
        }
        return skipper;
    }

    private void answer() {
        RequestHead head = reader.head();
        if (loop.mayReplyOtherwise(head)) {
            reply(head);
        } else {
            echo(head);
        }
    }

    private void reply(RequestHead head) {
        Reply reply = loop.reply(this, head, lastRequest);
        if (reply instanceof Reply.Plain) {
            echo(head);
            return;
        }
        if (reply instanceof Reply.NoMemory || (!reply.atOnce() && !hold(Holding.ANSWER, held.length + reply.kept()))) {
            refuseForWantOfMemory(head, 0);
            return;
        }
        lastRequest |= reply instanceof Reply.CutOff || (reply instanceof Reply.Composed answer && answer.close());
        if (loop.send(this, head, reply)) {
            hadShare = System.nanoTime() - loop.now() >= Turns.SHARE_NANOS;
        } else {
            paced = new PacedReply(reply, new ChannelOutlet(this), () -> endPaced(reply));
        }
    }

    private void refuseForWantOfMemory(RequestHead head, int limit) {
        lastRequest = true;
        refused = true;
        loop.refuse(this, head, limit, Refusal.NO_MEMORY);
    }

    private void echo(RequestHead head) {
        switch (head.condition()) {
            case HOLDS -> loop.echo(this, head, lastRequest);
            case NOT_MODIFIED -> loop.notModified(this, head, lastRequest);
            case FAILED -> {
                lastRequest = true;
                refused = true;
                loop.refuse(this, head, 0, Refusal.PRECONDITION);
            }
        }
    }

    /**
     * Refuses a request, the last one of its connection. Where it is known how long its body is, the body is still
     * awaited before the connection ends, so that a client that sends before it listens gets to listen.
     */
    private int refuse(Refusal refusal, byte[] bytes, int from, int to) {
        RequestHead head = reader.head();
        loop.refuse(this, head, to, refusal);
        lastRequest = true;
        if (!head.hasBody()) {
            end(true);
            return to;
        }
        beginBody(head);
        phase = Phase.BODY;
        return from == to ? to : readBody(bytes, from, to);
    }

    private void endRequest(boolean moreFollows) {
        reader.reset();
        phaseTimed = false;
        emptyLines = false;
        if (lastRequest || loop.closingAfterAnswers()) {
            end(moreFollows);
        } else {
            phase = Phase.HEAD;
        }
    }

    private void end(boolean moreMayCome) {
        phase = Phase.ENDING;
        phaseTimed = false;
        lingers = moreMayCome;
    }

    private void endBatch() {
        if (phase == Phase.BODY_BEFORE_ANSWER) {
            // the answer does not depend on the rest of the body, so it does not wait for it; nor does nginx's
            phase = Phase.BODY;
            answer();
            reader.head().isAt(NOTHING, 0);
            if (refused) {
                end(true);
            }
        }
        boolean writable = writeAnswers();
        if (paced != null) {
            pause();
            paced.start();
        } else if (!writable && phase != Phase.ENDING && !paused) {
            pause();
        } else if (hadShare && writable && paused && phase != Phase.ENDING) {
            later(this::resume);
        }
        hadShare = false;
        account();
        loop.endBatch();
        setDeadline(loop.now());
    }

    @Override
    void account() {
        long unsent = unsent();
        boolean answering = unsent > 0 || paced != null;
        long bytes = unsent + held.length + (paced == null ? 0 : paced.reply().kept());
        if (hold(answering ? Holding.ANSWER : Holding.HEAD, bytes)) {
            return;
        }
        if (answering || phase != Phase.HEAD || !reader.begun() || !loop.isInBatch(this)) {
            giveWay();
            return;
        }
        requests++;
        reader.head().isAt(held, heldFrom);
        refuseForWantOfMemory(reader.head(), heldTo);
        end(true);
        release();
        writeAnswers();
        hold(Holding.HEAD, 0);
    }

    /** Writes the answers so far, and tells whether the client reads them fast enough. */
    private boolean writeAnswers() {
        ByteBuf output = loop.takeAnswers(channel.alloc());
        if (phase == Phase.ENDING && !endAnnounced && paced == null) {
            endAnnounced = true;
            channel.writeAndFlush(output == null ? Unpooled.EMPTY_BUFFER : output)
                    .addListener(sent -> step(() -> endOutput(sent.isSuccess())));
        } else if (output != null) {
            channel.writeAndFlush(output, channel.voidPromise());
        }
        return channel.isWritable();
    }

    /** The last answer is with the kernel. */
    private void endOutput(boolean sent) {
        outputEnded = true;
        if (sent && lingers && !inputEnded && channel instanceof DuplexChannel duplex) {
            if (tls.isPresent()) {
                tls.get().endOutput().addListener(said -> duplex.shutdownOutput());
            } else {
                duplex.shutdownOutput();
            }
            setDeadline(System.nanoTime());
        } else {
            channel.close();
        }
    }

    /** The client has closed its side: answers under way still go out. */
    private void endOfInput() {
        if (phase == Phase.ENDING) {
            if (outputEnded) {
                channel.close();
            }
            return;
        }
        if (phase == Phase.HEAD && reader.begun()) {
            lose(Status.BAD_REQUEST);
        }
        closeAfterWrites();
    }

    /** Accounts for the request whose head came only in part. */
    private void lose(Status status) {
        requests++;
        reader.head().isAt(held, heldFrom);
        loop.lose(this, reader.head(), heldTo, status);
    }

    private void closeAfterWrites() {
        phase = Phase.ENDING;
        endAnnounced = true;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }

    // -- a client that does not read

    /** The reply that took its time has been sent. */
    private void endPaced(Reply reply) {
        paced = null;
        if (reply instanceof Reply.CutOff cutOff) {
            if (cutOff.reset()) {
                // past TLS, which would say goodbye first
                abort();
                return;
            }
            end(true);
        }
        resume();
    }

    private void pause() {
        paused = true;
        reading(false);
    }

    private void resume() {
        if (!paused || paced != null || !channel.isActive()) {
            return;
        }
        paused = false;
        loop.beginBatch(this);
        if (heldTo > heldFrom) {
            process(held, heldFrom, heldTo);
        }
        endBatch();
        if (paused) {
            return;
        }
        if (inputEnded) {
            // there is nothing to be read any more
            endOfInput();
            return;
        }
        reading(true);
        if (drains) {
            drain();
        }
    }

    // -- the bytes of an incomplete request

    private void keep(byte[] bytes, int from, int to) {
        if (from == to) {
            release();
        } else if (bytes == held) {
            heldFrom = from;
            heldTo = to;
        } else {
            held = Arrays.copyOfRange(bytes, from, to);
            heldFrom = 0;
            heldTo = to - from;
        }
    }

    /** Adds to the bytes that are held, of which those before {@code heldFrom} are done with. */
    private void hold(ByteBuf input, int length) {
        int kept = heldTo - heldFrom;
        if (held.length - heldTo < length) {
            byte[] roomier = held.length < kept + length ? new byte[Math.max(kept + length, 2 * held.length)] : held;
            System.arraycopy(held, heldFrom, roomier, 0, kept);
            held = roomier;
            heldFrom = 0;
            heldTo = kept;
        }
        input.readBytes(held, heldTo, length);
        heldTo += length;
    }

    private void release() {
        held = NOTHING;
        heldFrom = 0;
        heldTo = 0;
    }

    // -- patience

    private void setDeadline(long now) {
        Timeouts timeouts = loop.timeouts();
        if (paused || (phase == Phase.ENDING && !outputEnded)) {
            waitingSince = now;
            deadline = now + timeouts.send();
        } else if (phase == Phase.HEAD) {
            boolean begun = reader.begun() || emptyLines;
            waitingSince = begun ? phaseBegan(now) : now;
            deadline = begun ? waitingSince + timeouts.head() : now + timeouts.keepAlive();
        } else {
            waitingSince = phaseBegan(now);
            long total = waitingSince + timeouts.bodyTotal();
            long idle = now + timeouts.bodyIdle();
            deadline = idle - total < 0 ? idle : total;
        }
    }

    /** When this phase was first timed. */
    private long phaseBegan(long now) {
        if (!phaseTimed) {
            phaseTimed = true;
            phaseBegan = now;
        }
        return phaseBegan;
    }
}
