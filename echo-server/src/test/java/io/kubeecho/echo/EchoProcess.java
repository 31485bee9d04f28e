package io.kubeecho.echo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The echo server as a process of its own, as the image runs it, on ports that the kernel chooses. */
public final class EchoProcess implements AutoCloseable {

    private static final Pattern STARTED =
            Pattern.compile("kube-echo: echo on port (\\d+), management on port (\\d+),");
    private static final Pattern RUNTIME =
            Pattern.compile("/io/(vertx|netty|micrometer|prometheus)/|/jackson-core/|/hdrhistogram/|/jspecify/");
    private static final long PATIENCE_SECONDS = 30;

    private final Process process;
    private final Path output;
    private final Path errors;
    private int port;
    private int managementPort;

    private EchoProcess(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts the server and waits until it listens. */
    public static EchoProcess start(Path folder, Map<String, String> environment, String... jvmOptions)
            throws IOException, InterruptedException {
        EchoProcess started = launch(folder, environment, List.of(jvmOptions), List.of());
        for (int i = 0; i < PATIENCE_SECONDS * 20; i++) {
            Matcher line = STARTED.matcher(started.errors());
            if (line.find()) {
                started.port = Integer.parseInt(line.group(1));
                started.managementPort = Integer.parseInt(line.group(2));
                return started;
            }
            if (!started.process.isAlive()) {
                break;
            }
            Thread.sleep(50);
        }
        started.close();
        throw new IOException("did not start: " + started.errors());
    }

    /** Starts the server, which may well fail. */
    static EchoProcess launch(Path folder, Map<String, String> environment, List<String> jvmOptions, List<String> flags)
            throws IOException {
        Path output = Files.createTempFile(folder, "stdout", ".log");
        Path errors = Files.createTempFile(folder, "stderr", ".log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvmOptions);
        if (Runtime.version().feature() >= 24) {
            // as the manifest of the jar says, for Netty's epoll
            command.add("--enable-native-access=ALL-UNNAMED");
        }
        command.add("-Xmx96m");
        command.add("-cp");
        command.add(runtimeClassPath());
        command.add(Main.class.getName());
        command.addAll(flags);
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("NGINX_PORT", "0");
        builder.environment().put("KUBE_ECHO_MANAGEMENT_PORT", "0");
        builder.environment().putAll(environment);
        Process process = builder.redirectOutput(output.toFile())
                .redirectError(errors.toFile())
                .start();
        return new EchoProcess(process, output, errors);
    }

    /** The class path of this test without what is for tests only, which would change where Netty logs to. */
    private static String runtimeClassPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return Arrays.stream(all.split(File.pathSeparator, -1))
                .filter(entry -> entry.endsWith("classes")
                        ? !entry.endsWith("test-classes")
                        : RUNTIME.matcher(entry).find())
                .collect(Collectors.joining(File.pathSeparator));
    }

    /** The port it echoes on. */
    public int port() {
        return port;
    }

    int managementPort() {
        return managementPort;
    }

    /**
     * The port of something that is off by default.
     *
     * @param what it is in the line at the start, such as {@code PROXY} or {@code TCP echo}
     */
    int port(String what) throws IOException {
        Matcher named = Pattern.compile(", " + what + " on port (\\d+),").matcher(errors());
        if (!named.find()) {
            throw new IOException("no " + what + " in: " + errors());
        }
        return Integer.parseInt(named.group(1));
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Waits for the end, and returns the exit code. */
    public int awaitEnd() throws InterruptedException, IOException {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new IOException("does not end: " + errors());
        }
        return process.exitValue();
    }

    /** What it wrote to standard output so far. */
    public String output() throws IOException {
        return Files.readString(output);
    }

    String errors() throws IOException {
        return Files.readString(errors);
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }
}
