package io.kubeecho.echo.line;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.InternetProtocolFamily;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.VertxInternal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;

/**
 * The UDP echo: a port that answers each datagram with one datagram, which is a line.
 *
 * <p>Since the source of a datagram can be forged, it is of little use against others. An answer has at most
 * {@link #MOST_MORE} bytes more than what it answers, and never more than fit into one packet. And it begins no
 * conversation between servers: what comes from a port below 1024, where servers are and no clients, is not answered,
 * as in inetd's echo; nor is what has the line of an echo server like this one in it, so that two of them, or one and an echo
 * of any other kind, do not go on forever; and what else may answer has an {@link AnswerRate}. There is no list of further
 * ports: from 1024 on, a port is any client's, behind a NAT that chose it.
 *
 * <p>An answer comes from the address that was asked, also on a machine with several: a client whose socket is connected,
 * and any NAT on the way, drops what comes from another one.
 */
public final class UdpEchoPort {

    /** In bytes: the path of an answer. With the rest it fits into the 1232 bytes that IPv6 carries everywhere. */
    static final int MOST_PATH = 1024;

    /**
     * How many bytes more than its datagram an answer has at most, with a name of 63 bytes, which is the longest that
     * Kubernetes gives a host, and an IPv6 peer.
     */
    static final int MOST_MORE = 141;

    private static final int FIRST_CLIENT_PORT = 1024;

    /** {@code IPV6_RECVORIGDSTADDR} of Linux' {@code in6.h}, at the level {@code IPPROTO_IPV6}. */
    private static final ChannelOption<Integer> IPV6_RECVORIGDSTADDR =
            new IntegerUnixChannelOption("IPV6_RECVORIGDSTADDR", 41, 74);

    private final VertxInternal vertx;
    private final EventLoop eventLoop;
    private final String hostname;
    private final UdpTraffic traffic = new UdpTraffic();
    private final AnswerRate rate = new AnswerRate(System::nanoTime, new SecureRandom().nextInt());
    private final Promise<Channel> listening = Promise.promise();
    private final AnsweringSockets sockets;

    private UdpEchoPort(VertxInternal vertx, String hostname) {
        this.vertx = vertx;
        this.hostname = hostname;
        eventLoop = vertx.createEventLoopContext().nettyEventLoop();
        sockets = new AnsweringSockets(this::socket);
    }

    /**
     * Opens the port.
     *
     * @param address an address literal, or a name
     * @param port 0 for one that the kernel chooses
     * @param hostname what {@code From=} says
     * @return fails with an {@link java.io.IOException} when the address cannot be listened on
     */
    public static Future<UdpEchoPort> open(Vertx vertx, String address, int port, String hostname) {
        UdpEchoPort opened = new UdpEchoPort((VertxInternal) vertx, hostname);
        InetAddress literal = NetUtil.createInetAddressFromIpAddressString(address);
        Future<InetAddress> resolved = literal != null
                ? Future.succeededFuture(literal)
                : vertx.executeBlocking(() -> InetAddress.getByName(address));
        return resolved.compose(local -> opened.listen(local, port)).map(opened);
    }

    private Future<Channel> listen(InetAddress local, int port) {
        ChannelFuture bound = socket(local).bind(local, port);
        bound.addListener(done -> {
            if (!done.isSuccess()) {
                listening.fail(done.cause());
                return;
            }
            if (local.isAnyLocalAddress()) {
                sockets.begin(bound.channel());
            }
            listening.complete(bound.channel());
        });
        return listening.future();
    }

    /** A socket that is not bound yet. */
    @SuppressWarnings("deprecation") // Vert.x takes no other name for a family
    private Bootstrap socket(InetAddress local) {
        boolean four = local.getAddress().length == 4;
        Bootstrap bootstrap = new Bootstrap()
                .group(eventLoop)
                .channelFactory(() -> four
                        ? vertx.transport().datagramChannel(InternetProtocolFamily.IPv4)
                        : vertx.transport().datagramChannel(InternetProtocolFamily.IPv6))
                .handler(new Answering());
        if (local.isAnyLocalAddress() && vertx.isNativeTransportEnabled()) {
            bootstrap.option(EpollChannelOption.IP_RECVORIGDSTADDR, true);
            if (!four) {
                bootstrap.option(IPV6_RECVORIGDSTADDR, 1);
            }
        }
        return bootstrap;
    }

    /** The port it listens on. */
    public int number() {
        return ((InetSocketAddress) listening.future().result().localAddress()).getPort();
    }

    /** What it has done so far. */
    public UdpTraffic traffic() {
        return traffic;
    }

    /** Closes the port. */
    public Future<Void> close() {
        Promise<Void> closed = Promise.promise();
        eventLoop.execute(() -> {
            sockets.close();
            listening.future().result().close().addListener(done -> closed.complete());
        });
        return closed.future();
    }

    private boolean isToBeAnswered(DatagramPacket datagram) {
        InetSocketAddress peer = datagram.sender();
        if (peer.getPort() < FIRST_CLIENT_PORT) {
            traffic.countFromLowPort();
            return false;
        }
        if (EchoLine.isIn(datagram.content())) {
            traffic.countLooped();
            return false;
        }
        if (!rate.allows(peer.getAddress().getAddress(), peer.getPort())) {
            traffic.countTooMany();
            return false;
        }
        return true;
    }

    private void answer(Channel via, DatagramPacket datagram) {
        if (!via.isWritable()) {
            // the kernel takes no more for now, and a datagram may be lost
            traffic.countFailed();
            return;
        }
        ByteBuf text = datagram.content();
        ByteBuf line = via.alloc().buffer(256);
        // an escaped byte is three: the datagram's own length is the limit of what is made of it
        new EchoLine(hostname, datagram.sender().getAddress())
                .append(line, EchoLine.withoutLineEnd(text), Math.min(MOST_PATH, text.readableBytes()));
        via.writeAndFlush(new DatagramPacket(line, datagram.sender())).addListener(sent -> {
            if (sent.isSuccess()) {
                traffic.countAnswered();
            } else {
                traffic.countFailed();
            }
        });
    }

    private final class Answering extends SimpleChannelInboundHandler<DatagramPacket> {

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket datagram) {
            if (!isToBeAnswered(datagram)) {
                return;
            }
            datagram.retain();
            sockets.of(ctx.channel(), datagram.recipient().getAddress(), via -> {
                try {
                    answer(via, datagram);
                } finally {
                    datagram.release();
                }
            });
        }

        @Override
        @SuppressWarnings("FutureReturnValueIgnored")
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            // of one datagram, such as an ICMP error that has come back: the next one is answered
            traffic.countFailed();
        }
    }
}
