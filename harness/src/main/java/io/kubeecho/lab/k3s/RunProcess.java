package io.kubeecho.lab.k3s;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process that a run belongs to, as a label: labels of a container cannot be changed, so a run in Docker cannot be
 * stamped while it lives as one in a cluster is.
 *
 * @param machine the boot of the machine, and there the PID namespace
 * @param started by the machine's clock
 */
record RunProcess(String machine, long pid, Instant started) {

    static final String LABEL = "kube-echo.io/process";

    private static final Pattern TEXT = Pattern.compile("(.+)/(\\d{1,18})/(\\d{1,18})");

    /** Start times are computed from the clock's setting, which may have been corrected since. */
    private static final Duration CLOCK = Duration.ofSeconds(10);

    /** Whether a process can still be there. */
    enum Life {
        ALIVE,
        DEAD,
        /** It is, or was, on another machine or in another container. */
        ELSEWHERE
    }

    static RunProcess current() {
        ProcessHandle self = ProcessHandle.current();
        return new RunProcess(thisMachine(), self.pid(), started(self));
    }

    /** @return empty if it is no label of this kind */
    static Optional<RunProcess> parse(String label) {
        Matcher m = TEXT.matcher(label);
        return m.matches()
                ? Optional.of(new RunProcess(
                        m.group(1), Long.parseLong(m.group(2)), Instant.ofEpochMilli(Long.parseLong(m.group(3)))))
                : Optional.empty();
    }

    String label() {
        return machine + "/" + pid + "/" + started.toEpochMilli();
    }

    Life life() {
        if (!machine.equals(thisMachine())) {
            return Life.ELSEWHERE;
        }
        boolean same = ProcessHandle.of(pid)
                .map(RunProcess::started)
                .map(then -> Duration.between(then, started).abs().compareTo(CLOCK) < 0)
                .orElse(false);
        return same ? Life.ALIVE : Life.DEAD;
    }

    private static Instant started(ProcessHandle process) {
        return process.info().startInstant().orElse(Instant.EPOCH);
    }

    private static String thisMachine() {
        try {
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            String processes =
                    Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            return boot.strip() + "-" + processes.replaceAll("\\D", "");
        } catch (IOException notLinux) {
            return hostName();
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (IOException e) {
            return "unknown";
        }
    }
}
