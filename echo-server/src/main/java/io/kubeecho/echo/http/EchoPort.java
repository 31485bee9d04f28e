package io.kubeecho.echo.http;

import io.kubeecho.echo.control.Controls;
import io.kubeecho.echo.log.AccessLog;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.channel.unix.UnixChannelOption;
import io.netty.util.NetUtil;
import io.vertx.core.Closeable;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.PromiseInternal;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The port on which requests are echoed: one listening socket, served by several event loops.
 *
 * <p>The event loops are Vert.x's, and the sockets are of its transport; but they are Netty's own and not those of Vert.x's
 * {@code NetServer}, which for each connection changes the thread, makes half a dozen objects and asks the kernel for
 * what nobody wants to know: a good part of all there is to do where a connection carries one request.
 */
public final class EchoPort {

    /** What nginx asks for; the kernel caps it at {@code net.core.somaxconn}. */
    private static final int ACCEPT_BACKLOG = 511;

    /**
     * How many bytes the kernel takes, in each connection, beyond those that it could send: set on the listening socket,
     * from which connections have it. A client that does not read would otherwise have the kernel take megabytes, which
     * no budget counts, and an event loop be busy with them.
     */
    private static final int MOST_NOT_SENT = 128 << 10;

    private static final UnixChannelOption<Integer> TCP_NOTSENT_LOWAT =
            new IntegerUnixChannelOption("TCP_NOTSENT_LOWAT", 6, 25);

    private final VertxInternal vertx;
    private final List<EchoLoop> loops;
    private final Channel listening;
    private final Traffic traffic;

    /** For who closes Vert.x alone: its event loops may end without closing what is open on them. */
    private final Closeable whenVertxCloses = this::stopListening;

    private EchoPort(VertxInternal vertx, List<EchoLoop> loops, Channel listening) {
        this.vertx = vertx;
        this.loops = loops;
        this.listening = listening;
        traffic = new Traffic(loops.stream().map(EchoLoop::traffic).toList());
    }

    /**
     * Opens the port.
     *
     * @param address an address literal or a host name
     * @param port 0 for one that the kernel chooses
     * @param eventLoops how many event loops serve it
     * @param hostname what {@code From=} says
     * @param rules which answers are other ones than the plain echo
     * @param preface what each connection begins with
     * @param resources what the ports of a server share
     * @param accessLog where to log each request, or null
     * @return fails with an {@link java.io.IOException} when the address cannot be listened on
     */
    public static Future<EchoPort> open(
            Vertx vertx,
            String address,
            int port,
            int eventLoops,
            String hostname,
            ConnectionLimits limits,
            AnswerRules rules,
            Preface preface,
            Resources resources,
            @Nullable AccessLog accessLog) {
        VertxInternal internal = (VertxInternal) vertx;
        List<EchoLoop> loops = Stream.generate(
                        () -> internal.createEventLoopContext().nettyEventLoop())
                .limit(eventLoops)
                .map(eventLoop -> new EchoLoop(eventLoop, hostname, limits, rules, resources, accessLog))
                .toList();
        Bootstrap bootstrap = new Bootstrap()
                .group(internal.acceptorEventLoopGroup())
                .channelFactory(internal.transport().serverChannelFactory(false))
                .option(ChannelOption.SO_BACKLOG, ACCEPT_BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .handler(new Acceptor(loops, new ConnectionCap(limits.connections()), preface));
        if (vertx.isNativeTransportEnabled()) {
            bootstrap.option(TCP_NOTSENT_LOWAT, MOST_NOT_SENT);
        }
        return resolve(vertx, address).compose(resolved -> {
            ChannelFuture bound = bootstrap.bind(resolved, port);
            return completed(internal, bound).map(done -> {
                EchoPort opened = new EchoPort(internal, loops, bound.channel());
                internal.addCloseHook(opened.whenVertxCloses);
                return opened;
            });
        });
    }

    /** Only a name is looked up, which takes a worker thread; an address, as it nearly always is, needs none. */
    private static Future<InetAddress> resolve(Vertx vertx, String address) {
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(address);
        return literal != null
                ? Future.succeededFuture(literal)
                : vertx.executeBlocking(() -> InetAddress.getByName(address));
    }

    private static Future<Void> completed(VertxInternal vertx, ChannelFuture future) {
        PromiseInternal<Void> promise = vertx.promise();
        future.addListener(promise);
        return promise.future();
    }

    /** The port it listens on. */
    public int number() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** What it has done so far. */
    public Traffic traffic() {
        return traffic;
    }

    /** From now on every answer says {@code Connection: close}, so that clients come back by new connections. */
    public void closeAfterAnswers() {
        loops.forEach(loop -> loop.eventLoop().execute(loop::closeAfterAnswers));
    }

    /** From now on every answer follows these controls, whatever is asked for; or, if they are none, no longer. */
    public void override(Controls controls) {
        loops.forEach(loop -> loop.eventLoop().execute(() -> loop.override(controls)));
    }

    /**
     * Stops accepting, closes connections that wait for a request, and lets the others have their answer.
     *
     * @param timeout after which connections are closed whatever they are doing
     * @return completes when all are closed
     */
    public Future<Void> drain(Duration timeout) {
        return end((loop, empty) -> loop.drain(timeout, empty));
    }

    /** Closes the port and its connections at once. */
    public Future<Void> close() {
        return end(EchoLoop::close);
    }

    private void stopListening(Completable<Void> done) {
        listening.close().addListener(closed -> done.succeed());
    }

    /** What was accepted before the listening socket closed has been given to its event loop by then. */
    private Future<Void> end(BiConsumer<EchoLoop, Promise<Void>> ending) {
        vertx.removeCloseHook(whenVertxCloses);
        Promise<Void> notListening = Promise.promise();
        stopListening(notListening);
        return notListening
                .future()
                .compose(closed -> Future.join(loops.stream()
                                .map(loop -> {
                                    Promise<Void> empty = Promise.promise();
                                    loop.eventLoop().execute(() -> ending.accept(loop, empty));
                                    return empty.future();
                                })
                                .toList())
                        .mapEmpty());
    }
}
