package io.kubeecho.lab.embedded;

import io.kubeecho.lab.LabException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * A range 127.x.0.0/16 of this machine that belongs to one lab at a time, so that two runs at once do not meet. The claim
 * is a listening socket in the range: the kernel takes it back whatever becomes of this process.
 */
final class LoopbackRange implements AutoCloseable {

    private static final int FIRST = 64;
    private static final int LAST = 254;
    private static final int CLAIM_PORT = 10_000;

    private final int secondOctet;
    private final ServerSocket claim;

    private LoopbackRange(int secondOctet, ServerSocket claim) {
        this.secondOctet = secondOctet;
        this.claim = claim;
    }

    /** @throws LabException when no range is free, or when this machine has no 127.0.0.0/8 beyond 127.0.0.1 */
    static LoopbackRange claim() {
        IOException last = new IOException("no range was tried");
        for (int octet = FIRST; octet <= LAST; octet++) {
            try {
                return claim(octet);
            } catch (IOException e) {
                last = e;
            }
        }
        throw new LabException(
                "the embedded lab needs addresses of 127.0.0.0/8 to bind to, and got none (%s); where only 127.0.0.1 exists (macOS), run it in a container"
                        .formatted(last.getMessage()),
                last);
    }

    private static LoopbackRange claim(int octet) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(bytes(octet, 0, 1)), CLAIM_PORT));
            return new LoopbackRange(octet, socket);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** The address 127.x.{@code network}.{@code host}. */
    String address(int network, int host) {
        if (network < 1 || network > 254 || host < 1 || host > 254) {
            throw new LabException("the embedded lab has no address for " + network + "." + host);
        }
        return "127.%d.%d.%d".formatted(secondOctet, network, host);
    }

    private static byte[] bytes(int second, int third, int fourth) {
        return new byte[] {127, (byte) second, (byte) third, (byte) fourth};
    }

    @Override
    public void close() {
        try {
            claim.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
