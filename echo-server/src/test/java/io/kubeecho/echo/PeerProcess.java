package io.kubeecho.echo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A program that others have written, as Debian installs it: a proxy that stands before the echo server, or a client. */
final class PeerProcess implements AutoCloseable {

    private static final List<String> FOLDERS = List.of("/usr/bin", "/usr/sbin");
    private static final long PATIENCE_SECONDS = 20;

    private final Process process;

    private PeerProcess(Process process) {
        this.process = process;
    }

    /** Where a program is; empty where it is not installed. */
    static Optional<Path> installed(String program) {
        return FOLDERS.stream()
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Starts a server, and waits until it listens on a port of 127.0.0.1. */
    static PeerProcess serve(Path folder, int port, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "peer", ".out");
        PeerProcess started = new PeerProcess(new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start());
        for (int i = 0; i < PATIENCE_SECONDS * 20 && started.process.isAlive(); i++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return started;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        started.close();
        throw new IOException(command[0] + " does not listen: " + Files.readString(output));
    }

    /** Runs a client to its end, and returns what it wrote to standard output. */
    static String run(String input, String... command) throws IOException, InterruptedException {
        Process client = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            try (var in = client.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.ISO_8859_1));
            }
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (!client.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || client.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " failed, after: " + output);
            }
            return output;
        } finally {
            client.destroyForcibly();
        }
    }

    /** Runs a client to its end, whatever that is, and returns all that it wrote. */
    static String end(String input, String... command) throws IOException, InterruptedException {
        Process client = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            try (var in = client.getOutputStream()) {
                in.write(input.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException endedBefore) {
                // what it has said is what matters
            }
            String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (!client.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IOException(String.join(" ", command) + " does not end, after: " + output);
            }
            return output;
        } finally {
            client.destroyForcibly();
        }
    }

    /** A port of 127.0.0.1 that nobody has at the moment. */
    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(5, TimeUnit.SECONDS)) {
            process.destroyForcibly();
        }
    }
}
