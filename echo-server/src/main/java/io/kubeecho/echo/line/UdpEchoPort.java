package io.kubeecho.echo.line;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramPacket;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.datagram.DatagramSocketOptions;
import io.vertx.core.internal.buffer.BufferInternal;
import io.vertx.core.net.SocketAddress;
import java.util.Objects;

/**
 * The UDP echo: a port that answers each datagram with one datagram, which is a line.
 *
 * <p>Since the source of a datagram can be forged, it is of little use against others. An answer has at most
 * {@link #MOST_MORE} bytes more than what it answers, and never more than fit into one packet. And it begins no
 * conversation between servers: what comes from a port below 1024, where servers are and no clients, is not answered,
 * as in inetd's echo; nor is what another echo server like this one has answered, so that two of them, or one and a
 * plain echo, do not go on forever.
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

    private final DatagramSocket socket;
    private final String hostname;
    private final UdpTraffic traffic = new UdpTraffic();

    private UdpEchoPort(DatagramSocket socket, String hostname) {
        this.socket = socket;
        this.hostname = hostname;
        socket.handler(this::answer);
    }

    /**
     * Opens the port.
     *
     * @param address an address literal, or a name of an IPv4 address
     * @param port 0 for one that the kernel chooses
     * @param hostname what {@code From=} says
     * @return fails with an {@link java.io.IOException} when the address cannot be listened on
     */
    public static Future<UdpEchoPort> open(Vertx vertx, String address, int port, String hostname) {
        DatagramSocket socket =
                vertx.createDatagramSocket(new DatagramSocketOptions().setIpV6(NetUtil.isValidIpV6Address(address)));
        UdpEchoPort opened = new UdpEchoPort(socket, hostname);
        return socket.listen(port, address)
                .map(opened)
                .recover(e -> socket.close().transform(closed -> Future.failedFuture(e)));
    }

    /** The port it listens on. */
    public int number() {
        return socket.localAddress().port();
    }

    /** What it has done so far. */
    public UdpTraffic traffic() {
        return traffic;
    }

    /** Closes the port. */
    public Future<Void> close() {
        return socket.close();
    }

    private void answer(DatagramPacket datagram) {
        SocketAddress peer = datagram.sender();
        ByteBuf text = ((BufferInternal) datagram.data()).getByteBuf();
        if (peer.port() < FIRST_CLIENT_PORT) {
            traffic.countFromLowPort();
            return;
        }
        if (EchoLine.isBeginningOf(text)) {
            traffic.countLooped();
            return;
        }
        String address = Objects.requireNonNull(peer.hostAddress(), "a datagram comes from an address");
        socket.send(line(text, address), peer.port(), address)
                .onSuccess(sent -> traffic.countAnswered())
                .onFailure(e -> traffic.countFailed());
    }

    private Buffer line(ByteBuf text, String peer) {
        ByteBuf line = Unpooled.buffer(256);
        // an escaped byte is three: the datagram's own length is the limit of what is made of it
        new EchoLine(hostname, NetUtil.createInetAddressFromIpAddressString(peer))
                .append(line, EchoLine.withoutLineEnd(text), Math.min(MOST_PATH, text.readableBytes()));
        return BufferInternal.buffer(line);
    }
}
