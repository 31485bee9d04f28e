package io.kubeecho.lab.embedded;

import io.kubeecho.lab.Service.FrontEnd;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * What an iptables DROP looks like from outside, without root: a listener that never accepts and whose queue is full. The
 * kernel throws away further SYNs without a word, and the client waits until its own timeout.
 */
final class DroppingListener implements AutoCloseable {

    /** Enough to fill the shortest queue that the kernel makes of {@code listen(fd, 1)}, with some to spare. */
    private static final int FILLERS = 4;

    private final ServerSocketChannel listener;
    private final List<SocketChannel> fillers = new ArrayList<>();

    private DroppingListener(ServerSocketChannel listener) {
        this.listener = listener;
    }

    static DroppingListener open(FrontEnd at) throws IOException {
        InetSocketAddress address = new InetSocketAddress(at.host(), at.port());
        ServerSocketChannel channel = ServerSocketChannel.open();
        DroppingListener dropping = new DroppingListener(channel);
        try {
            channel.bind(address, 1);
            for (int i = 0; i < FILLERS; i++) {
                SocketChannel filler = SocketChannel.open();
                dropping.fillers.add(filler);
                filler.configureBlocking(false);
                // on loopback the handshake is done when connect returns, or the queue was full
                filler.connect(address);
            }
            return dropping;
        } catch (IOException e) {
            dropping.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel filler : fillers) {
            filler.close();
        }
        listener.close();
    }
}
