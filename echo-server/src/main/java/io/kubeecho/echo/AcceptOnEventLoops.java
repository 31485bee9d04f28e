package io.kubeecho.echo;

import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.transports.EpollTransport;
import io.vertx.core.transport.Transport;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Vert.x's epoll transport without the thread that accepts connections: an event loop accepts them itself.
 *
 * <p>Vert.x hands each connection from that thread to an event loop, which costs a wake-up through an {@code eventfd}
 * and two changes of thread. Where a connection carries one request, that is a good part of all there is to do.
 */
final class AcceptOnEventLoops extends EpollTransport implements Transport {

    private @Nullable EventLoopGroup eventLoops;

    /** For one {@code Vertx}, which asks for its event loops first and for its acceptor afterwards. */
    private AcceptOnEventLoops() {}

    /** A {@code Vertx} with this transport, or with the one that {@code options} come to where there is no epoll. */
    static Vertx vertx(VertxOptions options) {
        AcceptOnEventLoops transport = new AcceptOnEventLoops();
        return transport.available()
                ? Vertx.builder().with(options).withTransport(transport).build()
                : Vertx.vertx(options);
    }

    @Override
    public EventLoopGroup eventLoopGroup(int type, int threads, ThreadFactory threadFactory, int ioRatio) {
        EventLoopGroup first = eventLoops;
        if (type == ACCEPTOR_EVENT_LOOP_GROUP && first != null) {
            return first;
        }
        EventLoopGroup made = super.eventLoopGroup(type, threads, threadFactory, ioRatio);
        eventLoops = made;
        return made;
    }

    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public boolean available() {
        return isAvailable();
    }

    @Override
    public @Nullable Throwable unavailabilityCause() {
        return super.unavailabilityCause();
    }

    @Override
    public io.vertx.core.spi.transport.Transport implementation() {
        return this;
    }
}
