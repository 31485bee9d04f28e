package io.kubeecho.bench.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the kernel has accounted for a server: its process and those it has forked. */
public final class ProcessFigures {

    /** USER_HZ, which every Linux architecture that Java runs on shows as 100. */
    private static final double TICKS_PER_SECOND = 100;

    private static final double NANOS_PER_SECOND = 1e9;
    private static final Path PROC = Path.of("/proc");

    private ProcessFigures() {}

    /**
     * CPU time.
     *
     * @param user seconds
     * @param system seconds, with what the kernel's network stack did on the server's behalf
     */
    public record Cpu(double user, double system) {

        public double total() {
            return user + system;
        }

        Cpu plus(Cpu other) {
            return new Cpu(user + other.user, system + other.system);
        }

        /** What was used since an earlier look. */
        public Cpu since(Cpu earlier) {
            return new Cpu(user - earlier.user, system - earlier.system);
        }
    }

    /** CPU time so far, of threads that have ended too, in steps of 10 ms. */
    static Cpu cpu(ProcessHandle root) {
        return tree(root).map(ProcessFigures::cpuOf).reduce(new Cpu(0, 0), Cpu::plus);
    }

    /** CPU time of the threads that live, in seconds, exact to a microsecond or so. */
    static double cpuOfLivingThreads(ProcessHandle root) {
        return tree(root).mapToDouble(ProcessFigures::livingThreads).sum();
    }

    /** Resident memory in KiB; pages that processes share count for each. */
    static long residentKib(ProcessHandle root) {
        return tree(root).mapToLong(process -> statusKib(process, "VmRSS:")).sum();
    }

    /** The most there has been of it. */
    static long peakResidentKib(ProcessHandle root) {
        return tree(root).mapToLong(process -> statusKib(process, "VmHWM:")).sum();
    }

    private static Stream<ProcessHandle> tree(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants());
    }

    private static Cpu cpuOf(ProcessHandle process) {
        // proc(5): the name is in parentheses and may hold anything; utime and stime are fields 14 and 15
        String stat = read(PROC.resolve(process.pid() + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return new Cpu(Long.parseLong(fields[11]) / TICKS_PER_SECOND, Long.parseLong(fields[12]) / TICKS_PER_SECOND);
    }

    private static double livingThreads(ProcessHandle process) {
        try (Stream<Path> threads = Files.list(PROC.resolve(process.pid() + "/task"))) {
            return threads.mapToDouble(ProcessFigures::runNanos).sum() / NANOS_PER_SECOND;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static double runNanos(Path thread) {
        try {
            return Double.parseDouble(
                    Files.readString(thread.resolve("schedstat")).split(" ", 2)[0]);
        } catch (IOException gone) {
            return 0;
        }
    }

    private static long statusKib(ProcessHandle process, String field) {
        List<String> lines =
                read(PROC.resolve(process.pid() + "/status")).lines().toList();
        return lines.stream()
                .filter(line -> line.startsWith(field))
                .map(line -> line.replaceAll("\\D", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no " + field + " of process " + process.pid()));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
