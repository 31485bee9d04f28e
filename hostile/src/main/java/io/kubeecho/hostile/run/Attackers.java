package io.kubeecho.hostile.run;

import io.kubeecho.hostile.attack.Attack;
import io.kubeecho.hostile.attack.Counts;
import io.kubeecho.hostile.attack.Limits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The attacks, each in a process of its own: each may have as many files as the machine gives a process, and a low
 * priority, so that what they cost is not taken for what they do to the server.
 */
final class Attackers implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(2);
    private static final long LOOK_MILLIS = 50;

    private final List<Process> processes = new ArrayList<>();
    private final Map<String, Counts> counts = new ConcurrentHashMap<>();

    /**
     * In reality they are on other machines, and take no CPU time from the server. Where the kernel schedules sessions
     * against each other ({@code autogroup}, sched(7)), nice values only count within each: this has one of its own.
     */
    private static final String BEHIND_ALL_OTHERS = "echo 19 2>/dev/null >/proc/self/autogroup; exec nice -n 19 \"$@\"";

    /** Begins all of them; they end by themselves after this time, or when this process is gone. */
    static Attackers begin(List<Attack> attacks, InetAddress server, Limits limits, Duration time) throws IOException {
        Attackers attackers = new Attackers();
        for (Attack attack : attacks) {
            attackers.begin(attack, server, limits, time);
        }
        return attackers;
    }

    private void begin(Attack attack, InetAddress server, Limits limits, Duration time) throws IOException {
        Process process = new ProcessBuilder(
                        "setsid",
                        "sh",
                        "-c",
                        BEHIND_ALL_OTHERS,
                        "sh",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-Xmx256m",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "io.kubeecho.hostile.Main",
                        "attack",
                        attack.name(),
                        "--at",
                        server.getHostAddress(),
                        "--connections",
                        String.valueOf(limits.connections()),
                        "--rate",
                        String.valueOf(limits.rate()),
                        "--again",
                        String.valueOf(limits.again()),
                        "--bytes",
                        String.valueOf(limits.bytesPerSecond()),
                        "--seconds",
                        String.valueOf(time.toSeconds()))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        processes.add(process);
        counts.put(attack.name(), Counts.none(attack.name()));
        Thread reader = new Thread(() -> read(process), "counts of " + attack.name());
        reader.setDaemon(true);
        reader.start();
    }

    private void read(Process process) {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                Counts now = Counts.of(line);
                counts.put(now.attack(), now);
            }
        } catch (IOException e) {
            // the process has been ended
        }
    }

    /**
     * Waits until the first has opened a connection, so that the start of a JVM is no time of the attack.
     *
     * @throws IOException when that takes too long, or one has ended
     */
    void awaitBegin() throws IOException, InterruptedException {
        long until = System.nanoTime() + START.toNanos();
        while (counts.values().stream().allMatch(count -> count.opened() == 0)) {
            if (System.nanoTime() > until || processes.stream().anyMatch(process -> !process.isAlive())) {
                throw new IOException("no attack has begun: " + counts.values());
            }
            Thread.sleep(LOOK_MILLIS);
        }
    }

    /** How each stands, by what it has said last. */
    List<Counts> counts() {
        return counts.values().stream()
                .sorted(Comparator.comparing(Counts::attack))
                .toList();
    }

    @Override
    public void close() {
        for (Process process : processes) {
            process.destroyForcibly();
        }
        for (Process process : processes) {
            process.onExit().join();
        }
    }
}
