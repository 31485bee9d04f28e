package io.kubeecho.bench.client;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Connections that have each had one answer and stay open. */
public final class OpenConnections implements AutoCloseable {

    /** Clients are on so many addresses, from 127.0.0.2 on. */
    private static final int ADDRESSES = 15;

    private static final byte[] REQUEST = "GET /idle HTTP/1.1\r\nHost: idle\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"
            .getBytes(StandardCharsets.US_ASCII);

    private final List<SocketChannel> channels = new ArrayList<>();

    /** Opens so many, one after another; the process needs as many files. */
    public static OpenConnections open(int port, int count) throws IOException {
        OpenConnections opened = new OpenConnections();
        try {
            for (int i = 0; i < count; i++) {
                opened.add(port, i);
            }
            return opened;
        } catch (IOException e) {
            opened.close();
            throw new IOException("after " + opened.channels.size() + " connections", e);
        }
    }

    private void add(int port, int index) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channels.add(channel);
        byte[] from = {127, 0, 0, (byte) (2 + index % ADDRESSES)};
        channel.bind(new InetSocketAddress(InetAddress.getByAddress(from), 0));
        channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.write(ByteBuffer.wrap(REQUEST));
        ByteBuffer answer = ByteBuffer.allocate(1024);
        // the line is the end of the body, and the only one that ends without CR
        while (!ended(answer)) {
            if (channel.read(answer) < 0) {
                throw new EOFException("closed instead of answered");
            }
        }
    }

    private static boolean ended(ByteBuffer answer) {
        int at = answer.position();
        return at > 1 && answer.get(at - 1) == '\n' && answer.get(at - 2) != '\r';
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }
}
