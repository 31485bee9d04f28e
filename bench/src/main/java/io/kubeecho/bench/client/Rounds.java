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

/**
 * Requests in exact numbers, which wrk does not do: to all of 64 kept connections, and then the answers of all of them.
 */
public final class Rounds implements AutoCloseable {

    private static final int CONNECTIONS = 64;
    /** Below the 1000 after which the server closes a connection. */
    private static final int REQUESTS_PER_CONNECTION = 900;

    private static final byte[] REQUEST =
            "GET /path HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final List<SocketChannel> channels = new ArrayList<>();
    private final ByteBuffer answer = ByteBuffer.allocateDirect(4096);
    private int requestsOfEach;

    public Rounds(int port) throws IOException {
        this.port = port;
        connect();
    }

    /** Sends this many requests, or up to 63 more, and returns how many. */
    public int send(int requests) throws IOException {
        int sent = 0;
        while (sent < requests) {
            if (requestsOfEach++ == REQUESTS_PER_CONNECTION) {
                close();
                connect();
            }
            for (SocketChannel channel : channels) {
                channel.write(ByteBuffer.wrap(REQUEST));
            }
            for (SocketChannel channel : channels) {
                readAnswer(channel);
            }
            sent += CONNECTIONS;
        }
        return sent;
    }

    private void readAnswer(SocketChannel channel) throws IOException {
        answer.clear();
        do {
            if (channel.read(answer) < 0) {
                throw new EOFException("closed instead of answered");
            }
        } while (answer.get(answer.position() - 1) != '\n' || answer.get(answer.position() - 2) == '\r');
    }

    private void connect() throws IOException {
        requestsOfEach = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            channels.add(SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port)));
        }
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
        channels.clear();
    }
}
