package io.kubeecho.lab.k3s;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The process that a run belongs to, as a label: labels of a container cannot be changed, so a run in Docker cannot be
 * stamped while it lives as one in a cluster is.
 *
 * @param machine the boot of the machine, and there the PID namespace
 * @param started in the kernel's ticks since the machine's boot, which no correction of its clock changes; where there is no
 *     {@code /proc}, in milliseconds of that clock
 */
record RunProcess(String machine, long pid, long started) {

    static final String LABEL = "kube-echo.io/process";

    private static final Pattern TEXT = Pattern.compile("(.+)/(\\d{1,18})/(\\d{1,18})");

    /** How far two readings of a clock may be apart that is corrected in between; ticks never are. */
    private static final long CLOCK_MILLIS = 10_000;

    /** In {@code /proc/PID/stat}, counted after the command's name, which may have spaces in it; see proc_pid_stat(5). */
    private static final int START_TIME = 22 - 3;

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
                ? Optional.of(new RunProcess(m.group(1), Long.parseLong(m.group(2)), Long.parseLong(m.group(3))))
                : Optional.empty();
    }

    String label() {
        return machine + "/" + pid + "/" + started;
    }

    Life life() {
        if (!machine.equals(thisMachine())) {
            return Life.ELSEWHERE;
        }
        boolean same = ProcessHandle.of(pid)
                .map(RunProcess::started)
                .map(then -> Math.abs(then - started) <= (ticks(pid).isPresent() ? 0 : CLOCK_MILLIS))
                .orElse(false);
        return same ? Life.ALIVE : Life.DEAD;
    }

    private static long started(ProcessHandle process) {
        return ticks(process.pid())
                .orElseGet(() ->
                        process.info().startInstant().orElse(Instant.EPOCH).toEpochMilli());
    }

    private static OptionalLong ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return OptionalLong.of(Long.parseLong(fields[START_TIME]));
        } catch (IOException | RuntimeException noProc) {
            return OptionalLong.empty();
        }
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
