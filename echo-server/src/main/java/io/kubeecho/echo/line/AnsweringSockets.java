package io.kubeecho.echo.line;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * For a UDP socket that listens on every address of the machine, the sockets that answer from the one that was asked: one for
 * each address that is asked, on the same port, which from then on gets what is sent there. Confined to one event loop.
 *
 * <p>The kernel says which address that is ({@code IP_RECVORIGDSTADDR}); where it does not, as without the native transport, there
 * is a socket for each address that the machine's interfaces have. Netty cannot name the source of what it sends
 * ({@code IP_PKTINFO}), which would need none of this.
 */
@SuppressWarnings("FutureReturnValueIgnored") // of what is closed
final class AnsweringSockets {

    /** A machine's addresses, and on loopback any of 16 million: what was not asked for longest is closed. */
    static final int MOST = 64;

    /** How often an address that the kernel does not name may have the interfaces looked at again. */
    private static final long LOOK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Function<InetAddress, Bootstrap> sockets;
    private final Map<InetAddress, ChannelFuture> byAddress = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable Channel everyAddress;
    private int opening;
    private long looked;

    /** @param sockets one that is not bound yet, for an address */
    AnsweringSockets(Function<InetAddress, Bootstrap> sockets) {
        this.sockets = sockets;
    }

    /** For a socket that is bound to every address; without this, a socket answers what it gets. */
    void begin(Channel bound) {
        everyAddress = bound;
        bound.eventLoop().execute(this::lookAtInterfaces);
    }

    /**
     * Finds the socket for an answer.
     *
     * @param asked where the datagram came in
     * @param recipient the address that it was sent to
     * @param answering is given the socket, perhaps later
     */
    void of(Channel asked, InetAddress recipient, Consumer<Channel> answering) {
        if (asked != everyAddress) {
            answering.accept(asked);
        } else if (recipient.isAnyLocalAddress() || recipient.isMulticastAddress()) {
            answering.accept(asked);
            if (System.nanoTime() - looked > LOOK_AGAIN_NANOS) {
                lookAtInterfaces();
            }
        } else {
            ChannelFuture bound = boundTo(recipient);
            bound.addListener(done -> answering.accept(done.isSuccess() ? bound.channel() : asked));
        }
    }

    void close() {
        everyAddress = null;
        byAddress.values().forEach(bound -> bound.channel().close());
        byAddress.clear();
    }

    private ChannelFuture boundTo(InetAddress address) {
        ChannelFuture known = byAddress.get(address);
        if (known != null) {
            return known;
        }
        Channel every = Objects.requireNonNull(everyAddress);
        // both must allow it while the second is bound, and only then: otherwise anybody on the machine could take the
        // port
        opening++;
        every.config().setOption(ChannelOption.SO_REUSEADDR, true);
        ChannelFuture bound = sockets.apply(address)
                .option(ChannelOption.SO_REUSEADDR, true)
                .bind(address, ((InetSocketAddress) every.localAddress()).getPort());
        byAddress.put(address, bound);
        bound.addListener(done -> {
            if (--opening == 0 && every.isOpen()) {
                every.config().setOption(ChannelOption.SO_REUSEADDR, false);
            }
            if (done.isSuccess()) {
                bound.channel().config().setOption(ChannelOption.SO_REUSEADDR, false);
            } else {
                byAddress.remove(address, bound);
            }
        });
        if (byAddress.size() > MOST) {
            Iterator<ChannelFuture> longestUnused = byAddress.values().iterator();
            ChannelFuture closed = longestUnused.next();
            longestUnused.remove();
            closed.addListener(done -> closed.channel().close());
        }
        return bound;
    }

    private void lookAtInterfaces() {
        looked = System.nanoTime();
        Channel every = everyAddress;
        if (every == null) {
            return;
        }
        boolean fourIsNamed = Boolean.TRUE.equals(every.config().getOption(EpollChannelOption.IP_RECVORIGDSTADDR));
        addresses().stream()
                .filter(address -> !fourIsNamed || address.getAddress().length != 4)
                .limit(MOST)
                .forEach(this::boundTo);
    }

    private static List<InetAddress> addresses() {
        List<InetAddress> addresses = new ArrayList<>();
        try {
            NetworkInterface.networkInterfaces()
                    .forEach(face -> face.inetAddresses().forEach(addresses::add));
        } catch (SocketException e) {
            // answers are then from the address that the kernel chooses
        }
        return addresses;
    }
}
