package io.kubeecho.hostile.run;

import io.kubeecho.hostile.attack.Door;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The image, running as a pod's container would, with the limits of the manifests, on an address of loopback. */
final class EchoContainer implements AutoCloseable {

    /** What it calls itself in its answers. */
    static final String SERVER_NAME = "hostile-echo";

    /** Its value is the run's, which removes what is left of it. */
    private static final String LABEL = "io.kubeecho.hostile";

    private static final String JAVA_OPTIONS = "_JAVA_OPTIONS";

    private static final Duration START = Duration.ofSeconds(30);
    private static final int SOON_MILLIS = 100;

    /**
     * How it ended.
     *
     * @param oomKilled whether the engine says that the kernel killed it for want of memory
     * @param code its exit code
     * @param lastWords what it, or its JVM, said last of an error
     */
    record End(boolean oomKilled, int code, String lastWords) {}

    private final String id;
    private final InetAddress address;
    private final long pid;
    private final Cgroup cgroup;
    private final VmLog vmLog;

    private EchoContainer(String id, InetAddress address, long pid, Cgroup cgroup, VmLog vmLog) {
        this.id = id;
        this.address = address;
        this.pid = pid;
        this.cgroup = cgroup;
        this.vmLog = vmLog;
    }

    /**
     * Starts it, and waits until it says that it lives.
     *
     * @param environment further variables
     * @param lines takes what its JVM says, line by line
     */
    static EchoContainer start(Plan plan, InetAddress address, Map<String, String> environment, Consumer<String> lines)
            throws IOException, InterruptedException {
        VmLog vmLog = VmLog.begin(lines);
        try {
            return start(plan, address, environment, vmLog);
        } catch (IOException | InterruptedException | RuntimeException e) {
            vmLog.close();
            throw e;
        }
    }

    private static EchoContainer start(Plan plan, InetAddress address, Map<String, String> environment, VmLog vmLog)
            throws IOException, InterruptedException {
        // the network of the machine, so that clients can come from any address of 127.0.0.0/8 and ports never run out
        List<String> run = new ArrayList<>(
                List.of("docker", "run", "--detach", "--network", "host", "--label", LABEL + "=" + plan.run()));
        run.addAll(List.of("--memory", plan.memory(), "--memory-swap", plan.memory(), "--pids-limit", "64"));
        run.addAll(List.of("--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"));
        // json-file would have the engine write every line of the access log as JSON
        run.addAll(List.of("--log-driver", "local", "--log-opt", "max-size=20m", "--log-opt", "max-file=2"));
        run.addAll(List.of("--volume", plan.tls().toAbsolutePath() + ":/tls:ro"));
        setting(run, "KUBE_ECHO_HOST", address.getHostAddress());
        setting(run, "KUBE_ECHO_HOSTNAME", SERVER_NAME);
        setting(run, "NGINX_PORT", String.valueOf(Door.HTTP.port()));
        setting(run, "KUBE_ECHO_TLS_PORT", String.valueOf(Door.TLS.port()));
        setting(run, "KUBE_ECHO_TLS_CERTIFICATE", "/tls/tls.crt");
        setting(run, "KUBE_ECHO_TLS_KEY", "/tls/tls.key");
        setting(run, "KUBE_ECHO_H2C_PORT", String.valueOf(Door.H2C.port()));
        setting(run, "KUBE_ECHO_MANAGEMENT_PORT", String.valueOf(Door.MANAGEMENT.port()));
        run.addAll(List.of("--volume", vmLog.folder() + ":" + VmLog.IN_CONTAINER));
        Map<String, String> all = new TreeMap<>(environment);
        all.merge(JAVA_OPTIONS, VmLog.OPTIONS, (own, further) -> own + " " + further);
        all.forEach((name, value) -> setting(run, name, value));
        run.add(plan.image());
        String id = Command.said(run);
        long pid = Long.parseLong(Command.said("docker", "inspect", "--format", "{{.State.Pid}}", id));
        if (pid == 0) {
            String said = Command.said("docker", "logs", id);
            Command.said("docker", "rm", "--force", id);
            throw new IOException("the container ended at once: " + said);
        }
        EchoContainer container = new EchoContainer(id, address, pid, Cgroup.of(pid), vmLog);
        container.awaitLife();
        return container;
    }

    private static void setting(List<String> run, String name, String value) {
        run.add("--env");
        run.add(name + "=" + value);
    }

    private void awaitLife() throws IOException, InterruptedException {
        long until = System.nanoTime() + START.toNanos();
        while (!answers("/livez", 1_000)) {
            if (!isRunning() || System.nanoTime() > until) {
                String said = Command.said("docker", "logs", "--tail", "3", id);
                close();
                throw new IOException("the container does not live: " + said);
            }
            Thread.sleep(SOON_MILLIS);
        }
    }

    /** Whether a path of the management port is answered by 200 within so many milliseconds. */
    boolean answers(String path, int millis) {
        try {
            get(path, millis);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private String get(String path, int millis) throws IOException {
        String url = "http://" + address.getHostAddress() + ":" + Door.MANAGEMENT.port() + path;
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(url).toURL().openConnection();
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        connection.setRequestProperty("Connection", "close");
        try (var body = connection.getInputStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** Its metrics; nothing when it does not say. */
    String metrics() {
        try {
            return get("/metrics", 5_000);
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether its process is there. */
    boolean isRunning() {
        return ProcessHandle.of(pid).isPresent();
    }

    Cgroup cgroup() {
        return cgroup;
    }

    /** Has the JVM say what each of its threads does. */
    void dumpThreads() throws IOException, InterruptedException {
        Command.said("kill", "-QUIT", String.valueOf(pid));
    }

    /** How it has ended, once it has. */
    End end() throws IOException, InterruptedException {
        String[] state = Command.said("docker", "inspect", "--format", "{{.State.OOMKilled}} {{.State.ExitCode}}", id)
                .split(" ", 2);
        Stream<String> ofEngine = Command.said("docker", "logs", "--tail", "200", id)
                .lines()
                .filter(line -> line.startsWith("kube-echo:") || line.contains("rror"));
        String said = Stream.concat(ofEngine, vmLog.errors().stream())
                .reduce((first, second) -> second)
                .orElse("");
        return new End(Boolean.parseBoolean(state[0]), Integer.parseInt(state[1]), said);
    }

    @Override
    public void close() {
        try {
            Command.said("docker", "rm", "--force", id);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            vmLog.close();
        }
    }
}
