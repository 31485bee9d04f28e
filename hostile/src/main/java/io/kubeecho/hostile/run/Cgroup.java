package io.kubeecho.hostile.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the kernel counts for a container, in either version of cgroups. Version 1 does not count the sockets' memory
 * into the limit; version 2 does.
 */
final class Cgroup {

    private static final Path ROOT = Path.of("/sys/fs/cgroup");

    private final Path folder;
    private final boolean second;

    private Cgroup(Path folder, boolean second) {
        this.folder = folder;
        this.second = second;
    }

    /** That of a process, for memory. */
    static Cgroup of(long pid) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc", String.valueOf(pid), "cgroup"));
        for (String line : lines) {
            String[] parts = line.split(":", 3);
            if (List.of(parts[1].split(",")).contains("memory")) {
                return new Cgroup(ROOT.resolve("memory" + parts[2]), false);
            }
        }
        for (String line : lines) {
            if (line.startsWith("0::")) {
                return new Cgroup(ROOT.resolve(line.substring(4)), true);
            }
        }
        throw new IOException("no cgroup of process " + pid + " counts memory: " + lines);
    }

    /** 1 or 2. */
    int version() {
        return second ? 2 : 1;
    }

    /** The most that it has had, in bytes, the page cache of its files among it. */
    OptionalLong peak() {
        return number(second ? "memory.peak" : "memory.max_usage_in_bytes");
    }

    /** What it has of its own now, in bytes: heap, direct memory, stacks, code. */
    OptionalLong anonymous() {
        return field("memory.stat", second ? "anon" : "total_rss");
    }

    /** How many processes the kernel has killed in it for want of memory. */
    OptionalLong killed() {
        return field(second ? "memory.events" : "memory.oom_control", "oom_kill");
    }

    private OptionalLong number(String file) {
        try {
            return OptionalLong.of(
                    Long.parseLong(Files.readString(folder.resolve(file)).strip()));
        } catch (IOException | NumberFormatException e) {
            return OptionalLong.empty(); // with the container the files go too
        }
    }

    private OptionalLong field(String file, String name) {
        Pattern pattern = Pattern.compile(Pattern.quote(name) + " (\\d+)");
        try (Stream<String> lines = Files.lines(folder.resolve(file))) {
            return lines.map(pattern::matcher)
                    .filter(Matcher::matches)
                    .mapToLong(line -> Long.parseLong(line.group(1)))
                    .findFirst();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
