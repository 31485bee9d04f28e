package io.kubeecho.bench.server;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A server that answers, until it is closed. */
public final class RunningServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final byte[] FIRST_REQUEST =
            "GET / HTTP/1.1\r\nHost: start\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Server server;
    private final Process process;
    private final @Nullable Process logReader;
    private final Duration firstAnswer;
    private final double cpuSecondsAtFirstAnswer;

    private RunningServer(
            Server server,
            Process process,
            @Nullable Process logReader,
            Duration firstAnswer,
            double cpuSecondsAtFirstAnswer) {
        this.server = server;
        this.process = process;
        this.logReader = logReader;
        this.firstAnswer = firstAnswer;
        this.cpuSecondsAtFirstAnswer = cpuSecondsAtFirstAnswer;
    }

    /**
     * Starts a server and waits for its first answer.
     *
     * @param cpus where it may run
     * @throws IOException when it ends instead, with what it said
     */
    public static RunningServer start(Server server, Cpus cpus) throws IOException, InterruptedException {
        if (answers(server.port())) {
            throw new IOException("something answers on port " + server.port() + " already");
        }
        Path errors = Files.createTempFile("bench-", ".err");
        try {
            return start(server, cpus, errors);
        } finally {
            Files.deleteIfExists(errors);
        }
    }

    private static RunningServer start(Server server, Cpus cpus, Path errors) throws IOException, InterruptedException {
        List<ProcessBuilder> pipeline = new ArrayList<>();
        ProcessBuilder builder = new ProcessBuilder(cpus.only(server.command())).redirectError(errors.toFile());
        builder.environment().putAll(server.environment());
        pipeline.add(builder);
        long began = System.nanoTime();
        Process process;
        Process reader = null;
        if (server.log() == Server.Output.PIPE) {
            pipeline.add(new ProcessBuilder(Cpus.CLIENT.only(List.of("cat")))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.INHERIT));
            List<Process> started = ProcessBuilder.startPipeline(pipeline);
            process = started.get(0);
            reader = started.get(1);
        } else {
            process = builder.redirectOutput(new File("/dev/null")).start();
        }
        while (!answers(server.port())) {
            if (!process.isAlive() || System.nanoTime() - began > PATIENCE.toNanos()) {
                process.destroyForcibly().waitFor();
                throw new IOException(server.name() + " does not answer: " + Files.readString(errors));
            }
            TimeUnit.MICROSECONDS.sleep(500);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        return new RunningServer(server, process, reader, took, ProcessFigures.cpuOfLivingThreads(process.toHandle()));
    }

    /** Sends one request on a connection of its own; false where nobody listens. */
    private static boolean answers(int port) throws IOException {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            socket.getOutputStream().write(FIRST_REQUEST);
            byte[] statusLine = socket.getInputStream().readNBytes("HTTP/1.1 200".length());
            return new String(statusLine, StandardCharsets.US_ASCII).equals("HTTP/1.1 200");
        } catch (java.net.SocketException notYet) {
            return false;
        }
    }

    public Server server() {
        return server;
    }

    /** Waits until another of its ports accepts connections, which may be a while after its own. */
    public void awaitPort(int port) throws IOException, InterruptedException {
        for (long began = System.nanoTime(); ; TimeUnit.MILLISECONDS.sleep(10)) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return;
            } catch (java.net.ConnectException notYet) {
                if (System.nanoTime() - began > PATIENCE.toNanos()) {
                    throw notYet;
                }
            }
        }
    }

    /** From the start of the process to the first byte of its first answer. */
    public Duration firstAnswer() {
        return firstAnswer;
    }

    /** CPU time until then, in seconds, over all CPUs. */
    public double cpuSecondsAtFirstAnswer() {
        return cpuSecondsAtFirstAnswer;
    }

    /** CPU time so far, in steps of 10 ms. */
    public ProcessFigures.Cpu cpu() {
        return ProcessFigures.cpu(process.toHandle());
    }

    /** CPU time of its living threads, in seconds, with a resolution of microseconds. */
    public double cpuOfLivingThreads() {
        return ProcessFigures.cpuOfLivingThreads(process.toHandle());
    }

    /** Resident memory in MB, of 10^6 bytes. */
    public double residentMb() {
        return ProcessFigures.residentKib(process.toHandle()) * 1024 / 1e6;
    }

    /** The most there has been of it. */
    public double peakResidentMb() {
        return ProcessFigures.peakResidentKib(process.toHandle()) * 1024 / 1e6;
    }

    /** Ends it, by SIGTERM first. */
    @Override
    public void close() throws IOException {
        List<ProcessHandle> descendants = process.descendants().toList();
        process.destroy();
        try {
            if (!process.waitFor(15, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            descendants.forEach(ProcessHandle::destroyForcibly);
            if (logReader != null && !logReader.waitFor(5, TimeUnit.SECONDS)) {
                logReader.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
